"""What people say at a meeting, redacted for its readers and sealed word for word under the key of whoever came."""

from huiyin.engagements.models import Booking, Visit
from huiyin.people.models import Party
from huiyin.people.parties import contact_of, data_key
from huiyin.redaction.text import redacted


def write_words(row: Booking | Visit, text: str, party: Party, *, place: str) -> None:
    """Put a text into its row. Where the key is gone, the redacted form is all that is kept."""
    key, row.words = data_key(party), redacted(text, contact_of(party).own)
    row.sealed = key.seal(text, f"{place}/{row.pk}/words") if key is not None and row.words != text else None


def read_words(row: Booking | Visit, party: Party | None, *, place: str) -> str:
    """The text word for word, as far as it is still there."""
    key = data_key(party) if party is not None else None
    if row.sealed is None or key is None:
        return row.words
    return key.text(row.sealed, f"{place}/{row.pk}/words")
