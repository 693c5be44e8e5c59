"""Master keys in the home, outside the database: `keys/master-1`, `keys/master-2` and so on; the highest wraps.

Old ones stay, because backups of the database need them. A process takes a new key up at its next wrapping.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
from datetime import datetime
from pathlib import Path

from huiyin.kernel import env, home
from huiyin.kernel.errors import ConfigError, Refused

NAME = re.compile(r"master-(\d{1,5})")
BACKUP_NOTE = "keys-backup.json"
OUTSIDE = ("blind-index", "access-codes", "tokens", "django", "audit", "ledger")
"""Further keys of the home without which a restored database isn't whole."""


class Keyring:
    """The master keys as this process last read them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: int | None = None
        self._keys: dict[int, bytes] = {}
        self._others: dict[str, bytes] = {}

    def current(self) -> tuple[int, bytes]:
        """Number and bytes of the key that wraps now; the first one is made on first use."""
        self._look()
        if not self._keys:
            home.make_key(self.folder / "master-1")
            self._read()
        number = max(self._keys)
        return number, self._keys[number]

    def numbered(self, number: int, mark: bytes) -> bytes:
        """The key of that number and mark. ConfigError when this home doesn't have it."""
        if number not in self._keys or mark_of(self._keys[number]) != mark:
            self._read()
        found = self._keys.get(number, b"")
        if mark_of(found) != mark:
            lies = "is another one" if found else "is missing"
            raise ConfigError(
                "key_missing",
                f"Master key {number} (mark {mark.hex()}) {lies} in {self.folder}.",
                rule="What was sealed under a master key is read with that key alone.",
                do=f"Put keys/master-{number} back from the backup of the keys.",
            )
        return found

    def outside(self, name: str) -> bytes:
        """A key of the home that isn't a master key, read once."""
        if name not in self._others:
            self._others[name] = home.key(name)
        return self._others[name]

    def numbers(self) -> list[int]:
        """The numbers of all keys, the oldest first."""
        self._read()
        return sorted(self._keys)

    def add(self) -> int:
        """Make the next key, which wraps from now on; its number."""
        number = max(self.numbers(), default=0) + 1
        home.make_key(self.folder / f"master-{number}")
        self._read()
        return number

    def _look(self) -> None:
        """Read anew when a key has come or gone: the folder's time says so."""
        if self._seen is None or self._changed_at() != self._seen:
            self._read()

    def _changed_at(self) -> int | None:
        try:
            return self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def _read(self) -> None:
        self._seen = self._changed_at()
        found = {}
        for file in self.folder.glob("master-*"):
            match = NAME.fullmatch(file.name)
            if match:
                found[int(match[1])] = _bytes_of(file)
        self._keys = found


def mark_of(key: bytes) -> bytes:
    """Four bytes by which a wrapped key names its master key: another key of the same number isn't taken for it."""
    return hashlib.sha256(b"huiyin master key" + key).digest()[:4]


def _bytes_of(file: Path) -> bytes:
    text = file.read_text().strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ConfigError("bad_key", f"{file} isn't a key: it holds 64 hexadecimal digits.")
    return key


_rings: dict[str, Keyring] = {}


def keyring() -> Keyring:
    """This home's keyring."""
    named = os.environ.get(env.HOME.name, "")
    if named not in _rings:
        _rings[named] = Keyring(home.path() / "keys")
    return _rings[named]


def fingerprint() -> str:
    """Tells whether two sets of keys are the same, and nothing else of them."""
    ring = keyring()
    keys = [f"master-{number}" for number in ring.numbers()] + sorted(OUTSIDE)
    held = [(name, ring.folder / name) for name in keys if (ring.folder / name).exists()]
    said = "".join(f"{name}:{hashlib.sha256(file.read_bytes()).hexdigest()};" for name, file in held)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def back_up(to: Path, now: datetime) -> list[str]:
    """Copy every key to a folder (made, mode 700) and note fingerprint and date in the home; the names copied.

    Refuses a folder within the home: a backup must not be lost with it.
    """
    ring = keyring()
    if to.resolve().is_relative_to(home.path()):
        raise Refused(
            "backup_inside_home",
            f"{to} lies in the home itself.",
            rule="The keys' backup must not be lost with the home.",
            do="Choose a folder on other storage, best one that isn't always connected.",
        )
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    copied = []
    for file in sorted(ring.folder.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            draft = to / f".{file.name}.{secrets.token_hex(4)}"
            shutil.copyfile(file, draft)
            draft.chmod(0o600)
            draft.replace(to / file.name)
            copied.append(file.name)
    note_backup(now)
    return copied


def note_backup(now: datetime) -> None:
    """Write down that the keys, as they are now, were backed up at that time."""
    note = keyring().folder.parent / BACKUP_NOTE
    draft = note.with_name(f".{BACKUP_NOTE}.{secrets.token_hex(4)}")
    draft.write_text(json.dumps({"fingerprint": fingerprint(), "at": now.isoformat()}) + "\n")
    draft.chmod(0o600)
    draft.replace(note)


def backed_up() -> datetime | None:
    """When the keys as they are now were backed up last; None if they never were."""
    try:
        note = json.loads((keyring().folder.parent / BACKUP_NOTE).read_text())
        return datetime.fromisoformat(note["at"]) if note["fingerprint"] == fingerprint() else None
    except (FileNotFoundError, ValueError, KeyError):
        return None
