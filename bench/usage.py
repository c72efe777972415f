"""What a running process uses, as Linux counts it (proc(5))."""

import os
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """CPU seconds of all threads so far, in user and kernel, counted in steps of 10 ms."""
    after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS_PER_S


def resident(pid: int) -> int:
    """Resident memory in bytes; the kernel's socket buffers are not in it."""
    return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * PAGE
