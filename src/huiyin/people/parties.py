"""What identifies a party, sealed and opened. Opening is lazy and in memory; what it gave is never stored again."""

from dataclasses import asdict, dataclass
from datetime import datetime
from json import loads

from huiyin.kernel.canonical import dumps
from huiyin.org.compiled import new_row
from huiyin.people.models import Party, PartyKind
from huiyin.vault.box import DataKey, new_key, unwrapped
from huiyin.vault.index import phone_index

_OPENED = "_data_key"


@dataclass(frozen=True)
class Contact:
    """What identifies somebody. Everything may be empty."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    def __bool__(self) -> bool:
        return any(self._parts)

    @property
    def own(self) -> list[str]:
        """What to look for in free text: these words tell who wrote it."""
        return [piece for one in self._parts if len(piece := one.strip()) > 1]

    @property
    def _parts(self) -> tuple[str, ...]:
        return (self.name, self.phone, self.email, self.address)


NOTHING = Contact()


def new_party(*, kind: str, contact: Contact, now: datetime) -> Party:
    """An unsaved party with a fresh key; anonymous without any contact."""
    party = new_row(Party, kind=kind if contact else PartyKind.ANONYMOUS, created_at=now)
    key = new_key()
    party.key = key.wrapped(owner(party))
    setattr(party, _OPENED, key)
    set_contact(party, contact)
    return party


def set_contact(party: Party, contact: Contact) -> None:
    """Seal another contact into the party in memory."""
    key = data_key(party)
    assert key is not None, "an erased party is given nothing"
    party.contact = key.seal(dumps(asdict(contact)), f"{owner(party)}/contact") if contact else None
    party.phone_index = phone_index(contact.phone)


def data_key(party: Party) -> DataKey | None:
    """The party's key, unwrapped once for this object in memory; None when it was erased."""
    if party.key is None:
        return None
    key: DataKey | None = getattr(party, _OPENED, None)
    if key is None:
        key = unwrapped(party.key, owner(party))
        setattr(party, _OPENED, key)
    return key


def contact_of(party: Party) -> Contact:
    """The party's contact in clear; empty when none was given or it was erased."""
    key = data_key(party)
    if key is None or party.contact is None:
        return NOTHING
    return Contact(**loads(key.open(party.contact, f"{owner(party)}/contact")))


def owner(party: Party) -> str:
    """The party as its key and its values name it."""
    return f"party/{party.pk}"
