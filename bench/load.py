"""The real server under eight connections, beside the floor of the same minute: `python -m bench.load`, on PostgreSQL.

For each number of cases the table is filled (`bench.volume`), then each operation is asked for some seconds by HTTP,
with the floor measured directly before and after. CPU is that of the web processes and of the database server together,
from /proc. The last lines say which targets hold; exit 1 when one doesn't.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count, cycle
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client

import bench.setup
from bench import processes
from bench.client import Connection, Taken, request, run
from bench.floor import Floor
from bench.volume import faults, fill, settle
from huiyin.access.tokens import issue
from huiyin.cases.models import Case, Order
from huiyin.cases.services.open import open_cases
from huiyin.cases.services.requests import Request
from huiyin.cases.services.sweep import sweep
from tests.factories.cases import opening
from tests.personas import SmallCity

CONNECTIONS = 8
SEVERAL = 2500
"""Matters waiting for the action: more than a run can take."""
DUE = 200
MOST_CPU = {"create": 17.0, "action": 17.0, "list of 50": 10.0}
"""Milliseconds a request may cost, web and database together."""
LEAST_OF_FLOOR = {"create": 0.05, "action": 0.05}
MOST_GROWTH = 1.3
GROWING = ("action", "worklist page", "desk's worklist", "case page", "sweep")
"""What may cost at most `MOST_GROWTH` times as much CPU among the most cases as among the fewest."""


@dataclass(frozen=True)
class Row:
    """One operation among so many cases. Milliseconds; memory in megabytes."""

    name: str
    cases: int
    requests: int
    rate: float
    floor: float
    p50: float
    p99: float
    cpu_web: float
    cpu_database: float
    statements: float
    rss: float
    pss: float

    @property
    def cpu(self) -> float:
        return self.cpu_web + self.cpu_database

    @property
    def ratio(self) -> float:
        return self.rate / self.floor

    def line(self) -> str:
        """The row of the table."""
        return (
            f"{self.name:16}{self.cases:>10,}{self.rate:8.0f}{self.floor:8.0f}{self.ratio:8.3f}{self.p50:8.1f}"
            f"{self.p99:8.1f}{self.cpu_web:8.2f}{self.cpu_database:7.2f}{self.cpu:7.2f}{self.statements:7.1f}"
            f"{self.rss:7.0f}{self.pss:6.0f}"
        )


HEAD = (
    f"{'':16}{'cases':>10}{'req/s':>8}{'floor/s':>8}{'ratio':>8}{'p50 ms':>8}{'p99 ms':>8}{'web ms':>8}{'db ms':>7}"
    f"{'CPU ms':>7}{'stmts':>7}{'RSS MB':>7}{'PSS':>6}"
)


class Server:
    """`huiyin serve` with two worker processes on a free port."""

    def __init__(self, port: int) -> None:
        self.port = port
        command = [sys.executable, "-m", "huiyin.cli", "serve", "--no-worker", "--workers", "2", "--port", str(port)]
        plenty = {"HUIYIN_RATE_TOKEN": "1000000/minute"}
        self.process = subprocess.Popen(command, env=os.environ | plenty, stderr=subprocess.DEVNULL)  # noqa: S603
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 180
        while time.monotonic() < until:
            try:
                if Connection(self.port).ask(request("GET", "/", {}))[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("the server doesn't answer")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)


class Bench:
    """What all runs share: the server, the floor, the people."""

    def __init__(self, city: SmallCity, seconds: float) -> None:
        self.city, self.seconds = city, seconds
        self.floor = Floor(os.environ["HUIYIN_DATABASE_URL"])
        self.database = _postmaster()
        self.server = Server(_free_port())
        self.rows: list[Row] = []

    def measure(self, name: str, requests: Callable[[int], Iterator[bytes]], status: int = 200) -> None:
        """Warm up, then run beside the floor and add the row."""
        run(self.server.port, requests, seconds=1, connections=CONNECTIONS, status=status)
        before = self.floor.rate()
        web, database, statements = self._spent()
        taken = run(self.server.port, requests, seconds=self.seconds, connections=CONNECTIONS, status=status)
        after_web, after_database, after_statements = self._spent()
        floor = (before + self.floor.rate()) / 2
        n = len(taken.each)
        each = ((after_web - web) * 1000 / n, (after_database - database) * 1000 / n)
        self._add(name, taken, floor, each, (after_statements - statements) / n)

    def _spent(self) -> tuple[float, float, float]:
        """CPU seconds of the web and of the database so far, and statements."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query NOT LIKE '% FROM ONLY %'"
                           " AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip
            statements = float(cursor.fetchone()[0])
        return processes.cpu(self.server.process.pid), processes.cpu(self.database), statements

    def _add(self, name: str, taken: Taken, floor: float, each: tuple[float, float], statements: float) -> None:
        rss, pss = processes.memory(self.server.process.pid)
        row = Row(
            name, self.cases, len(taken.each), taken.rate, floor, taken.quantile(0.5), taken.quantile(0.99), *each,
            statements, rss, pss,
        )  # fmt: skip
        self.rows.append(row)
        print(row.line(), flush=True)

    def among(self, cases: int) -> None:
        """All operations among so many cases."""
        fill(self.city, cases)
        waiting = accepted(self.city, SEVERAL)
        settle()
        self.cases = cases
        operator, dispatcher = (token(self.city, who) for who in ("operator", "dispatcher"))
        clerk = token(self.city, "transport_clerk")
        page, desk = cookie(self.city, "transport_clerk"), cookie(self.city, "supervisor")
        numbers = numbers_of("transport")
        self.measure("create", lambda n: creating(operator, f"{cases}-{time.time_ns()}-{n}"), status=201)
        self.measure("action", lambda n: acting(dispatcher, waiting, n))
        self.measure("list of 50", lambda _: again("/api/v1/cases?view=open&limit=50", clerk))
        self.measure("worklist page", lambda _: again("/desk/?view=open", page))
        self.measure("desk's worklist", lambda _: again("/desk/?view=open", desk))
        self.measure("case page", lambda n: reading(numbers[n::CONNECTIONS], page))
        self._sweep()

    def _sweep(self) -> None:
        """Pass the next marks of some cases, in this process; a request is a case here."""
        at = Case.objects.filter(wake_at__isnull=False).order_by("wake_at").values_list("wake_at", flat=True)[DUE]
        before = self.floor.rate()
        database, statements = self._spent()[1:]
        began, ticked = time.process_time(), time.perf_counter()
        done = sweep(at=at, most=DUE).cases
        cpu, seconds = time.process_time() - began, time.perf_counter() - ticked
        after, after_statements = self._spent()[1:]
        floor = (before + self.floor.rate()) / 2
        each = (cpu * 1000 / done, (after - database) * 1000 / done)
        self._add("sweep", Taken(seconds, [seconds / done] * done), floor, each, (after_statements - statements) / done)


