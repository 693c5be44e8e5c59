"""A rotation reaches every key, goes on where it was killed, and brings nothing back that was erased."""

from pathlib import Path

import pytest

from huiyin.kernel import clock
from huiyin.people import rewrapping
from huiyin.people.models import Party
from huiyin.people.parties import Contact, contact_of, new_party, owner
from huiyin.people.rewrapping import counted, rewrap
from huiyin.vault import box
from huiyin.vault.keyring import keyring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path))


def people(count: int) -> list[Party]:
    made = [new_party(kind="person", contact=Contact(name=f"何{n}"), now=clock.now()) for n in range(count)]
    return Party.objects.bulk_create(made)


def names() -> list[str]:
    return [contact_of(party).name for party in Party.objects.order_by("pk")]


def test_every_key_is_wrapped_anew_and_opens_what_it_opened() -> None:
    people(5)
    assert counted(Party) == {1: 5}
    keyring().add()

    assert rewrap(Party, owner) == 5

    assert counted(Party) == {2: 5}
    assert names() == ["何0", "何1", "何2", "何3", "何4"]
    assert rewrap(Party, owner) == 0


def test_a_rotation_killed_halfway_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    people(5)
    keyring().add()
    monkeypatch.setattr(rewrapping, "BATCH", 2)

    def kill(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrap(Party, owner, kill)
    assert counted(Party) == {1: 3, 2: 2}
    assert names() == ["何0", "何1", "何2", "何3", "何4"]

    assert rewrap(Party, owner) == 3
    assert counted(Party) == {2: 5}


def test_a_key_destroyed_meanwhile_stays_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, _kept = people(2)
    keyring().add()
    real = box.rewrapped

    def erase_first(wrapped: bytes, whose: str) -> bytes:
        Party.objects.filter(pk=gone.pk).update(key=None)
        return real(wrapped, whose)

    monkeypatch.setattr(rewrapping, "rewrapped", erase_first)

    assert rewrap(Party, owner) == 1
    assert Party.objects.get(pk=gone.pk).key is None
    assert counted(Party) == {2: 1}
