"""``python -m bench [--quick] [MEASURE …]``: all measures, or some of them."""

import argparse
import asyncio
import os
import sys

import msgspec
from rich.console import Console

from bench.measures import FULL, MEASURES, QUICK
from bench.report import Measured, show, write


async def main() -> None:
    """Measure one thing after the other, show each, write all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Mayfly costs, beside bare servers.")
    parser.add_argument("measures", nargs="*", choices=[*MEASURES, []], metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: good for a first look only")
    parser.add_argument("--sites", type=int, help="how many sites the measure `sites` has; 10000 take some minutes")
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    busy, cpus = os.getloadavg()[0], os.cpu_count() or 1
    if busy > cpus / 4:
        console.print(
            f"Something else runs here (load {busy:.1f} on {cpus} CPUs): trust µs and kB, not rates and ms.\n"
        )
    size = QUICK if asked.quick else FULL
    if asked.sites is not None:
        size = msgspec.structs.replace(size, sites=asked.sites)
    done: list[Measured] = []
    for name in asked.measures or MEASURES:
        for measured in await MEASURES[name](size):
            show(measured, console)
            done.append(measured)
    console.print(f"written to {write(done, busy=busy, quick=asked.quick)}")


if __name__ == "__main__":
    asyncio.run(main())
