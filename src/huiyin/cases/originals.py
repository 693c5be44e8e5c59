"""Originals: what people wrote, word for word, sealed under the requester's key; and the redacted form beside it.

`write_*` make a row's sealed and clear columns, `read_*` open them again. The ledger's commitments are over originals:
whoever verifies them takes `passages_of` and `heading_of`, which say of each whether it was erased. Without the nonce,
which is sealed as well, nobody can try out a redacted telephone number against its commitment.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json import loads
from uuid import UUID

from huiyin.cases.models import Case, Passage
from huiyin.kernel.canonical import digest, dumps
from huiyin.people.models import Party
from huiyin.people.parties import contact_of, data_key
from huiyin.redaction.text import coarse_address, redacted
from huiyin.vault.box import Tampered

TITLE_MOST = 120
ADDRESS_MOST = 200


@dataclass(frozen=True)
class Original:
    """A text as it was given, with the nonce of its commitment. `text` None: erased by law, nothing can be verified."""

    case: UUID
    seq: int
    field: str
    nonce: str
    text: str | None

    @property
    def erased(self) -> bool:
        return self.text is None


def new_nonce() -> str:
    """Sixteen random bytes in hex, kept beside the text and destroyed with it."""
    return secrets.token_hex(16)


def own_data(party: Party) -> list[str]:
    """What the requester gave about themselves, to be found by exact match in any text of the case."""
    return contact_of(party).own


def write_passage(row: Passage, text: str, party: Party, own: Iterable[str]) -> str:
    """Put a text into its row, redacted and sealed; the nonce of its commitment. Where the key was erased, the redacted
    text is all that is kept, and what is committed to.
    """
    nonce = new_nonce()
    _put(row, nonce, text, redacted(text, own), party)
    return nonce


def redact_anew(row: Passage, party: Party, own: Iterable[str]) -> bool:
    """Redact a text that is kept closely, by what is known of its writer now; whether the row is to be saved, which is
    not so where the key was erased.
    """
    said = read_passage(row, party)
    if said.text is None or party.erased:
        return False
    _put(row, said.nonce, said.text, redacted(said.text, own, closely=True), party)
    row.reread = True
    return True


def _put(row: Passage, nonce: str, text: str, shown: str, party: Party) -> None:
    key = data_key(party)
    row.text = shown
    if key is None or row.text == text:
        row.nonce, row.sealed = nonce, None
    else:
        row.nonce, row.sealed = "", key.seal(sealed_text(nonce, row.text, text), _place(row))


def read_passage(row: Passage, party: Party) -> Original:
    """The passage word for word."""
    if row.sealed is not None and (key := data_key(party)) is not None:
        nonce, text = opened_text(key.text(row.sealed, _place(row)), row.text)
        return Original(row.case_id, row.seq, row.field, nonce, text)
    return Original(row.case_id, row.seq, row.field, row.nonce, row.text if row.nonce else None)


def sealed_text(nonce: str, shown: str, text: str) -> str:
    """What is sealed of a text: its nonce, a mark of the redacted form beside it, and the text."""
    return f"{nonce}{digest(shown)[:32]}{text}"


def opened_text(said: str, shown: str) -> tuple[str, str]:
    """Nonce and text again. Raises Tampered when another text was put where the redacted form stood."""
    if said[32:64] != digest(shown)[:32]:
        raise Tampered(
            "redacted_text_altered",
            "A redacted text isn't the one that was made of its original.",
            rule="The redacted form is made once, when the text comes in.",
            do="Somebody changed the database by hand: verify the ledger.",
        )
    return said[:32], said[64:]


def _place(row: Passage) -> str:
    return place_of(str(row.case_id), row.seq, row.field)


def place_of(case: str, seq: int, field: str) -> str:
    """Where a text is sealed."""
    return f"case/{case}/{seq}/{field}"


@dataclass(frozen=True)
class Heading:
    """Title and address of a case as given. `nonce` "": from before they were committed to."""

    title: str
    address: str
    nonce: str = ""

    def committed(self) -> str:
        """The text that the first event's commitment `heading` is over."""
        return dumps({"address": self.address, "title": self.title})


def write_heading(case: Case, heading: Heading, party: Party, own: Iterable[str], *, closely: bool = False) -> None:
    """Put title and address into the case, redacted and sealed."""
    key = data_key(party)
    assert key is not None, "a case is opened for a party with a key"
    case.title = redacted(heading.title, own, closely=closely)[:TITLE_MOST]
    case.address = coarse_address(heading.address, own, closely=closely)[:ADDRESS_MOST]
    case.heading = key.seal(dumps(vars(heading)), f"case/{case.pk}/heading")


def read_heading(case: Case) -> Heading | None:
    """Title and address as given; None once erased."""
    key = data_key(case.requester)
    if key is None or case.heading is None:
        return None
    return Heading(**loads(key.open(case.heading, f"case/{case.pk}/heading")))


def passages_of(cases: Iterable[UUID]) -> Iterator[Original]:
    """The passages of these cases word for word, by case and event; one statement, opened row by row."""
    rows = Passage.objects.filter(case__in=list(cases)).select_related("case__requester")
    for row in rows.order_by("case", "seq", "field").iterator(chunk_size=1000):
        yield read_passage(row, row.case.requester)
