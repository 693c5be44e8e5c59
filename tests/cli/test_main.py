"""The commands at the shell: help for each, refusals in words with their exit codes, a home from nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from huiyin.cli.main import COMMANDS, huiyin

ROOT = Path(__file__).parents[2]
RULES = ROOT / "src/huiyin/hotline/procedures"


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Paths of all commands and groups."""
    context, found = click.Context(group), []
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        found.append((*path, name))
        if isinstance(one, click.Group):
            found += every_command(one, (*path, name))
    return found


@pytest.mark.parametrize("path", every_command(huiyin), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(huiyin, [*path, "--help"])

    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 3


def test_the_group_lists_all() -> None:
    listed = CliRunner().invoke(huiyin, ["--help"]).output

    assert [name for name in COMMANDS if f"  {name} " not in listed] == []


class Home:
    """Runs `huiyin` as a program of its own in a home of its own, on SQLite."""

    PATIENCE = 120
    """Seconds that a command may take."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "huiyin.cli", *words],
            env=self.environment() | settings, capture_output=True, text=True, check=False, timeout=self.PATIENCE,
        )  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """The same without waiting for it, in a group of its own, output thrown away."""
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-m", "huiyin.cli", *words]
        return subprocess.Popen(command, env=self.environment(), stdout=quiet, stderr=quiet, start_new_session=True)

    def environment(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HUIYIN_", "DJANGO_"))}
        return env | {"HUIYIN_HOME": str(self.folder), "HUIYIN_NODE_MODULES": str(ROOT / "node_modules")}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("live") / "home")
    made = home.run("init")
    assert made.returncode == 0, made.stderr
    return home


def test_a_new_home_is_fit_to_serve_and_made_once(live: Home) -> None:
    again, checked = live.run("init"), live.run("doctor")

    assert again.stdout.startswith("found ")
    assert checked.returncode == 0, checked.stdout
    assert all(line.startswith("ok: ") for line in checked.stdout.splitlines())


def test_the_doctor_asks_for_the_proxies_behind_https(live: Home) -> None:
    unnamed = live.run("doctor", HUIYIN_HTTPS="1")
    named = live.run("doctor", HUIYIN_HTTPS="1", HUIYIN_PROXIES="10.0.0.7/32")

    assert "wrong: proxies: " in unnamed.stdout
    assert unnamed.returncode == 1
    assert "ok: proxies: 10.0.0.7/32" in named.stdout


def test_a_home_that_was_never_made_is_said_to_be_so(tmp_path: Path) -> None:
    told = Home(tmp_path / "nothing").run("case", "show", "210718-000123-4")

    assert told.returncode == 2
    assert "huiyin init" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_live_home_stays_live_and_keeps_real_time(live: Home) -> None:
    turned, moved = live.run("init", "--rehearsal"), live.run("clock", "set", "2021-09-28")

    for refused in (turned, moved):
        assert refused.returncode == 1
        assert "live" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_file_comes_in_and_its_story_is_told(live: Home, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    header = "order_no,date,unit,cat1,cat2,cat3,cat4,content\n"
    file.write_text(
        header + "1,2018-01-02,某局,城管,占道,,,投诉占道经营\n2,not a day,某局,,,,,投诉\n", encoding="utf-8"
    )

    dry = live.run("import", str(file), "--mapping", "haikou", "--dry-run", "--json")
    first = live.run("import", str(file), "--mapping", "haikou", "--json")
    again = live.run("import", str(file), "--mapping", "haikou", "--json")

    assert [run.returncode for run in (dry, first, again)] == [1, 1, 1]
    assert [json.loads(run.stdout)["accepted"] for run in (dry, first, again)] == [1, 1, 0]
    refusal = json.loads(first.stdout)["refusals"][0]
    assert (refusal["row"], refusal["column"], refusal["value"]) == (3, "date", "not a day")
    assert json.loads(again.stdout)["unchanged"] == 1
    wrong = live.run("case", "show", "123")
    assert wrong.returncode == 1
    assert "123" in wrong.stderr


def test_working_days_are_explained(live: Home) -> None:
    told = live.run("workdays", "explain", "2021-09-30", "2").stdout.splitlines()

    assert told[0].startswith("2021-09-30 start")
    assert told[-1].split()[:3] == ["2021-10-09", "makeup", "2"]
    assert sum("holiday" in line for line in told) == 7


def test_rules_are_checked_drawn_and_listed(live: Home, tmp_path: Path) -> None:
    checked = live.run("procedure", "check", str(RULES / "hotline.yaml"))
    drawn = live.run("procedure", "draw", "hotline", "--chinese")
    listed = live.run("procedure", "list")
    broken = tmp_path / "broken.yaml"
    broken.write_text((RULES / "hotline.yaml").read_text().replace("to: accepted", "to: nowhere", 1))
    refused = live.run("procedure", "check", str(broken))

    assert checked.stdout.startswith("hotline@1: 21 states")
    assert "received --> accepted: 受理" in drawn.stdout
    assert [line.split("\t")[1] for line in listed.stdout.splitlines()] == [
        "jieshou-grades@1", "jieshou-disputes@1", "jieshou-hotline@1", "jieshou-letters@1",
        "jieshou-petitions@1", "jieshou-petitions@2", "jieshou-privacy@1",
        "consult@1", "dispute@1", "hotline@1", "letter@1", "mailbox@1", "personal_data@1", "petition@1", "petition@2",
        "jieshou-replies@1", "jieshou-rota@1",
    ]  # fmt: skip
    assert refused.returncode == 2
    assert "broken.yaml" in refused.stderr
    assert "nowhere" in refused.stderr


def test_an_unknown_mapping_or_user_is_named(live: Home, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n")

    mapping = live.run("import", str(tmp_path / "x.csv"), "--mapping", "nowhere")
    user = live.run("token", "issue", "nobody")

    assert (mapping.returncode, user.returncode) == (2, 1)
    assert "haikou" in mapping.stderr
    assert "nobody" in user.stderr


def test_a_sweep_of_nothing_does_nothing(live: Home) -> None:
    assert json.loads(live.run("sweep", "--json").stdout)["cases"] == 0


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_leaves_nobody_behind(live: Home, told: signal.Signals) -> None:
    port = free_port()
    server = live.start("serve", "--port", str(port))
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        family = [server.pid, *descendants(server.pid)]
        assert len(family) >= 3
        server.send_signal(told)
        assert server.wait(timeout=40) == 0
    finally:
        server.kill()

    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


def test_web_processes_end_when_the_server_above_them_is_killed(live: Home) -> None:
    server = live.start("serve", "--port", str(free_port()), "--no-worker")
    try:
        wait_until(lambda: len(descendants(server.pid)) >= 2)
        head, *below = descendants(server.pid)
        os.kill(head, signal.SIGKILL)
        assert server.wait(timeout=40) != 0
    finally:
        server.kill()

    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))


def test_a_port_that_is_taken_is_said_and_ends_the_command(live: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = live.run("serve", "--port", str(taken.getsockname()[1]), "--no-worker")

    assert server.returncode == 1
    assert "in use" in server.stderr
    assert "Traceback" not in server.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.2)


def descendants(pid: int) -> list[int]:
    """Children of a process and theirs."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in below] + [deeper for one in below for deeper in descendants(int(one))]
