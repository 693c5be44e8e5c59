"""`huiyin doctor`: is this home fit to serve?"""

import stat
import sys
from datetime import datetime, timedelta
from typing import Any

import click

from huiyin.cli.main import ready

OLDEST = timedelta(days=2)
"""A live city's last backup is younger."""


@click.command("doctor")
def command() -> None:
    """Check home, keys, database, rules and browser assets; exit 1 when something is wrong."""
    ready()
    faults = [line for line in checks() if line.startswith("wrong")]
    sys.exit(1 if faults else 0)


def checks() -> list[str]:
    """Print and return one line for each thing looked at."""
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from huiyin.backup.make import last
    from huiyin.cases.models import Case, Publication
    from huiyin.kernel import clock, env, home
    from huiyin.vault import keyring

    loose = [k.name for k in (home.path() / "keys").iterdir() if stat.S_IMODE(k.stat().st_mode) & 0o077]
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    rules = 0 if behind else Publication.objects.count()
    assets = bool(settings.STATICFILES_DIRS)
    backed_up, story = told_of_backup(last(), {k.name for k in (home.path() / "keys").iterdir()}, clock.now())
    keys_at = keyring.backed_up()
    needed = not (behind or home.is_rehearsal()) and Case.objects.exists()
    found = [
        ("home", True, f"{home.path()} ({'rehearsal' if home.is_rehearsal() else 'live'})"),
        ("keys", not loose, f"readable by others: {', '.join(loose)}" if loose else "private"),
        ("database", not behind, f"{connection.vendor}, {len(behind)} migrations missing"),
        ("rules", rules > 0, f"{rules} documents published"),
        ("backup", backed_up or not needed, story),
        ("key backup", keys_at is not None or not needed, told_of_keys(keys_at)),
        ("proxies", bool(settings.PROXIES) or not env.truth(env.HTTPS), _proxies()),
        ("assets", assets, f"{'in' if assets else 'missing, run `npm ci`:'} {settings.NODE_MODULES}"),
    ]
    lines = [f"{'ok' if good else 'wrong'}: {name}: {text}" for name, good, text in found]
    for line in lines:
        click.echo(line)
    return lines


def told_of_keys(at: datetime | None) -> str:
    """A sentence about the last backup of the keys as they are now."""
    if at is None:
        return "not since they changed last; without them nobody's data can be read: huiyin keys backup FOLDER"
    return f"made {at:%Y-%m-%d %H:%M}"


def _proxies() -> str:
    """Behind an unnamed proxy all visitors share one address, and one of them uses up everybody's rates."""
    from django.conf import settings

    named = ", ".join(map(str, settings.PROXIES))
    return named or "none named; behind HTTPS every visitor counts as one address: set HUIYIN_PROXIES"


def told_of_backup(last: dict[str, Any] | None, keys: set[str], now: datetime) -> tuple[bool, str]:
    """Whether the last backup is young enough and has every key, and a sentence about it."""
    if last is None:
        return False, "never made; run `huiyin backup FOLDER` daily"
    age = now - datetime.fromisoformat(last["at"])
    lacking = sorted(name for name in keys - set(last["keys"]) if not name.startswith("."))
    told = f"{last['at']} to {last['to']}"
    if lacking:
        return False, f"{told}; keys in no backup: {', '.join(lacking)}"
    return age < OLDEST, told if age < OLDEST else f"{told}, which is {age.days} days ago"
