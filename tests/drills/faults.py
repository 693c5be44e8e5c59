"""What breaks. Each drill says how often it broke and how long the city took to answer again."""

import contextlib
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drills.city import City
from tests.drills.server import send
from tests.drills.writing import IMPORTING, is_writing, written_rows

BOTH = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Drill:
    """`run` takes the city and how often to break it."""

    run: Callable[[City, int], dict[str, object]]
    databases: tuple[str, ...] = BOTH
    rehearsal: bool = False


DRILLS: dict[str, Drill] = {}


def drill(
    name: str, databases: tuple[str, ...] = BOTH, *, rehearsal: bool = False
) -> Callable[..., Callable[..., None]]:
    """Register a fault: a function that breaks the city once. It happens under load, at random moments."""

    def add(once: Callable[[City], None]) -> Callable[[City], None]:
        def run(city: City, times: int) -> dict[str, object]:
            waited = []
            with under_load(city):
                for _ in range(times):
                    time.sleep(city.dice.uniform(0.3, 2))
                    once(city)
                    waited.append(city.wait_until_well())
                found = city.finish()
            return {"broken": times, **found, "slowest_recovery_s": round(max(waited), 1)}

        DRILLS[name] = Drill(run, databases, rehearsal)
        return once

    return add


@contextmanager
def under_load(city: City) -> Iterator[None]:
    """Server, two workers, citizens."""
    city.serve()
    city.work(2)
    city.citizens.start()
    yield


@drill("web-worker")
def kill_a_web_process(city: City) -> None:
    """SIGKILL to one of the processes that answer; the server starts another by itself."""
    while not (answering := city.web_processes()[1]):  # between two, or the server took it for a crash loop
        city.wait_until_well()
    send(city.dice.choice(answering), signal.SIGKILL)


@drill("web-parent")
def kill_the_server(city: City) -> None:
    """SIGKILL to the process that holds those; `huiyin serve` ends and is started again, as by systemd."""
    head, _answering = city.web_processes()
    send(head[0], signal.SIGKILL)
    assert city.serving is not None
    city.serving.wait(timeout=60)


@drill("serve")
def kill_serve(city: City) -> None:
    """SIGKILL to `huiyin serve` itself: what it started goes with it, so that the port is free again."""
    assert city.serving is not None
    city.serving.kill()
    city.serving.wait(timeout=10)


@drill("worker")
def kill_a_worker(city: City) -> None:
    """SIGKILL to one of two workers, and another is started."""
    victim = city.workers.pop(city.dice.randrange(len(city.workers)))
    victim.kill()
    victim.wait(timeout=10)
    city.work(1)


@drill("database", ("postgresql",))
def kill_the_database(city: City) -> None:
    """SIGKILL to all of PostgreSQL's processes; after a while it is started again."""
    assert city.server is not None
    city.server.kill()
    time.sleep(city.dice.uniform(0, 2))
    city.server.start()


@drill("connections", ("postgresql",))
def cut_the_connections(city: City) -> None:
    """Every connection to the database is ended, mid-request or not."""
    assert city.server is not None
    city.server.cut_connections()


@drill("slow-disk")
def stall_the_disk(city: City) -> None:
    """The database stands still for some seconds: PostgreSQL's processes stopped; SQLite's write lock held."""
    seconds = city.dice.uniform(0.5, 4)
    if city.server is not None:
        stopped = city.server.processes()
        for pid in stopped:
            send(pid, signal.SIGSTOP)
        time.sleep(seconds)
        for pid in stopped:
            send(pid, signal.SIGCONT)
        return
    with contextlib.closing(sqlite3.connect(city.home.path / "huiyin.sqlite3", timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.rollback()


@drill("clock", rehearsal=True)
def turn_the_clock(city: City) -> None:
    """Forwards or backwards, by minutes to months, while people act and the sweep runs."""
    hours = city.dice.choice([-24 * 40, -24, -1, 1, 24, 24 * 9, 24 * 40])
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() + hours * 3600))
    done = city.home.huiyin("clock", "set", at)
    assert done.returncode == 0, done.stderr
    time.sleep(1.5)


