"""`huiyin hot-issues`: which messages of a file, or which of this home's matters, are one matter of many people."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from huiyin.cli.main import ready
from huiyin.kernel.csv_file import csv_rows, need
from huiyin.kernel.errors import ConfigError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TIMES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")
ALOUD = 20
"""Issues that are printed for people."""


@click.command("hot-issues")
@click.option("--csv", "table", type=FILE, help="CSV file in UTF-8 with a header row.")
@click.option("--id", "key", default="", help="Column that names a message. Default: the row's number, from 1.")
@click.option("--title", default="title", show_default=True, help="Column with the title.")
@click.option("--text", default="", help="Column with the text. Default: detail, body or text, if there.")
@click.option("--time", "at", default="time", show_default=True, help="Column with the time of the message.")
@click.option("--person", default="", help="Column that says who. Default: user, if there; else every row another.")
@click.option("--place", default="", help="Columns with places from wide to narrow, with commas.")
@click.option("--threshold", type=float, default=None, help="Likeness from which on messages are one matter.")
@click.option("--from-cases", is_flag=True, help="Compare this home's matters that haven't been, the latest first.")
@click.option("--json", "as_json", is_flag=True, help="Print every issue with its messages as JSON.")
def command(
    table: Path | None, key: str, title: str, text: str, at: str, person: str, place: str, threshold: float | None,
    from_cases: bool, as_json: bool,
) -> None:  # fmt: skip
    """Put messages together that are one matter, hottest first. Titles are made of words that several people used."""
    if from_cases == (table is not None):
        raise click.UsageError("Give either --csv or --from-cases.")
    if table is None:
        told = _from_cases()
    else:
        columns = Columns(key, title, text, at, person, tuple(one.strip() for one in place.split(",") if one.strip()))
        told = gathered(rows_of(table, columns), threshold)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for name in ("messages", "compared", "issues_found"):
        if name in told:
            click.echo(f"{name} {told[name]}")
    for one in told.get("issues", [])[:ALOUD]:
        click.echo(f"{one['heat']:8.2f}  {one['people']:4} people  {one['messages']:4} messages  {one['title']}")


@dataclass(frozen=True)
class Columns:
    """The names of a file's columns."""

    key: str
    title: str
    text: str
    at: str
    person: str
    places: Sequence[str]


@dataclass(frozen=True)
class Row:
    """A file's message, redacted."""

    key: str
    person: str
    title: str
    text: str
    at: datetime
    places: tuple[str, ...]


def rows_of(file: Path, columns: Columns) -> list[Row]:
    """The rows of a file. ConfigError for a file, a column or a time that can't be read."""
    from huiyin.redaction.text import redacted

    with csv_rows(file) as rows:
        there = rows.fieldnames or ()
        text = columns.text or next((name for name in ("detail", "body", "text") if name in there), "")
        person = columns.person or ("user" if "user" in there else "")
        asked = (columns.key, columns.title, text, columns.at, person, *columns.places)
        need(rows, [name for name in asked if name], file)
        return [
            Row(
                row[columns.key] if columns.key else str(n),
                row[person] if person and row[person] else f"row {n}",
                redacted(row[columns.title] or "") if columns.title else "",
                redacted(row[text] or "") if text else "",
                _time(row[columns.at], n, file),
                tuple(row[name] for name in columns.places if row[name]),
            )
            for n, row in enumerate(rows, 1)
        ]


def _time(given: str, n: int, file: Path) -> datetime:
    try:
        return datetime.fromisoformat(given)
    except (ValueError, TypeError):
        for form in TIMES:
            try:
                return datetime.strptime(given, form)  # noqa: DTZ007 - compared with its like alone
            except (ValueError, TypeError):
                continue
    raise ConfigError("bad_time", f"{file.name}, row {n}: {given!r} is no time such as 2026-03-02 08:30:00.")


def gathered(rows: Sequence[Row], threshold: float | None) -> dict[str, Any]:
    """The issues of a file's messages, as they stand on the day of the last one."""
    from huiyin.redaction.text import redacted
    from huiyin.textmining import hot_issues, similar

    readings = [similar.read(similar.Said(row.title, row.text, row.at, row.places)) for row in rows]
    limit = hot_issues.THRESHOLD if threshold is None else threshold
    labels = hot_issues.gathered(similar.learn(readings), readings, limit)
    sets: dict[int, list[Row]] = {}
    for row, label in zip(rows, labels, strict=True):
        sets.setdefault(int(label), []).append(row)
    today = max((row.at.date() for row in rows), default=date.min)
    issues = []
    for held in sets.values():
        if len(held) > 1:
            stands = hot_issues.standing(((row.person, row.at.date()) for row in held), today)
            named = redacted(hot_issues.title_of([(row.person, row.title) for row in held]), closely=True)
            issues.append(
                {"title": named, **vars(stands), "growth": round(stands.growth, 3), "alarming": stands.alarming,
                 "places": sorted({"".join(row.places) for row in held if row.places}),
                 "members": [row.key for row in held]}
            )  # fmt: skip
    issues.sort(key=lambda one: (-one["heat"], -one["messages"], one["members"]))
    alone = [held[0].key for held in sets.values() if len(held) == 1]
    return {"messages": len(rows), "issues_found": len(issues), "issues": issues, "alone": alone}


def _from_cases() -> dict[str, Any]:
    ready()
    from huiyin.cases.services import gather

    done = gather.catch_up(lambda n: click.echo(f"{n} compared", err=True))
    return {"compared": done.joined, "issues_found": done.founded}
