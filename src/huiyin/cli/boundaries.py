"""`huiyin boundaries`: outlines and reference points of areas, from a file of the city's own."""

import json
from pathlib import Path

import click

from huiyin.cli.main import ready


@click.command("boundaries")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Take over outlines and points from FILE, a GeoJSON FeatureCollection in WGS 84 whose features carry the
    area's `code`.

    All or nothing; exit 2 with every fault. Once every street and town has an outline, maps show them instead of
    tiles.
    """
    ready()
    from huiyin.kernel.errors import BadInput, FieldError
    from huiyin.org.services import import_boundaries

    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadInput(FieldError("file", f"{file.name} isn't JSON: {error}.")) from error
    click.echo(f"{import_boundaries(read if isinstance(read, dict) else {})} areas")
