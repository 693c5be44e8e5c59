"""Fill the database with cases by COPY: `python -m bench.volume --cases 1000000 [--verify 10000]`. PostgreSQL only.

A few hundred cases are lived through the services (`bench.lives`). Each is then copied many times with keys, a number
and instants of its own, and its chain is hashed anew over what the copies say, so that every copy verifies and replays.

What is sealed under a requester's key is sealed anew for each copy, under a key of its own (`bench.sealed`).

A tenth of the cases is led by one department, whose clerk the benches are; the others by sixty more, whose codes the
copies bear in place of the template's.

Instants: every act of a template happens a microsecond past a whole minute; whatever the law counts in days ends on a
whole minute. So an instant that ends in `.000001` moves with its copy, within the same second, and all others stay.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import F

import bench.setup
from bench.lives import live
from bench.sealed import key_of, unopened, values_of
from bench.setup import DEPARTMENTS
from huiyin.cases import ledger, queries
from huiyin.cases.models import Bar, Case, Event, Order, Passage
from huiyin.cases.services import replay
from huiyin.cases.services.numbers import take_serials
from huiyin.kernel import clock, ids
from huiyin.kernel.canonical import digest
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from huiyin.vault.box import new_key
from tests.personas import SmallCity

BATCH = 5000
OPEN_SHARE = 0.05
OWN_SHARE = 0.1
OWN, OTHERS = "transport", "housing"
"""The department whose clerk the benches are, and the one that stands for all others."""
MOVING = "000001"
"""The microseconds of the templates' own acts."""
JOINS = {
    Party: "c.requester_id = t.id", Case: "c.id = t.id", Order: "c.id = t.case_id", Event: "c.id = t.case_id",
    Passage: "c.id = t.case_id", Bar: "c.id = t.case_id", Notice: "c.number = t.case_number",
}  # fmt: skip
"""The tables of a case, in the order they are written, and how a row (t) belongs to its case (c)."""
type Parts = list[str]
"""A text cut at what differs from copy to copy: every second part is such a thing, by its name in the template."""


@dataclass
class Template:
    """One lived case as text: its rows as COPY writes them, and its events as they are hashed."""

    case: Case
    names: list[str] = field(default_factory=list)
    """Keys of its rows."""
    rows: dict[type[models.Model], Parts] = field(default_factory=dict)
    events: list[tuple[str, Parts, Parts]] = field(default_factory=list)
    """Hash, head and payload of each event."""
    key: tuple[str, Parts] = ("", [])
    """The requester's wrapped key in hex, and whose it is."""
    sealed: list[tuple[str, Parts, Parts]] = field(default_factory=list)
    """What is sealed under it, in hex; its place and its words."""


def fill(city: SmallCity, cases: int) -> int:
    """Bring the table to that many cases. Returns how many were copied."""
    if cases <= Case.objects.count():
        return 0
    templates = _templates(city)
    wanted = max(0, cases - Case.objects.count())
    serials = iter(take_serials(wanted))
    done = 0
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows come from rows that the same foreign keys have already passed.
        cursor.execute("SET LOCAL session_replication_role = replica")
        buffer: dict[type[models.Model], list[str]] = defaultdict(list)
        for template, moved in _copies(templates, wanted):
            number = ids.case_number(clock.local_date(template.case.received_at), next(serials))
            for model, text in _copy(template, number, moved):
                buffer[model].append(text)
            done += 1
            if done % BATCH == 0:
                _write(cursor, buffer)
        _write(cursor, buffer)
    return done


def _templates(city: SmallCity) -> list[Template]:
    until = clock.now().replace(second=0, microsecond=0)
    lived = [d.case for d in live(city, until)]
    Notice.objects.filter(case_number__in=[c.number for c in lived]).update(due_at=None, sent_at=F("created_at"))
    templates = {c.pk: Template(c, [str(key) for key in (c.pk, c.requester_id) if key]) for c in lived}
    keys = list(templates)
    for model in (Order, Passage):
        for case, key in model._default_manager.filter(case__in=keys).values_list("case", "pk"):
            templates[case].names.append(str(key))
    numbers = {c.number: c.pk for c in lived}
    for number, key in Notice.objects.filter(case_number__in=list(numbers)).values_list("case_number", "pk"):
        templates[numbers[number]].names.append(str(key))
    _cut(templates)
    return sorted(templates.values(), key=lambda t: t.case.received_at)


def _cut(templates: Mapping[UUID, Template]) -> None:
    """Read every template's rows and events and cut them where copies differ."""
    events: dict[UUID, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(case__in=list(templates)).order_by("case", "seq"):
        events[event.case_id].append(event)
    patterns = {}
    for key, template in templates.items():
        hashes = [event.hash for event in events[key]]
        unit = [] if template.case.lead_unit_id == OWN else [OTHERS]
        wrapped, values = key_of(template.case.requester), list(values_of(template.case))
        kept = (wrapped.hex, *(one.hex for one in values))
        names = [re.escape(name) for name in (*template.names, template.case.number, *hashes, *unit, *kept)]
        patterns[key] = re.compile("|".join((*names, rf"(?<=\.){MOVING}(?=Z|\+00)")))
        for event in events[key]:
            head = ledger.head_text(event, template.case.number)
            template.events.append((event.hash, _parts(patterns[key], head), _parts(patterns[key], event.payload)))
        template.key = (wrapped.hex, _parts(patterns[key], wrapped.place))
        template.sealed = [
            (one.hex, _parts(patterns[key], one.place), _parts(patterns[key], one.words)) for one in values
        ]
    for model in JOINS:
        for key, text in _rows_of(model, list(templates)).items():
            templates[key].rows[model] = _parts(patterns[key], text)


def _parts(pattern: re.Pattern[str], text: str) -> Parts:
    return re.split(f"({pattern.pattern})", text)


def _columns(model: type[models.Model]) -> str:
    """The columns that a copy brings along: all but numbers that the database gives."""
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    return ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)


