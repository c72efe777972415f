"""A measure's figures as a table for people and as JSON for comparing."""

import os
import platform
import time
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

Row = dict[str, str | float]

RESULTS = Path(__file__).parent / "results"


class Measured(Struct, frozen=True):
    """One table of a measure: ``columns`` maps the keys of ``rows`` to headings; a ratio is ours divided by the reference's."""

    measure: str
    title: str
    note: str
    columns: dict[str, str]
    rows: list[Row]

    @property
    def command(self) -> str:
        """How to get it again."""
        return f"python -m bench {self.measure}"


def show(measured: Measured, console: Console) -> None:
    """Print a table."""
    table = Table(title=f"{measured.title}  ·  {measured.command}", title_justify="left", caption=measured.note)
    table.caption_justify = "left"
    for key, heading in measured.columns.items():
        is_ratio = key.startswith("ratio")
        table.add_column(heading, justify="left" if key == "case" else "right", style="bold" if is_ratio else None)
    for row in measured.rows:
        table.add_row(*(_shown(key, row.get(key, "")) for key in measured.columns))
    console.print(table)
    console.print()


def write(measures: list[Measured], *, busy: float, quick: bool) -> Path:
    """Write everything to ``bench/results/``; the file's path. ``busy`` is the load before it all."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    report = {
        "quick": quick,
        "machine": {
            "cpus": os.cpu_count(),
            "load_before": busy,
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "measures": [{"command": one.command, **msgspec.to_builtins(one)} for one in measures],
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2))
    return path


def _shown(key: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if key.startswith("ratio"):
        return f"{value:.2f}×"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
