"""The command group: finds subcommands lazily, loads Django only for those that need it, and prints refusals."""

import importlib
import os
import sys

import click

from huiyin.kernel.errors import BadInput, ConfigError, HuiyinError

COMMANDS = {
    "backup": "backup", "boundaries": "boundaries", "calls": "calls",
    "case": "case", "clock": "clock", "demo": "demo", "docs": "docs", "doctor": "doctor",
    "exchange": "exchange", "hot-issues": "hot_issues",
    "import": "bring_in", "init": "init", "keys": "keys", "people": "people",
    "echo": "echo", "figures": "figures", "ledger": "ledger", "model": "model",
    "procedure": "procedure", "restore": "restore", "retention": "retention", "serve": "serve", "sweep": "sweep",
    "search": "search", "token": "token", "webhook": "webhook", "worker": "worker",
    "workdays": "workdays",
}  # fmt: skip
"""Subcommand → module in `huiyin.cli` that defines `command`."""


class LazyGroup(click.Group):
    """A group whose subcommands are imported when named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(f"huiyin.cli.{module}").command
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="huiyin")
def huiyin() -> None:
    """Huiyin 回音: a city answers its people. All state lies in HUIYIN_HOME (default ./var)."""


def ready() -> None:
    """Load Django with this home's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


def main() -> None:
    """Run; a refusal is printed as its sentences. Exit 1: refused; 2: wrong input or configuration."""
    try:
        huiyin()
    except HuiyinError as error:
        for sentence in error.sentences():
            click.echo(sentence, err=True)
        sys.exit(2 if isinstance(error, (BadInput, ConfigError)) else 1)
    except Exception as error:
        if not _is_empty_database(error):
            raise
        click.echo(f"The database of this home isn't set up ({error}). Run `huiyin init` first.", err=True)
        sys.exit(2)


def _is_empty_database(error: Exception) -> bool:
    """Whether a command met a database without our tables."""
    named = type(error).__name__ in {"OperationalError", "ProgrammingError"}
    return named and any(sign in str(error) for sign in ("no such table", "does not exist"))
