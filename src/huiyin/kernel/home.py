"""The home: one folder with the embedded database, the keys and the files.

`home.json` says whether it is a rehearsal, in which the clock may be moved. That is decided once, at
`huiyin init`, and can't be turned round: a rehearsal never becomes a live city.
"""

import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from huiyin.kernel import clock, env
from huiyin.kernel.errors import ConfigError, Refused

KEYS = ("django", "access-codes", "tokens", "audit", "ledger", "blind-index", "master-1")


def path() -> Path:
    """Absolute path of the home, from HUIYIN_HOME."""
    return env.folder(env.HOME)


def create(*, rehearsal: bool) -> bool:
    """Make the home and its keys if missing; True when it is new. Refuses to change an existing home's kind."""
    home = path()
    marker = home / "home.json"
    if marker.exists():
        if is_rehearsal() != rehearsal:
            have, asked = ("a rehearsal", "live") if is_rehearsal() else ("live", "a rehearsal")
            raise Refused(
                "home_kind_fixed",
                f"{home} is {have}, not {asked}.",
                rule="A home keeps the kind it was made with.",
                do="Choose another folder with HUIYIN_HOME.",
            )
        return False
    (home / "files").mkdir(parents=True, exist_ok=True)
    for name in KEYS:
        make_key(home / "keys" / name)
    marker.write_text(json.dumps({"rehearsal": rehearsal, "made_at": datetime.now(UTC).isoformat()}) + "\n")
    return True


def key(name: str) -> bytes:
    """A secret of this home, 32 bytes. Made on first use so that tests and builds need no ceremony."""
    file = path() / "keys" / name
    if not file.exists():
        make_key(file)
    return bytes.fromhex(file.read_text().strip())


def make_key(file: Path) -> None:
    """Write a fresh key, whole or not at all: two processes that start at the same moment read one and the same."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_hex(32) + "\n")
        file.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def is_rehearsal() -> bool:
    """Whether this home was made with `huiyin init --rehearsal`."""
    marker = path() / "home.json"
    return marker.exists() and bool(json.loads(marker.read_text())["rehearsal"])


def set_rehearsal_clock(instant: datetime | None) -> None:
    """Move the clock of a rehearsal home to `instant`, from where it goes on running; None: back to now."""
    if not is_rehearsal():
        raise Refused(
            "clock_is_real",
            f"{path()} is a live home.",
            rule="Only a rehearsal has a movable clock.",
            do="Make one with HUIYIN_HOME=… huiyin init --rehearsal.",
        )
    file = path() / "clock.json"
    if instant is None:
        file.unlink(missing_ok=True)
        return
    seconds = (instant - datetime.now(UTC)).total_seconds()
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"ahead_seconds": seconds}) + "\n")
    draft.replace(file)


def install_clock() -> None:
    """Give the kernel this home's clock. In a rehearsal every call looks whether the clock was moved."""
    clock.install(_RehearsalTime(str(path() / "clock.json")) if is_rehearsal() else None)


class _RehearsalTime:
    """The moved clock. A page asks hundreds of times: the file is read when it is another one than before."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._read: tuple[tuple[int, int, int] | None, timedelta] = None, timedelta()

    def __call__(self) -> datetime:
        try:
            found = os.stat(self._file)  # noqa: PTH116 - a Path costs more than the look
            standing = found.st_mtime_ns, found.st_ino, found.st_size
        except FileNotFoundError:
            standing = None
        known, ahead = self._read
        if standing != known:
            ahead = self._ahead()
            self._read = standing, ahead
        return datetime.now(UTC) + ahead

    def _ahead(self) -> timedelta:
        try:
            return timedelta(seconds=json.loads(Path(self._file).read_text())["ahead_seconds"])
        except FileNotFoundError:
            return timedelta()
        except (ValueError, KeyError) as error:
            raise ConfigError("bad_clock", f"{self._file} can't be read: {error}.") from error
