"""CPU and memory of whole process trees, from /proc: a web server's, and the database server's."""

import os
from collections import defaultdict
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Fields of a process after its name, beginning with its state; empty once it is gone."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def tree(root: int) -> list[int]:
    """The process and everything below it."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            children[int(fields[1])].append(int(entry.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def cpu(root: int) -> float:
    """CPU seconds the tree has used, processes that ended and were waited for included."""
    total = 0
    for pid in tree(root):
        if fields := _stat(pid):
            total += sum(int(ticks) for ticks in fields[11:15])
    return total / TICKS


def memory(root: int) -> tuple[float, float]:
    """Resident and proportional megabytes of the tree: shared pages counted for each process, and once."""
    sizes = {"Rss:": 0, "Pss:": 0}
    for pid in tree(root):
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for line in lines:
            words = line.split()
            if words[0] in sizes:
                sizes[words[0]] += int(words[1])
    return sizes["Rss:"] / 1024, sizes["Pss:"] / 1024
