"""Whatever anybody gives to the letters' services: done, or refused in words with nothing written."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from huiyin.access.actor import ANONYMOUS
from huiyin.cases.enums import Channel
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case
from huiyin.kernel.errors import NotFound
from huiyin.letters import published
from tests.cases.services.test_hostile_words import HOSTILE, few, fixed, held, nested, words
from tests.factories.cases import actor_named, look, sound, walk
from tests.letters.test_letters import ANSWERED, GIVEN, WHO, go, write
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


@fixed
@few
@given(
    way=st.sampled_from([("mailbox", "write"), ("letter", "register"), ("mailbox", "register")])
    | st.tuples(st.just("mailbox"), words),
    said=st.dictionaries(st.sampled_from(["addressed_to", "publication"]) | words, nested, max_size=2),
    channel=st.sampled_from([*Channel]),
    body=st.just("8路车不停。") | words,
)
def test_any_letter_is_taken_in_or_refused(
    hotline: SmallCity, way: tuple[str, str], said: dict[str, Any], channel: Channel, body: str
) -> None:
    procedure, action = way
    letter = Opening(
        title="公交", body=body, procedure=procedure, action=action, channel=channel, given=said,
        requester=Requester(name="何立秋"),
    )  # fmt: skip
    for actor in (ANONYMOUS, hotline.operator):
        opened = held(open_case, actor=actor, opening=letter)
        if opened is not None:
            assert sound(opened.number) == []


@fixed
@few
@given(data=st.data())
def test_any_step_of_a_letter_is_taken_or_refused(hotline: SmallCity, letters: list[str], data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(letters))
    known = look(number).procedure.actions
    action = data.draw(st.sampled_from(sorted(WHO)))
    who = actor_named(hotline, WHO[action], number)
    given_: dict[str, Any] = {**GIVEN.get(action, {})}
    odd = data.draw(st.dictionaries(st.sampled_from(sorted(known[action].inputs) or ["x"]) | words, nested, max_size=2))

    held(act, actor=who, number=number, action=action, given=given_ | odd, key=data.draw(st.just("") | words))

    assert sound(number) == []


@pytest.fixture
def letters(hotline: SmallCity) -> list[str]:
    """Four letters at four places of their way."""
    found = []
    for route in ((), ("screen", "assign"), ("screen", "assign", "reply"), ANSWERED):
        found.append(write(hotline, key=f"at {len(route)}"))
        walk(hotline, found[-1], *go(*route))
    return found


@pytest.mark.parametrize("value", HOSTILE)
def test_any_number_and_place_in_the_list_of_answers_shows_what_is_public(client: Client, value: str) -> None:
    before = published.page(value)
    assert (before.letters, before.before) == ([], "")
    if value:
        with pytest.raises(NotFound):
            published.letter(value)
    if value.strip("/. ") and value.isprintable():
        assert client.get(f"/answers/{quote(value[:500], safe='')}/").status_code == 404
        assert client.get(f"/api/v1/answers/{quote(value[:500], safe='')}").status_code in {404, 422}


@pytest.mark.parametrize("key", [UUID(int=0), UUID(int=2**128 - 1)])
def test_the_list_begins_anywhere(hotline: SmallCity, key: UUID) -> None:
    number = write(hotline)
    walk(hotline, number, *go(*ANSWERED, "publish"))

    assert [one.number for one in published.page(str(key)).letters] == ([number] if key.int else [])
