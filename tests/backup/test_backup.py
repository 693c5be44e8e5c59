"""A backup made while others write comes back whole or not at all, on whichever database the run is on."""

import json
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from huiyin.backup import manifest as manifests
from huiyin.backup import restore
from huiyin.kernel.canonical import digest, dumps
from huiyin.kernel.errors import Refused
from tests.backup.homes import ROOT, SERVER, Home, new_home


def quiet(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody reads."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A city after some random calls."""
    folder = tmp_path_factory.mktemp("city")
    with new_home(folder / "home") as made:
        (folder / "out").mkdir()
        done = made.run("tests.parity.play", "4", "120", str(folder / "out"))
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture(scope="module")
def backup(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    to = tmp_path_factory.mktemp("backups") / "monday"
    done = home.huiyin("backup", str(to), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cases"] > 5
    return to


@pytest.fixture
def copied(backup: Path, tmp_path: Path) -> Path:
    """A copy of the backup to be damaged."""
    return shutil.copytree(backup, tmp_path / "copy")


def lost(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def rewrite(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Alter the manifest as somebody would who knows how its hash is made."""
    told = json.loads((folder / manifests.NAME).read_text())
    del told["digest"]
    change(told)
    (folder / manifests.NAME).write_text(json.dumps({**told, "digest": digest(dumps(told))}))


def test_a_backup_comes_back_with_every_row_file_and_key(home: Home, backup: Path, tmp_path: Path) -> None:
    with new_home(tmp_path / "new") as fresh:
        done = fresh.huiyin("restore", str(backup))

        assert done.returncode == 0, done.stderr
        assert "events verifies" in done.stdout
        assert fresh.rows() == home.rows()
    kept = {"keys", "files", "home.json"}
    ours = {name for name in lost(home.path) if name.parts[0] in kept}
    assert len([name for name in ours if name.parts[0] == "files"]) >= 2
    assert {name for name in lost(fresh.path) if name.parts[0] in kept} == ours
    assert all((fresh.path / name).read_bytes() == (home.path / name).read_bytes() for name in ours)
    assert {(fresh.path / "keys" / key.name).stat().st_mode & 0o77 for key in (home.path / "keys").iterdir()} == {0}


def test_the_doctor_knows_the_last_backup(home: Home, backup: Path) -> None:
    assert f"ok: backup: {json.loads((backup / manifests.NAME).read_text())['made_at']}" in home.huiyin("doctor").stdout


def test_keys_may_be_kept_apart(home: Home, tmp_path: Path) -> None:
    to = tmp_path / "apart"
    done = home.huiyin("backup", str(to), "--without-keys")
    assert (done.returncode, "Keys were left out" in done.stdout) == (0, True)
    assert not (to / "keys").exists()

    with new_home(tmp_path / "new") as fresh:
        refused = fresh.huiyin("restore", str(to))
        assert (refused.returncode, "--keys" in refused.stderr, fresh.path.exists()) == (1, True, False)
        given = fresh.huiyin("restore", str(to), "--keys", str(home.path / "keys"))

        assert given.returncode == 0, given.stderr
        assert (fresh.path / "keys" / "tokens").read_bytes() == (home.path / "keys" / "tokens").read_bytes()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [flip, cut, Path.unlink], ids=["bit", "cut", "gone"])
@pytest.mark.parametrize("part", ["database", "files", "keys", "home.json", manifests.NAME])
def test_a_damaged_backup_is_refused_by_name(copied: Path, part: str, harm: Callable[[Path], None]) -> None:
    names = sorted(str(name) for name in lost(copied))
    victim = copied / next(name for name in names if name.startswith(part))
    harm(victim)

    with pytest.raises(Refused) as caught:
        restore.verified(copied, quiet)

    assert caught.value.code in {"backup_damaged", "no_backup"}
    assert victim.name in str(caught.value.what)


def test_a_part_outside_the_backup_is_not_followed(copied: Path) -> None:
    rewrite(copied, lambda told: told["parts"].update({"../evil": {"size": 1, "sha256": "0"}}))  # type: ignore[attr-defined]

    with pytest.raises(Refused, match="outside"):
        restore.verified(copied, quiet)


@pytest.mark.parametrize("change", [{"format": 2}, {"migrations": {"cases": "0999_later"}}, {"database": "other"}])
def test_what_does_not_fit_here_is_refused_and_leaves_nothing(
    copied: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    rewrite(copied, lambda told: told.update(change))

    with new_home(tmp_path / "new") as fresh:
        done = fresh.huiyin("restore", str(copied))

        assert (done.returncode, fresh.path.exists()) == (1, False), done.stderr
        assert not SERVER or fresh.tables() == 0


def test_a_record_that_does_not_hold_is_taken_out_again(copied: Path, tmp_path: Path) -> None:
    """All hashes are right, but the manifest tells of another history."""
    rewrite(copied, lambda told: told["ledger"].update({"heads": "0" * 64}))  # type: ignore[attr-defined]

    with new_home(tmp_path / "new") as fresh:
        done = fresh.huiyin("restore", str(copied))

        assert (done.returncode, fresh.path.exists(), "isn't what was backed up" in done.stderr) == (1, False, True)
        assert not SERVER or fresh.tables() == 0


def test_nothing_is_written_over(home: Home, backup: Path) -> None:
    before = lost(home.path)

    over_home = home.huiyin("restore", str(backup))
    over_backup = home.huiyin("backup", str(backup))
    inside = home.huiyin("backup", str(home.path / "backup"))

    assert [done.returncode for done in (over_home, over_backup, inside)] == [1, 1, 1]
    assert "isn't empty" in over_home.stderr
    assert lost(home.path) == before


def test_a_killed_backup_leaves_nothing_that_looks_like_one(home: Home, tmp_path: Path) -> None:
    dice = random.Random(3)  # noqa: S311 - any instant will do
    for n in range(5):
        to = tmp_path / f"backup{n}"
        with home.start("huiyin.cli", "backup", str(to)) as process:
            time.sleep(dice.uniform(0.5, 2.5))
            process.send_signal(signal.SIGKILL)
        if to.exists():
            restore.verified(to, quiet)
        assert not list(tmp_path.glob(f".backup{n}.*/{manifests.NAME}")) or to.exists() or _is_whole(tmp_path, n)


def _is_whole(folder: Path, n: int) -> bool:
    """Killed between the manifest and the name: hidden, but nothing half."""
    return all(restore.verified(draft, quiet).ledger for draft in folder.glob(f".backup{n}.*"))


def test_a_killed_restore_leaves_no_home_and_can_be_run_again(backup: Path, tmp_path: Path) -> None:
    dice = random.Random(4)  # noqa: S311 - any instant will do
    for n in range(3):
        with new_home(tmp_path / f"new{n}") as fresh:
            with fresh.start("huiyin.cli", "restore", str(backup)) as process:
                time.sleep(dice.uniform(0.2, 2))
                process.send_signal(signal.SIGKILL)
            was_done = (fresh.path / "home.json").exists()
            again = fresh.huiyin("restore", str(backup))
            full = SERVER and "tables already" in again.stderr
            assert again.returncode == (1 if was_done or full else 0), again.stderr
            assert full or (fresh.path / "home.json").exists()


def test_a_full_disk_is_said_and_leaves_nothing(home: Home, tmp_path: Path) -> None:
    """No file may grow beyond a hundred kilobytes, as on a disk that has no more."""
    done = subprocess.run(
        [sys.executable, "-m", "huiyin.cli", "backup", str(tmp_path / "to")], cwd=ROOT, env=home.env,
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_backup_under_load_is_of_one_instant(tmp_path: Path) -> None:
    """While matters come in with files attached and files are sent, each backup proves itself when it comes back."""
    with new_home(tmp_path / "busy") as busy:
        (tmp_path / "out").mkdir()
        with busy.start("tests.parity.play", "6", "4000", str(tmp_path / "out")) as players:
            try:
                made = []
                for n in range(2):
                    _wait_for_more_calls(tmp_path / "out" / "calls", 60, players)
                    done = busy.huiyin("backup", str(tmp_path / f"b{n}"), "--json")
                    assert done.returncode == 0, done.stderr
                    made.append(json.loads(done.stdout)["events"])
                assert players.poll() is None, "the load ended too early to show anything"
            finally:
                players.kill()
        assert made == sorted(made)
        assert made[0] < made[-1]
    for n in range(2):
        with new_home(tmp_path / f"new{n}") as fresh:
            done = fresh.huiyin("restore", str(tmp_path / f"b{n}"))
            assert done.returncode == 0, done.stderr


def _wait_for_more_calls(file: Path, calls: int, process: "subprocess.Popen[str]") -> None:
    until, before = time.monotonic() + 400, file.stat().st_size if file.exists() else 0
    while time.monotonic() < until and process.poll() is None:
        if file.exists() and file.stat().st_size > before + calls * 100:
            return
        time.sleep(0.2)
    pytest.fail("nothing was played")
