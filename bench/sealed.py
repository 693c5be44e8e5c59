"""What is sealed in a case, opened, so that each copy of it has the same words sealed under a key of its own.

A value moved to another row doesn't open any more: its place is bound into it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from huiyin.cases.models import Case, Passage
from huiyin.cases.originals import passages_of, place_of, read_heading
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from huiyin.people.models import Party
from huiyin.people.parties import contact_of, data_key, owner


@dataclass(frozen=True)
class Value:
    """A sealed value as COPY writes it, in hex; where it stands, and its words."""

    hex: str
    place: str
    words: str


def key_of(party: Party) -> Value:
    """The party's wrapped key, and whose it is."""
    assert party.key is not None
    return Value(bytes(party.key).hex(), owner(party), "")


def values_of(case: Case) -> Iterator[Value]:
    """Everything sealed under the key of the case's requester, opened."""
    party = case.requester
    key = data_key(party)
    assert key is not None
    passages = Passage.objects.filter(case=case)
    rows: list[tuple[Any, str]] = [(row.sealed, place_of(str(case.pk), row.seq, row.field)) for row in passages]
    rows += [(party.contact, f"{owner(party)}/contact"), (case.heading, f"case/{case.pk}/heading")]
    rows += [(row.sealed, f"notice/{row.pk}") for row in Notice.objects.filter(party=party)]
    for sealed, place in rows:
        if sealed is not None:
            yield Value(bytes(sealed).hex(), place, key.text(sealed, place))


def unopened(keys: Iterable[UUID]) -> Iterator[str]:
    """Of these cases, those of which something sealed doesn't open or says nothing."""
    cases = {case.pk: case for case in Case.objects.filter(pk__in=list(keys)).select_related("requester")}
    for case in cases.values():
        heading = read_heading(case)
        if not contact_of(case.requester).name or heading is None or not heading.title:
            yield f"{case.number}: no contact or no heading"
    for text in passages_of(cases):
        if not text.text or not text.nonce:
            yield f"{cases[text.case].number}: no text {text.seq}/{text.field}"
    numbers = {(case.requester_id, case.number) for case in cases.values()}
    parties = [case.requester_id for case in cases.values()]
    for notice in Notice.objects.filter(party__in=parties).select_related("party"):
        if notice.case_number not in " ".join(words_of(notice)) or (notice.party_id, notice.case_number) not in numbers:
            yield f"{notice.case_number}: a notice names another matter"
