"""`huiyin procedure`: check and publish rule documents."""

from pathlib import Path

import click

from huiyin.cli.main import ready

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("procedure")
def command() -> None:
    """Procedures and limits as data: check them, publish them."""


@command.command("check")
@click.argument("file", type=FILE)
@click.option("--limits", is_flag=True, help="The file is a limits policy, not a procedure.")
def check(file: Path, limits: bool) -> None:
    """Say whether FILE could be published; exit 2 with file and key of every fault."""
    ready()
    from huiyin.cases.services.publish import read

    text = file.read_text(encoding="utf-8")
    if limits:
        policy, _text = read("limits", text, file.name)
        click.echo(f"{policy.key}: {len(policy.limits)} limits")
        return
    procedure, _text = read("procedure", text, file.name)
    click.echo(f"{procedure.key}: {len(procedure.states)} states, {len(procedure.actions)} actions")


@command.command("draw")
@click.argument("name")
@click.option("--chinese", is_flag=True, help="Chinese titles.")
def draw(name: str, chinese: bool) -> None:
    """Print the diagram (Mermaid) of NAME: a YAML file, or a published procedure's name."""
    ready()
    from huiyin.cases import registry, rulebook
    from huiyin.cases.procedures import parts
    from huiyin.cases.procedures.draw import mermaid
    from huiyin.kernel.errors import ConfigError

    if Path(name).suffix in {".yaml", ".yml"}:
        procedure = parts.load(Path(name).read_text(encoding="utf-8"), Path(name).name, registry.vocabulary())
    else:
        published = {p.name: p for p in rulebook.current_procedures()}
        if name not in published:
            raise ConfigError(
                "unknown_procedure", f"There is no procedure {name!r}; published: {', '.join(published)}."
            )
        procedure = published[name]
    click.echo(mermaid(procedure, "zh" if chinese else "en"))


@command.command("publish")
@click.argument("file", type=FILE)
@click.option("--limits", is_flag=True, help="The file is a limits policy, not a procedure.")
@click.option("--reason", required=True, help="Why and on what basis; it is kept in the audit.")
def publish(file: Path, limits: bool, reason: str) -> None:
    """Make FILE law for matters received from its first day on. A published version never changes."""
    ready()
    from huiyin.access.actor import SYSTEM
    from huiyin.cases.services.publish import publish as publish_document

    row = publish_document(
        actor=SYSTEM,
        sort="limits" if limits else "procedure",
        text=file.read_text(encoding="utf-8"),
        file=file.name,
        reason=reason,
    )
    click.echo(f"{row.key} {row.digest}")


@command.command("list")
def list_published() -> None:
    """Print what is published."""
    ready()
    from huiyin.cases.models import Publication

    for row in Publication.objects.order_by("sort", "name", "version"):
        click.echo(f"{row.sort}\t{row.key}\t{row.since}\t{row.until or ''}\t{row.digest[:12]}")


@command.command("migrate")
@click.argument("number")
@click.option("--to", required=True, help="Key of the published version, like hotline@2.")
@click.option("--ground", required=True, help="Why; it is kept with the event.")
def migrate(number: str, to: str, ground: str) -> None:
    """Let case NUMBER follow another published version of its procedure from now on."""
    ready()
    from huiyin.access.actor import Actor
    from huiyin.cases.policies import READ_ALL
    from huiyin.cases.services.migrate import migrate as migrate_case

    shell = Actor("system:shell", "命令行", rights=frozenset({READ_ALL}))
    done = migrate_case(actor=shell, number=number, to=to, ground=ground)
    click.echo(f"{done.case.number} {done.case.procedure}")
