"""What a running process uses, as Linux counts it (proc(5))."""

import os
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """CPU seconds of all its threads so far, in user and kernel; ``stat`` has the same, but in steps of 10 ms."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text("utf-8").split()[0]) for thread in threads) / 1e9


def resident(pid: int) -> int:
    """Resident memory in bytes; the kernel's socket buffers are not in it."""
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * PAGE
