"""Bringing in files of matters: streamed, resumable, idempotent, through the same rules as a single intake.

A mapping (YAML) says which column is what. A row's key decides whether it has been here: the same content is
unchanged, other content is refused. Every chunk is a transaction of its own, so a killed import is simply run
again. A refused row is reported with row, column and rule, and nothing of it is written.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from huiyin.access.actor import IMPORT
from huiyin.cases import catalogue
from huiyin.cases.enums import Channel, Kind, Source
from huiyin.cases.models import Case, Category
from huiyin.cases.originals import TITLE_MOST
from huiyin.cases.procedures.spec import Names, Part, Title, parse
from huiyin.cases.services.open import Opening, check, open_cases, title_from
from huiyin.cases.services.tables import rows_of
from huiyin.kernel import clock
from huiyin.kernel.canonical import digest
from huiyin.kernel.errors import BadInput, ConfigError
from huiyin.org.services import unconfirmed_units
from huiyin.org.versions import touch
from huiyin.vault.index import keyed_digest

CHUNK = 1000
COLUMNS_TOLD = 40
"""So many of a file's columns are named where one is missing."""
SEPARATOR = " › "
TOO_LONG = _("名称过长：单位最多120字，类别每级最多80字。")


class When(Part):
    """The instant of receipt: a column in one of the formats, or now."""

    column: str = ""
    formats: Names = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
    zone: str = "Asia/Shanghai"
    now: bool = False
    missing: str = Field(default="refuse", pattern="^(refuse|undated)$")
    """A row without a time is refused, or taken as `undated`: received at the moment of the import, and marked."""


class Words(Part):
    """Choose by what a column contains; the first that fits wins."""

    column: str
    first: int = 0
    """Look only at so many characters from the start; 0: all."""
    contains: Mapping[str, Names]
    """Result → words."""
    default: str

    def of(self, row: Mapping[str, str]) -> str:
        text = row.get(self.column, "")[: self.first or None]
        return next((result for result, words in self.contains.items() if any(w in text for w in words)), self.default)


class Levels(Part):
    """A category: the scheme, and one column for each level from the top."""

    scheme: str
    columns: Names


class FileMapping(Part):
    """What the columns of a file are."""

    name: str
    title: Title
    origin: str
    key: str
    body: Names
    """Columns put together for the body; the title is its beginning unless a column is named."""
    heading: str = ""
    unit: str = ""
    units_are_ours: bool = False
    """True when the file names units of this city; else they are another city's and never taken for ours."""
    category: Levels | None = None
    address: Names = ()
    received: When
    channel: Channel = Channel.OTHER
    kind: Words | None = None
    lifecycle: Words | None = None
    """`historic` or `open` for each row; without it every row is `default_lifecycle`."""
    default_lifecycle: str = Field(default="historic", pattern="^(historic|open)$")
    encoding: str = "utf-8-sig"
    may_lack: Names = ()
    """Columns that a file need not have: programs leave out what is empty everywhere."""


@dataclass(frozen=True)
class Refused:
    """One row that wasn't taken: its number in the file (the header is 1), the column, the rule."""

    row: int
    column: str
    rule: str
    value: str = ""


@dataclass
class Report:
    """What an import did. `read` = accepted + unchanged + refused."""

    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[Refused] = field(default_factory=list)

    def refuse(self, row: int, column: str, rule: object, value: str = "") -> None:
        """Count a row that isn't taken; the first thousand are kept."""
        self.refused += 1
        if len(self.refusals) < 1000:
            self.refusals.append(Refused(row, column, str(rule), value[:40]))


@dataclass(frozen=True)
class Candidate:
    """A row that could be read."""

    number: int
    key: str
    digest: str
    opening: Opening
    unit_name: str
    category_names: tuple[str, ...]
    open: bool