def _postmaster() -> int:
    """The database server's first process."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    return int(Path(f"/proc/{backend}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def token(city: SmallCity, persona: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue(city.users[persona], 'bench')}", "Content-Type": "application/json"}


def cookie(city: SmallCity, persona: str) -> dict[str, str]:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(city.users[persona])
    name = settings.SESSION_COOKIE_NAME
    return {"Cookie": f"{name}={browser.cookies[name].value}"}


def accepted(city: SmallCity, wanted: int) -> list[str]:
    """Numbers of new matters, accepted and waiting to be dispatched."""
    found: list[str] = []
    while len(found) < wanted:
        some = [opening(then=(Request("accept"),), area="341282002")] * 500
        found += [opened.number for opened in open_cases(actor=city.operator, openings=some)]
    return found


def numbers_of(unit: str) -> list[str]:
    rows = Order.objects.filter(unit=unit, is_open=True).order_by("due_at", "id")
    return list(rows.values_list("case__number", flat=True)[:400])


def creating(headers: dict[str, str], key: str) -> Iterator[bytes]:
    said = {
        "title": "8路公交车不停靠", "body": "8路公交车经过任寨站时常不停靠，老人赶不上车。" * 4, "kind": "complaint",
        "area": "341282002", "requester": {"name": "何立秋", "phone": "13900000001"},
    }  # fmt: skip
    body = json.dumps(said, ensure_ascii=False).encode()
    for n in count():
        yield request("POST", "/api/v1/cases", headers | {"Idempotency-Key": f"{key}-{n:020}"}, body)


def acting(headers: dict[str, str], waiting: list[str], number: int) -> Iterator[bytes]:
    """Dispatches of matters that no other connection takes; what is taken is gone from the list."""
    body = json.dumps({"given": {"lead": "transport", "ground_text": "公交运营归交通运输局"}}).encode()
    while len(waiting) > number:
        yield request("POST", f"/api/v1/cases/{waiting.pop()}/actions/dispatch", headers, body)


def again(path: str, headers: dict[str, str]) -> Iterator[bytes]:
    return cycle([request("GET", path, headers)])


def reading(numbers: Sequence[str], headers: dict[str, str]) -> Iterator[bytes]:
    return cycle([request("GET", f"/desk/{number}/", headers) for number in numbers])


def targets(rows: Sequence[Row]) -> Iterator[tuple[bool, str]]:
    """Each target that these rows can be held to: whether it holds, and in words."""
    for row in rows:
        if row.name in MOST_CPU:
            most = MOST_CPU[row.name]
            yield row.cpu <= most, f"{row.name} among {row.cases:,}: {row.cpu:.1f} ms CPU, at most {most:.0f}"
        if row.name in LEAST_OF_FLOOR:
            least = LEAST_OF_FLOOR[row.name]
            yield row.ratio >= least, f"{row.name} among {row.cases:,}: {row.ratio:.3f} of the floor, at least {least}"
    few, many = min(row.cases for row in rows), max(row.cases for row in rows)
    cost = {(row.name, row.cases): row.cpu for row in rows}
    for name in GROWING if many > few else ():
        growth = cost[name, many] / cost[name, few]
        yield growth <= MOST_GROWTH, f"{name}: {growth:.2f} × from {few:,} to {many:,} cases, at most {MOST_GROWTH}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 200_000])
    parser.add_argument("--seconds", type=float, default=5, help="length of each run")
    parser.add_argument("--verify", type=int, default=1000, help="how many cases to verify at the end")
    parser.add_argument("--json", type=Path, help="file for the rows")
    asked = parser.parse_args()
    city = bench.setup.city()
    runs = Bench(city, asked.seconds)
    print(f"\n== HTTP, {CONNECTIONS} connections; {os.cpu_count()} cores; Python {platform.python_version()}; durable")
    print(HEAD, flush=True)
    try:
        for cases in sorted(asked.cases):
            runs.among(cases)
    finally:
        runs.server.stop()
    looked, wrong = faults(asked.verify)
    held = [*targets(runs.rows), (not wrong, f"{looked} cases verified, {len(wrong)} faults {wrong[:3] or ''}")]
    for holds, said in held:
        print(f"{'holds ' if holds else 'MISSED'}  {said}")
    if asked.json:
        data = [asdict(row) | {"ratio": row.ratio, "cpu": row.cpu} for row in runs.rows]
        asked.json.write_text(json.dumps(data, indent=1), encoding="utf-8")
    return 0 if all(holds for holds, _said in held) else 1


if __name__ == "__main__":
    sys.exit(main())
