"""`huiyin import`: take in a file of matters."""

import json
import sys
from importlib.resources import files
from pathlib import Path

import click

from huiyin.cli.main import ready


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, help="Name of a packaged mapping, or a YAML file.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@click.option("--categories", is_flag=True, help="FILE lists categories (Open311 services): take in these, no matters.")
@click.option("--only", multiple=True, help="Take only the row with this key; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(
    file: Path, mapping: str, dry_run: bool, categories: bool, only: tuple[str, ...], as_json: bool
) -> None:  # fmt: skip
    """Take in FILE (CSV, XLSX, JSON or XML). Run again after a break: what is there is counted as unchanged.

    Exit 1 when a row was refused; the report names row, column and rule.
    """
    ready()
    from huiyin.cases.services import bring_in

    chosen = bring_in.load_mapping(_mapping_file(mapping))

    if categories:
        named, new = bring_in.bring_in_categories(file, chosen, dry_run=dry_run)
        click.echo(f"{named} categories, {new} new")
        return

    def progress(report: bring_in.Report) -> None:
        click.echo(f"\r{report.read} read, {report.accepted} accepted, {report.refused} refused", nl=False, err=True)

    report = bring_in.bring_in(file, chosen, dry_run=dry_run, only=frozenset(only), progress=progress)
    click.echo(err=True)
    if as_json:
        click.echo(json.dumps(bring_in.as_data(report), ensure_ascii=False))
    else:
        click.echo(
            f"read {report.read}: accepted {report.accepted}, unchanged {report.unchanged}, refused {report.refused}"
        )
        for refusal in report.refusals:
            click.echo(f"row {refusal.row}, {refusal.column}: {refusal.rule} [{refusal.value}]")
    sys.exit(1 if report.refused else 0)


def _mapping_file(name: str) -> Path:
    from huiyin.kernel.errors import ConfigError

    folder = Path(str(files("huiyin.hotline"))) / "mappings"
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    path = folder / f"{name}.yaml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.yaml")))
        raise ConfigError(
            "unknown_mapping", f"There is no mapping {name!r}; packaged are {known}, or give a YAML file."
        )
    return path