def load_mapping(path: Path, folder: Path | None = None) -> FileMapping:
    """Read a mapping; `extends: name` takes over everything else from a neighbour. ConfigError for a faulty one."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    base = raw.pop("extends", None) if isinstance(raw, dict) else None
    if base is not None:
        neighbour = (folder or path.parent) / f"{base}.yaml"
        raw = {**yaml.safe_load(neighbour.read_text(encoding="utf-8")), **raw}
    return parse(yaml.safe_dump(raw, allow_unicode=True), path.name, FileMapping)


def bring_in(
    path: Path, mapping: FileMapping, *, dry_run: bool = False, only: frozenset[str] = frozenset(),
    progress: Callable[[Report], None] = lambda _: None,
) -> Report:  # fmt: skip
    """Take in every row of the file (or those whose key is in `only`), chunk by chunk."""
    report = Report()
    seen: dict[str, str] = {}
    with rows_of(path, mapping.encoding) as (header, rows):
        _check_header(mapping, header)
        numbered: Iterable[tuple[int, dict[str, str]]] = enumerate(rows, start=2)
        if only:
            numbered = ((n, row) for n, row in numbered if row.get(mapping.key, "").strip() in only)
        for chunk in batched(numbered, CHUNK, strict=False):
            _take_chunk(chunk, mapping, report, seen, dry_run=dry_run)
            progress(report)
    return report


def bring_in_categories(path: Path, mapping: FileMapping, *, dry_run: bool = False) -> tuple[int, int]:
    """Take in a list of another city's categories (its Open311 services), no matters: how many it names, and how many
    are new. They are the ones that the mapping gives matters, so that it may be seen what is coming before it comes.

    BadInput for a file that can't be read or lacks their names.
    """
    if mapping.category is None:
        raise ConfigError("no_categories", f"{mapping.name}: the mapping names no columns of categories.")
    with rows_of(path, mapping.encoding) as (header, rows):
        if missing := sorted(set(mapping.category.columns) - set(header)):
            raise ConfigError("columns_missing", f"{mapping.name}: the file has no column {', '.join(missing)}.")
        said = list(rows)
    if any(_too_long(row, mapping) for row in said):
        raise BadInput(what=TOO_LONG)
    paths = [one for one in dict.fromkeys(_category_names(row, mapping) for row in said) if one]
    known = catalogue.categories()
    new = [one for one in paths if category_key(mapping.category.scheme, one) not in known]
    if not dry_run:
        take_in_categories(mapping.category.scheme, paths)
    return len(paths), len(new)


def _check_header(mapping: FileMapping, header: Iterable[str]) -> None:
    named = {mapping.key, *mapping.body, *mapping.address, mapping.heading, mapping.unit, mapping.received.column}
    named |= set(mapping.category.columns) if mapping.category else set()
    named |= {words.column for words in (mapping.kind, mapping.lifecycle) if words}
    have = Counter(header)
    missing = sorted(named - {"", *mapping.may_lack} - set(have))
    if missing:
        some = [name[:40] for name in have][:COLUMNS_TOLD]
        more = ", …" if len(have) > COLUMNS_TOLD else ""
        raise ConfigError(
            "columns_missing",
            f"{mapping.name}: the file has no column {', '.join(missing)}; it has {', '.join(some)}{more}.",
        )
    twice = sorted(name for name in named if have[name] > 1)
    if twice:
        raise ConfigError("columns_twice", f"{mapping.name}: the file has more than one column {', '.join(twice)}.")


def _take_chunk(
    chunk: Iterable[tuple[int, Mapping[str, str]]], mapping: FileMapping, report: Report, seen: dict[str, str],
    *, dry_run: bool,
) -> None:  # fmt: skip
    """Take in a chunk in one transaction. `seen` is what a dry run would have written in earlier chunks."""
    fresh: dict[str, Candidate] = {}
    read = [candidate for number, row in chunk if (candidate := _read_row(number, row, mapping, report))]
    known = dict(
        Case.objects.filter(origin=mapping.origin, origin_key__in=[c.key for c in read]).values_list(
            "origin_key", "origin_digest"
        )
    )
    for candidate in read:
        earlier = fresh[candidate.key].digest if candidate.key in fresh else seen.get(candidate.key)
        before = known.get(candidate.key) or earlier
        if before is None:
            fresh[candidate.key] = candidate
        elif before == candidate.digest:
            report.unchanged += 1
        else:
            rule = _("同一编号此前已收，内容不同；请用新编号，或在事项上补充。")
            report.refuse(candidate.number, mapping.key, rule, candidate.key)
    if dry_run:
        seen.update((candidate.key, candidate.digest) for candidate in fresh.values())
    elif fresh:
        openings = _complete(list(fresh.values()), mapping)
        open_cases(actor=IMPORT, openings=openings)
    report.accepted += len(fresh)


def _read_row(number: int, row: Mapping[str, str], mapping: FileMapping, report: Report) -> Candidate | None:
    report.read += 1
    key = row.get(mapping.key, "").strip()
    body = "\n".join(part for column in mapping.body if (part := row.get(column, "").strip()))
    undated = mapping.received.missing == "undated" and not row.get(mapping.received.column, "").strip()
    at = clock.now() if undated else _instant(row, mapping.received)
    if not key or len(key) > 80:
        report.refuse(number, mapping.key, _("每行须有不超过80字的编号。"), key)
        return None
    if at is None:
        report.refuse(number, mapping.received.column, _("收件时间读不懂。"), row.get(mapping.received.column, ""))
        return None
    lifecycle = mapping.lifecycle.of(row) if mapping.lifecycle else mapping.default_lifecycle
    opening = Opening(
        title=_title(row, mapping, body),
        body=body,
        channel=mapping.channel,
        kind=Kind(mapping.kind.of(row)) if mapping.kind else Kind.OTHER,
        address=" ".join(part for column in mapping.address if (part := row.get(column, "").strip()))[:200],
        action="import_open" if lifecycle == "open" else "import_historic",
        occurred_at=at,
        source=Source.IMPORT,
        origin=mapping.origin,
        origin_key=key,
        given={"undated": True} if undated else {},
    )
    try:
        check(opening)
    except BadInput as wrong:
        column = {
            "body": mapping.body[0], "title": mapping.heading or mapping.body[0],
            "occurred_at": mapping.received.column,
        }.get(wrong.fields[0].field, wrong.fields[0].field)  # fmt: skip
        report.refuse(number, column, wrong.fields[0].message)
        return None
    names = _category_names(row, mapping)
    unit = row.get(mapping.unit, "").strip() if mapping.unit else ""
    if long := _too_long(row, mapping):
        report.refuse(number, long, TOO_LONG, row[long])
        return None
    time = "" if undated or mapping.received.now else str(at)
    mark = keyed_digest(digest(opening.title, body, str(opening.kind), opening.address, unit, *names, time))
    return Candidate(number, key, mark, opening, unit, names, lifecycle == "open")


def _category_names(row: Mapping[str, str], mapping: FileMapping) -> tuple[str, ...]:
    columns = mapping.category.columns if mapping.category else ()
    return tuple(part for column in columns if (part := row.get(column, "").strip()))


def _too_long(row: Mapping[str, str], mapping: FileMapping) -> str:
    """The column whose name doesn't fit: a unit of more than 120 characters, a category of more than 80."""
    most = {mapping.unit: 120} | dict.fromkeys(mapping.category.columns if mapping.category else (), 80)
    return next((column for column, length in most.items() if len(row.get(column, "").strip()) > length), "")


