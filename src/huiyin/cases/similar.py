"""What is compared of cases, and which cases are like a text: candidates by their rare words from a table, by index,
then compared one by one.

Only redacted words are read, and only of cases that everybody at the desk may know of and that were never kept shut.
`near` is what pages ask while somebody types or looks at a case; `candidates` and `readings_of` are what the worker
puts issues together from.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case, HotIssue, HotIssueAct, Passage, Reading, Term, TextWeights
from huiyin.kernel import clock
from huiyin.kernel.ids import new_id
from huiyin.org.reference import org
from huiyin.redaction.text import redacted
from huiyin.textmining import similar
from huiyin.textmining.similar import Said, Weights

THESE = "cases"
"""Name of the one row of weights."""
PER_TERM = 40
"""Latest readings that are looked at for each word."""
MOST_COMPARED = 100
TERMS, READINGS = "cases_term", "cases_reading"
LEARNED_FROM = 20_000
"""Latest readings that weights are learned from."""
ALIKE = 0.2
"""Likeness from which on a case is shown as perhaps the same."""


def said_of(title: str, body: str, area: str | None, at: datetime) -> Said:
    """A case as it is compared."""
    known = org().area(area) if area else None
    places = [code for code in known.path.strip("/").split("/") if len(code) > COUNTY] if known else []
    return Said(title, body, at, tuple(places))


def reading_of(title: str, body: str, area: str | None, at: datetime) -> similar.Reading:
    """What is compared of words that aren't kept, redacted first."""
    return similar.read(said_of(redacted(title), redacted(body), area, at))


def reading_of_public(title: str, area: str | None, at: datetime) -> similar.Reading:
    """What is compared of a title that everybody may read: it is redacted already."""
    return similar.read(said_of("", title, area, at))


def likeness(one: similar.Reading, others: Sequence[similar.Reading]) -> Any:
    """How like each of the others it is; not at all before it was learned which words are rare."""
    using = weights()
    return similar.alike(using, one, others) if using.messages else np.zeros(len(others))


COUNTY = 6
"""Digits of a county's code: what lies in the county is no place in common."""


def read(cases: Iterable[UUID]) -> int:
    """Keep what is compared of these cases, of those that may be; how many were read. Three statements."""
    rows = Passage.objects.filter(
        policies.always_open("case__"), case__in=list(cases), seq=1, field="body", reread=True, case__reading=None
    ).exclude(text="").exclude(case__title="")  # fmt: skip
    found = [
        (case, similar.read(said_of(title, text, area, at)))
        for case, title, text, area, at in rows.values_list(
            "case", "case__title", "text", "case__area", "case__received_at"
        )
    ]
    if not found:
        return 0
    try:
        return _keep(found)
    except IntegrityError:  # another worker read some of them meanwhile
        return sum(_keep_one(one) for one in found)


def _keep_one(one: tuple[UUID, similar.Reading]) -> int:
    try:
        return _keep([one])
    except IntegrityError:
        return 0


def _keep(found: Sequence[tuple[UUID, similar.Reading]]) -> int:
    using = weights()
    with transaction.atomic():
        kept = Reading.objects.bulk_create([Reading(case_id=case, stored=one.to_bytes()) for case, one in found])
        Term.objects.bulk_create(
            Term(term=term, reading_id=row.pk)
            for row, (_case, reading) in zip(kept, found, strict=True)
            for term in terms_of(using, reading)
        )
    return len(found)


def terms_of(using: Weights, reading: similar.Reading) -> list[int]:
    """The words that a reading is found by, as the table's numbers."""
    return [int(term) for term in using.strongest(reading).view(np.int32)]


def forget(cases: Iterable[UUID]) -> None:
    """Drop what is compared of these cases, because they are confidential or erased; their issues are counted anew."""
    keys = list(cases)
    rows = list(Reading.objects.filter(case__in=keys).values_list("pk", "issue")) if keys else []
    if not rows:
        return
    Term.objects.filter(reading__in=[pk for pk, _issue in rows]).delete()
    Reading.objects.filter(pk__in=[pk for pk, _issue in rows]).delete()
    issues = {issue for _pk, issue in rows if issue}
    HotIssue.objects.filter(pk__in=issues).update(counted=False)
    _forget_titles(issues)


def _forget_titles(issues: Iterable[UUID]) -> None:
    """What these issues, and those that went into them, were called in the words of their cases."""
    HotIssue.objects.filter(into__in=issues, named=False).update(title="")
    for row in HotIssueAct.objects.filter(issue__in=issues):
        kept = {name: value for name, value in row.facts.items() if name not in {"title", "before"}}
        if kept != row.facts:
            HotIssueAct.objects.filter(pk=row.pk).update(facts=kept)


def read_again(case: UUID) -> None:
    """Compare a case by its words as they are now, in the issue where it is."""
    row = Reading.objects.filter(case=case).first()
    if row is None:
        return
    with transaction.atomic():
        Term.objects.filter(reading=row.pk).delete()
        row.delete()
        read([case])
        Reading.objects.filter(case=case).update(issue=row.issue_id, waiting=row.waiting, placed=row.placed)


def weights() -> Weights:
    """The weights in use; without any every word is as rare as every other. One statement."""
    mark = TextWeights.objects.filter(name=THESE).values_list("mark", flat=True).first()
    return _weights(mark) if mark else NOTHING_LEARNED


NOTHING_LEARNED = Weights(np.zeros(0, np.uint64), np.zeros(0, np.uint32), 0)


