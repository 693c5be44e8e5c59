"""`huiyin doctor`: is this home fit to serve?"""

import stat
import sys

import click

from huiyin.cli.main import ready


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

    from huiyin.cases.models import Publication
    from huiyin.kernel import home

    loose = [k.name for k in (home.path() / "keys").iterdir() if stat.S_IMODE(k.stat().st_mode) & 0o077]
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    rules = 0 if behind else Publication.objects.count()
    assets = bool(settings.STATICFILES_DIRS)
    found = [
        ("home", True, f"{home.path()} ({'rehearsal' if home.is_rehearsal() else 'live'})"),
        ("keys", not loose, f"readable by others: {', '.join(loose)}" if loose else "private"),
        ("database", not behind, f"{connection.vendor}, {len(behind)} migrations missing"),
        ("rules", rules > 0, f"{rules} documents published"),
        ("assets", assets, f"{'in' if assets else 'missing, run `npm ci`:'} {settings.NODE_MODULES}"),
    ]
    lines = [f"{'ok' if good else 'wrong'}: {name}: {text}" for name, good, text in found]
    for line in lines:
        click.echo(line)
    return lines
