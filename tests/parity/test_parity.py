"""The same five hundred calls, refused ones among them, leave the same rows and hashes on SQLite and on PostgreSQL.

Each side is a process of its own with an empty home and the same keys, clock, ids and nonces (`chance.py`). The first
plays on SQLite; the second on the database this run is on, in a new database whose texts sort as Chinese does (so that
an order left to the database shows). On a run without PostgreSQL both are SQLite, which shows that a play can be
repeated at all, and is shorter. HUIYIN_PARITY_SEEDS (`make nightly`: 101-120) names further seeds.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import psycopg
import pytest

CALLS = 500 if os.environ.get("HUIYIN_DATABASE_URL") else 100
ROOT = Path(__file__).parents[2]


def seeds() -> list[int]:
    """The fixed one, and those asked for: `7` or `101-120`."""
    first, _dash, last = os.environ.get("HUIYIN_PARITY_SEEDS", "").partition("-")
    return [1, *(range(int(first), int(last or first) + 1) if first else ())]


def new_home(folder: Path, keys: Path | None = None) -> Path:
    """An empty home; with the other's keys, so that codes and tokens hash alike."""
    (folder / "out").mkdir(parents=True)
    if keys:
        shutil.copytree(keys, folder / "keys")
    return folder


def play(home: Path, seed: int, url: str) -> None:
    program = [sys.executable, "-m", "tests.parity.play", str(seed), str(CALLS), str(home / "out")]
    env = {**os.environ, "HUIYIN_HOME": str(home), "HUIYIN_DATABASE_URL": url}
    done = subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


@pytest.fixture
def other_database() -> Iterator[str]:
    """Address of an empty database beside the run's own; "" where the run is on SQLite."""
    url = os.environ.get("HUIYIN_DATABASE_URL", "")
    if not url:
        yield ""
        return
    name = f"parity_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN'")
        yield f"{url.rsplit('/', 1)[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def differences(one: Path, other: Path) -> Iterator[str]:
    """The first lines in which two files differ."""
    with one.open(encoding="utf-8") as left, other.open(encoding="utf-8") as right:
        for number, (a, b) in enumerate(zip_longest(left, right), start=1):
            if a != b:
                yield f"{one.name} line {number}:\n  {str(a)[:700]}\n  {str(b)[:700]}"


@pytest.mark.parametrize("seed", seeds())
def test_the_same_calls_leave_the_same_rows_and_hashes(seed: int, tmp_path: Path, other_database: str) -> None:
    sqlite = new_home(tmp_path / "sqlite")
    play(sqlite, seed, "")
    other = new_home(tmp_path / "other", keys=sqlite / "keys")
    play(other, seed, other_database)

    for name in ("calls", "rows"):
        found = list(differences(sqlite / "out" / name, other / "out" / name))
        assert not found, f"seed {seed}: {len(found)} differences\n" + "\n".join(found[:5])
    calls = [json.loads(line) for line in (sqlite / "out" / "calls").open(encoding="utf-8")]
    answers = [answer for _call, _name, answer, *_rest in calls]
    assert (len(calls), answers.count("FAILED")) == (CALLS, 0), [c for c in calls if c[2] == "FAILED"]
    assert answers.count("done") > CALLS / 3, "a play in which most is refused shows little"
    assert answers.count("refused") + answers.count("unreadable") > CALLS / 20