def _title(row: Mapping[str, str], mapping: FileMapping, body: str) -> str:
    heading = " ".join(row.get(mapping.heading, "").split())
    return heading[:TITLE_MOST] or title_from(body)


def _instant(row: Mapping[str, str], when: When) -> datetime | None:
    if when.now:
        return clock.now()
    text = row.get(when.column, "").strip()
    for form in when.formats:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the mapping's zone is put on below
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(when.zone))
    return None


def _complete(candidates: list[Candidate], mapping: FileMapping) -> list[Opening]:
    """The openings with units and categories as codes; names nobody knows come in as unconfirmed."""
    names = {c.unit_name for c in candidates if c.unit_name}
    units = unconfirmed_units(names, mapping.origin, foreign=not mapping.units_are_ours) if names else {}
    paths = {c.category_names for c in candidates if c.category_names}
    keys = take_in_categories(mapping.category.scheme, paths) if mapping.category and paths else {}
    done = []
    for c in candidates:
        lead = {"lead": units[c.unit_name]} if c.unit_name and not c.open else {}
        category = keys.get(c.category_names)
        given = {**c.opening.given, **lead}
        done.append(replace(c.opening, category=category, given=given, origin_digest=c.digest))
    return done


def take_in_categories(scheme: str, paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Key for each path of names in a scheme; unknown ones are added level by level."""
    found, new = {}, {}
    for path in paths:
        parent: str | None = None
        for depth in range(1, len(path) + 1):
            key = category_key(scheme, path[:depth])
            if key not in catalogue.categories():
                new[key] = Category(
                    key=key, scheme=scheme, name=path[depth - 1], parent_id=parent, level=depth,
                    path=SEPARATOR.join(path[:depth])[:400],
                )  # fmt: skip
            parent = key
        found[path] = category_key(scheme, path)
    if new:
        rows: list[Category] = sorted(new.values(), key=lambda row: row.level)
        Category.objects.bulk_create(rows, ignore_conflicts=True)
        touch(catalogue.CATALOGUE)
    return found


def category_key(scheme: str, path: tuple[str, ...]) -> str:
    """The key of a category known only by its names: the same names give the same key everywhere."""
    return f"{scheme}/{hashlib.sha256(SEPARATOR.join(path).encode()).hexdigest()[:16]}"


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON prints it."""
    return {
        "read": report.read, "accepted": report.accepted, "unchanged": report.unchanged, "refused": report.refused,
        "refusals": [vars(r) for r in report.refusals],
    }  # fmt: skip