ROWS, CHUNK = 10_000, 1000
"""Of the file, and of one transaction (`bring_in.CHUNK`)."""
ODDS = 0.02
"""Of a kill at each look while the import is writing; a look takes a hundredth of a second."""
LATER = 0.3
"""Share of the kills that let the first chunk of their run through."""
MAPPING = """
name: drill
title: {zh: 演练, en: Drill}
origin: drill
key: ref
body: content
received: {column: date, formats: ["%Y-%m-%d"]}
channel: phone
"""


def kill_the_import(city: City, times: int) -> dict[str, object]:
    """`huiyin import` is killed while it holds a transaction in which it writes, again and again, each time at a random
    moment of it; after each kill whole chunks are there and no part of one, and at the end every row once.
    """
    (city.folder / "drill.yaml").write_text(MAPPING, encoding="utf-8")
    lines = [f"D{n},第{n}盏路灯不亮,2021-03-01" for n in range(ROWS)]
    (city.folder / "drill.csv").write_text("\n".join(["ref,content,date", *lines, ""]), encoding="utf-8")
    command = ["import", str(city.folder / "drill.csv"), "--mapping", str(city.folder / "drill.yaml"), "--json"]
    kept = [0]
    with under_load(city):
        for _ in range(times):
            if not _killed_while_writing(city, command):
                break
            kept.append(written_rows(city))
        last = json.loads(city.home.huiyin(*command).stdout)
        again = json.loads(city.home.huiyin(*command).stdout)
        found = city.finish()
    assert isinstance(found["wrong"], list)
    if (last["read"], last["accepted"] + last["unchanged"], again["unchanged"]) != (ROWS, ROWS, ROWS):
        found["wrong"].append(f"import: {last}, then {again}")
    if last["unchanged"] != kept[-1] or any(rows % CHUNK for rows in kept) or sorted(kept) != kept:
        found["wrong"].append(f"import: after the kills {kept} rows were there, then {last}")
    told = {k: last[k] for k in ("read", "accepted", "unchanged", "refused")}
    return {"broken": len(kept) - 1, **found, "import": told, "rows_after_kills": kept[1:]}


def _killed_while_writing(city: City, command: list[str]) -> bool:
    """Start an import and kill it at a random moment of a transaction of its; False when it ended before."""
    wanted = written_rows(city) + CHUNK * (city.dice.random() < LATER)
    process = city.start(*command, PGAPPNAME=IMPORTING)
    while process.poll() is None:
        ripe = is_writing(city, process.pid) and city.dice.random() < ODDS
        if ripe and (written_rows(city, settled=False) >= wanted):
            process.kill()
            process.wait(timeout=10)
            return True
        time.sleep(0.01)
    return False


DRILLS["import"] = Drill(kill_the_import)


def fill_the_disk(city: City, times: int) -> dict[str, object]:
    """The disk under home and database, a small one of its own, runs full and is emptied again. Needs root."""
    waited = []
    with under_load(city):
        for _ in range(times):
            time.sleep(city.dice.uniform(0.3, 1))
            with _full(city.folder):
                time.sleep(city.dice.uniform(1, 3))
            if city.server is not None and _is_down(city):
                city.server.start()
            waited.append(city.wait_until_well())
        found = city.finish()
    return {"broken": times, **found, "slowest_recovery_s": round(max(waited), 1)}


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(b"\0" * 65536)
    with ballast.open("ab", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(b"\0" * 512)
    try:
        yield
    finally:
        ballast.unlink()


def _is_down(city: City) -> bool:
    assert city.server is not None
    try:
        os.kill(city.server.processes()[0], 0)
    except (OSError, ValueError, IndexError):
        return True
    return False


DRILLS["disk-full"] = Drill(fill_the_disk)
