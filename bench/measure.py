"""Measuring: process CPU (the database's backend included), wall time, statements; medians of 30 runs."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

RUNS = 30
WARM_UPS = 5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Medians over the runs; CPU and wall in milliseconds."""

    name: str
    cpu: float
    wall: float
    statements: int


def backend_cpu() -> float:
    """CPU seconds of the server process that serves this connection; 0 where the database is in this process."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - a kernel file
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / TICKS


def count_statements(call: Callable[[], object]) -> int:
    """Statements of one call, begin and commit included."""
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as taken:
        call()
    return len(taken)


def measure(name: str, call: Callable[[], object], runs: int = RUNS) -> Cost:
    """Call again and again. The backend's CPU has a coarse clock, so it is taken over all runs together."""
    for _ in range(min(WARM_UPS, runs)):
        call()
    statements = count_statements(call)
    cpu, wall = [], []
    server = backend_cpu()
    for _ in range(runs):
        began, ticked = time.process_time(), time.perf_counter()
        call()
        cpu.append(time.process_time() - began)
        wall.append(time.perf_counter() - ticked)
    server = (backend_cpu() - server) / runs
    median = statistics.median
    return Cost(name, (median(cpu) + server) * 1000, median(wall) * 1000, statements)


def line(cost: Cost, floor: Cost | None = None, most: int | None = None) -> str:
    """One row of the table."""
    ratio = f"{cost.cpu / floor.cpu:6.1f} × {floor.name}" if floor and floor.cpu else ""
    limit = f" (at most {most})" if most else ""
    return f"{cost.name:28}{cost.cpu:9.2f} ms CPU{cost.wall:9.2f} ms{cost.statements:5} statements{limit:14} {ratio}"