def _rows_of(model: type[models.Model], keys: list[UUID]) -> dict[UUID, str]:
    """The model's rows of each case, as COPY writes them."""
    named = ", ".join(f"t.{column}" for column in _columns(model).split(", "))
    order = "c.id, t.seq" if model in {Event, Passage} else "c.id"
    chosen = ", ".join(f"'{key}'" for key in keys)
    sql = (
        f"COPY (SELECT c.id, {named} FROM {model._meta.db_table} t JOIN cases_case c ON {JOINS[model]}"  # noqa: S608 - ours
        f" WHERE c.id IN ({chosen}) ORDER BY {order}) TO STDOUT"
    )
    found: dict[UUID, str] = defaultdict(str)
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    for line in text.splitlines(keepends=True):
        key, _tab, rest = line.partition("\t")
        found[UUID(key)] += rest
    return found


def _copies(templates: Sequence[Template], wanted: int) -> Iterator[tuple[Template, int]]:
    """Templates, each as often as its share asks, oldest first, with the microseconds of each copy."""
    sorts = Counter(_sort(t) for t in templates)
    share = {
        (is_open, own): wanted * (OPEN_SHARE if is_open else 1 - OPEN_SHARE) * (OWN_SHARE if own else 1 - OWN_SHARE)
        for is_open, own in sorts
    }
    given, due = 0, 0.0
    for template in templates:
        due += share[_sort(template)] / sorts[_sort(template)]
        times = round(due) - given
        given += times
        for n in range(times):
            yield template, 2 + n * 999_990 // times


def _sort(template: Template) -> tuple[bool, bool]:
    """Whether the case is open, and whether it is led by the benches' own department."""
    return template.case.phase == "open", template.case.lead_unit_id == OWN


def _copy(template: Template, number: str, moved: int) -> Iterator[tuple[type[models.Model], str]]:
    said = {name: str(ids.new_id()) for name in template.names}
    said |= {template.case.number: number, MOVING: f"{moved:06d}", OTHERS: DEPARTMENTS[moved % len(DEPARTMENTS)]}
    key, (wrapped, owner) = new_key(), template.key
    said[wrapped] = key.wrapped(_filled(owner, said)).hex()
    said |= {old: key.seal(_filled(words, said), _filled(place, said)).hex() for old, place, words in template.sealed}
    previous = ""
    for old, head, payload in template.events:
        previous = said[old] = digest(previous, _filled(head, said), _filled(payload, said))
    for model, parts in template.rows.items():
        yield model, _filled(parts, said)


def _filled(parts: Parts, said: Mapping[str, str]) -> str:
    return "".join([said[part] if n % 2 else part for n, part in enumerate(parts)])


def _write(cursor: Any, buffer: dict[type[models.Model], list[str]]) -> None:
    for model in JOINS:
        with cursor.copy(f"COPY {model._meta.db_table} ({_columns(model)}) FROM STDIN") as copy:
            for text in buffer[model]:
                copy.write(text)
    buffer.clear()


def settle() -> None:
    """Bring the server to rest after a fill: statistics, visibility, pages on disk."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def faults(most: int) -> tuple[int, list[str]]:
    """Of so many cases chosen at random: how many were looked at, and what is wrong with chain, replay, words."""
    numbers = list(Case.objects.values_list("pk", flat=True))
    chosen = random.sample(numbers, min(most, len(numbers)))
    found: list[str] = []
    for start in range(0, len(chosen), 500):
        some = chosen[start : start + 500]
        events: dict[UUID, list[Event]] = defaultdict(list)
        for event in Event.objects.filter(case__in=some).order_by("case", "seq"):
            events[event.case_id].append(event)
        for dossier in queries.load(list(Case.objects.filter(pk__in=some))):
            found += _faults_of(dossier.case.number, events[dossier.case.pk], replay.differences, dossier)
        found += unopened(some)
    return len(chosen), found


def _faults_of(number: str, events: list[Event], differences: Any, dossier: Any) -> Iterable[str]:
    broken = ledger.first_break(number, events)
    if broken is not None:
        yield f"{number}: chain broken at {broken}"
    yield from (f"{number}: {one}" for one in differences(dossier, replay.replay(events)))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--verify", type=int, default=10_000, help="how many of them to verify, chosen at random")
    asked = parser.parse_args()
    city, began = bench.setup.city(), time.perf_counter()
    copied = fill(city, asked.cases)
    settle()
    print(f"{copied} cases copied in {time.perf_counter() - began:.0f} s; {Case.objects.count()} in all", flush=True)
    began = time.perf_counter()
    looked, wrong = faults(asked.verify)
    print(
        f"{looked} verified (chain, replay, sealed words) in {time.perf_counter() - began:.0f} s, {len(wrong)} faults"
    )
    for one in wrong[:10]:
        print(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
