"""`huiyin demo` as a program: a city is served while being built, gone on with when killed, kept for the next home."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from huiyin.demo.doors import matters_beside
from huiyin.demo.quotas import load_city_scenario
from huiyin.demo.snapshot import PLANNED
from tests.cli.test_main import Home, free_port

SCALE = "0.03"
CITY = ("demo", "--scenario", "jieshou_2021", "--scale", SCALE)


class City(Home):
    """A home whose built cities are kept in a folder of the test."""

    PATIENCE = 600

    def __init__(self, folder: Path, kept: Path) -> None:
        super().__init__(folder)
        self.kept = kept

    def environment(self) -> dict[str, str]:
        # Without a server of its own: snapshots are of the embedded database.
        return super().environment() | {"HUIYIN_SNAPSHOTS": str(self.kept)}

    def count(self, statement: str) -> int:
        database = sqlite3.connect(self.folder / "huiyin.sqlite3")
        try:
            (found,) = database.execute(statement).fetchone()
        finally:
            database.close()
        return int(found)

    @property
    def under_way(self) -> bool:
        return (self.folder / "building.json").exists()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "cities"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, kept: Path) -> City:
    """A city that was served while it was built, killed halfway, and gone on with until it was whole."""
    city = City(tmp_path_factory.mktemp("served") / "home", kept)
    port = free_port()
    running = city.start(*CITY, "--port", str(port))
    try:
        banner = wait_for(lambda: page(f"http://127.0.0.1:{port}/"), "演练城市还没有建完")
        assert re.search(r"已建\d+件，共\d+件", banner)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(timeout=30)
    assert city.under_way
    return city


def page(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
            return str(answer.read().decode())
    except OSError:
        return ""


def wait_for(look: Callable[[], str], sign: str) -> str:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if sign in (found := look()):
            return found
        time.sleep(0.1)
    pytest.fail(f"{sign} didn't appear")


@pytest.fixture(scope="module")
def done(served: City) -> "subprocess.CompletedProcess[str]":
    """The run that went on with it to its end."""
    return served.run(*CITY, "--no-serve")


def test_a_city_killed_halfway_is_gone_on_with_and_kept_for_the_next_home(
    served: City, done: "subprocess.CompletedProcess[str]", kept: Path
) -> None:
    assert done.returncode == 0, done.stderr
    made = re.search(r"(\d+) matters made", done.stdout)
    assert made is not None
    beside = matters_beside(load_city_scenario("jieshou_2021"), float(SCALE))
    assert beside > 0
    assert served.count(PLANNED) == int(made[1]) + beside
    assert not served.under_way
    (snapshot,) = kept.iterdir()
    assert f"kept for new homes: {snapshot}" in done.stdout
    modes = {path.stat().st_mode & 0o777 for path in [snapshot, *snapshot.rglob("*")]}
    assert modes == {0o600, 0o700}
    assert {path.name for path in snapshot.iterdir()} == {"files", "huiyin.sqlite3", "keys", "models", "personas.json"}
    assert not (snapshot / "keys" / "ledger").exists()


@pytest.mark.usefixtures("done")
def test_a_new_home_begins_from_what_was_kept(served: City, kept: Path, tmp_path: Path) -> None:
    second = City(tmp_path / "home", kept)

    begun = second.run(*CITY, "--no-serve")

    assert begun.returncode == 0, begun.stderr
    assert "begun from a city built before" in begun.stdout
    assert second.count("SELECT count(*) FROM cases_event") == served.count("SELECT count(*) FROM cases_event")
    assert second.count("SELECT count(*) FROM signin_session") == 0
    assert second.count("SELECT count(*) FROM ledger_seal") == 0
    keys = {key.name: key.read_bytes() for key in (served.folder / "keys").iterdir()}
    assert {key.name for key in (second.folder / "keys").iterdir()} == set(keys)
    different = {name for name in keys if (second.folder / "keys" / name).read_bytes() != keys[name]}
    assert different == {"ledger"}
    assert "found the city as it was left" in second.run(*CITY, "--no-serve").stdout


def test_a_folder_that_others_may_read_is_not_begun_from(served: City, kept: Path, tmp_path: Path) -> None:
    (snapshot,) = kept.iterdir()
    snapshot.chmod(0o755)
    try:
        script = "from huiyin.demo import snapshot; from datetime import UTC, datetime; "
        script += f"print(snapshot.begin_from('jieshou_2021', datetime.now(UTC), scale={SCALE}))"
        env = City(tmp_path / "home", kept).environment()
        told = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    finally:
        snapshot.chmod(0o700)

    assert told.stdout == "False\n"
    assert not (tmp_path / "home" / "huiyin.sqlite3").exists()
