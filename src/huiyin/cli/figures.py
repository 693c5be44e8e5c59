"""`huiyin figures`: the figures of a period, counted from the record."""

import json
from datetime import date
from typing import Any

import click

from huiyin.cli.main import ready


@click.command("figures")
@click.option("--from", "first", required=True, help="First day, like 2021-01-01.")
@click.option("--until", "last", required=True, help="Last day, included.")
@click.option("--name", "names", multiple=True, help="Only these; all without it.")
@click.option("--by", help="Group by lead, area, channel, kind, urgency, category, procedure, respondent, month, day.")
@click.option("--without", "left_out", multiple=True, help="Leave out what came by this channel, like reception.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    first: str, last: str, names: tuple[str, ...], by: str | None, left_out: tuple[str, ...], as_json: bool
) -> None:
    """Count figures by their definitions; sealed cases are in none."""
    ready()
    from huiyin.metrics.definitions import DEFINITIONS
    from huiyin.metrics.run import Session
    from huiyin.reports import facts, figures

    chosen = [figures.definition(name) for name in names] or list(DEFINITIONS.values())
    where = figures.without_channels(left_out)
    period = figures.period_of(date.fromisoformat(first), date.fromisoformat(last))
    known = facts.known(fresh=True)
    told: list[dict[str, Any]] = []
    with Session(known.facts, as_of=known.at, history=known.history) as session:
        for one in chosen:
            figure = session.run(one, period, by=by, where=where)
            groups = [{"key": g.key, "numerator": g.numerator, "denominator": g.denominator} for g in figure.groups]
            told.append({
                "name": one.name, "unit": str(one.unit), "value": figure.value, "numerator": figure.numerator,
                "denominator": figure.denominator, **({"groups": groups} if by else {}),
            })  # fmt: skip
    if as_json:
        click.echo(json.dumps({"from": first, "until": last, "as_of": known.at.isoformat(), "figures": told}))
        return
    for row in told:
        value = "—" if row["value"] is None else f"{row['value']:.4f}".rstrip("0").rstrip(".")
        click.echo(f"{row['name']:32} {value:>12}   {row['numerator']:g} of {row['denominator']}")
        for group in row.get("groups", []):
            click.echo(f"    {group['key'] or '—':40} {group['numerator']:g} of {group['denominator']}")