@lru_cache(maxsize=2)
def _weights(mark: UUID) -> Weights:
    row = TextWeights.objects.get(name=THESE)
    with np.load(BytesIO(row.stored)) as arrays:
        return Weights(arrays["keys"], arrays["found"], row.messages)


def learn() -> Weights:
    """Learn the weights anew from the latest readings and put them to use in every process."""
    stored = Reading.objects.order_by("-pk").values_list("stored", flat=True)[:LEARNED_FROM]
    found = similar.learn(similar.Reading.from_bytes(bytes(one)) for one in stored)
    put_to_use(found)
    return found


def put_to_use(found: Weights) -> None:
    """Keep these weights as the ones in use."""
    arrays = BytesIO()
    np.savez_compressed(arrays, keys=found.keys, found=found.found)
    TextWeights.objects.update_or_create(
        name=THESE, defaults={"stored": arrays.getvalue(), "messages": found.messages, "mark": new_id()}
    )


@dataclass(frozen=True)
class Candidate:
    """A kept reading that may be like another."""

    pk: int
    case: UUID
    issue: UUID | None
    waiting: bool
    reading: similar.Reading


def candidates(using: Weights, reading: similar.Reading, *, but: int | None = None) -> list[Candidate]:
    """The kept readings with most rare words in common, the latest for each word. Two statements, both by index."""
    terms = terms_of(using, reading)
    if not terms:
        return []
    table = connection.ops.quote_name(TERMS)
    latest = f"SELECT reading_id FROM {table} WHERE term = %s ORDER BY reading_id DESC LIMIT {PER_TERM}"  # noqa: S608 - of our own parts
    one = f"SELECT * FROM ({latest}) latest"  # noqa: S608 - the same
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(terms)), terms)
        shared = Counter(pk for (pk,) in cursor.fetchall() if pk != but)
    best = [pk for pk, _count in shared.most_common(MOST_COMPARED)]
    rows = Reading.objects.filter(pk__in=best)
    return [
        Candidate(row.pk, row.case_id, row.issue_id, row.waiting, similar.Reading.from_bytes(bytes(row.stored)))
        for row in rows
    ]


def readings_of(issues: Sequence[UUID], most: int) -> Mapping[UUID, list[similar.Reading]]:
    """The latest readings of each of the issues. One statement."""
    if not issues:
        return {}
    found: dict[UUID, list[similar.Reading]] = {issue: [] for issue in issues}
    latest = f"SELECT %s AS place, stored FROM {READINGS} WHERE issue_id = %s ORDER BY id DESC LIMIT {int(most)}"  # noqa: S608 - of our own parts
    one = f"SELECT * FROM ({latest}) latest"  # noqa: S608 - the same
    column = Reading.issue.field
    asked = [part for n, key in enumerate(issues) for part in (n, column.get_db_prep_value(key, connection))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(issues)), asked)
        for place, stored in cursor.fetchall():
            found[issues[int(place)]].append(similar.Reading.from_bytes(bytes(stored)))
    return found


def words_in_common(case: UUID, others: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The rare words that a case has in common with each of the others, as everybody at the desk reads them."""
    if not others:
        return {}
    rows = _open_bodies([case, *others])
    texts = {pk: f"{title}\n{text}" for pk, title, text in rows.values_list("case", "case__title", "text")}
    own = texts.pop(case, "")
    return shared_words(own, texts)


def words_like(text: str, others: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The rare words that a text has in common with each of these cases."""
    rows = _open_bodies(others) if others else ()
    return shared_words(text, {row.case_id: row.text for row in rows})


def _open_bodies(cases: Sequence[UUID]) -> QuerySet[Passage]:
    return Passage.objects.filter(policies.always_open("case__"), case__in=cases, seq=1, field="body", reread=True)


def shared_words[Name](own: str, texts: Mapping[Name, str]) -> dict[Name, tuple[str, ...]]:
    """The rare words that a text has in common with each of some others."""
    using = weights() if texts else NOTHING_LEARNED
    if not using.messages:
        return dict.fromkeys(texts, ())
    return {pk: tuple(similar.common_words(using, text, own)) for pk, text in texts.items()}


@dataclass(frozen=True)
class Near:
    """A case that says the same, how like it is, and the issue that it belongs to."""

    case: Case
    likeness: float
    issue: UUID | None


def near_text(actor: Actor, title: str, body: str, area: str | None, most: int = 5) -> list[Near]:
    """Cases like words that nobody has sent yet, as far as the actor may know of them."""
    return _near(actor, reading_of(title, body, area, clock.now()), None, most)


def near_case(actor: Actor, case: Case, most: int = 5) -> list[Near]:
    """Cases like one that is there. Nothing where nothing of it may be compared."""
    row = Reading.objects.filter(case=case.pk).values_list("pk", "stored").first()
    if row is None or case.confidentiality != Confidentiality.OPEN or case.tally.get("kept"):
        return []
    return _near(actor, similar.Reading.from_bytes(bytes(row[1])), row[0], most)


def _near(actor: Actor, reading: similar.Reading, own: int | None, most: int) -> list[Near]:
    using = weights()
    found = candidates(using, reading, but=own) if using.messages else []
    likeness = similar.alike(using, reading, [one.reading for one in found])
    ranked = sorted(zip(found, likeness, strict=True), key=lambda pair: -pair[1])
    best = {one.case: (float(like), one.issue) for one, like in ranked if like >= ALIKE}
    seen = Case.objects.filter(policies.visible(actor), policies.always_open(), pk__in=list(best))
    rows: Sequence[Any] = sorted(seen, key=lambda row: -best[row.pk][0])
    return [Near(row, *best[row.pk]) for row in rows[:most]]
