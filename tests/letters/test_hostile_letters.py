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
from huiyin.cases.models import Case
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case
from huiyin.kernel.errors import NotFound
from huiyin.kernel.text import HALF
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
def test_any_number_and_place_in_the_list_of_answers_shows_what_is_public(
    hotline: SmallCity, client: Client, value: str
) -> None:
    asked = published.Asked(words=value, category=value, area=value)
    for page in (published.page(value), published.page(asked=asked), published.page(asked=published.Asked(value))):
        assert (page.letters, page.before) == ([], "")
    if value:
        with pytest.raises(NotFound):
            published.letter(value)
    if value.strip("/. ") and not HALF.search(value):
        assert client.get(f"/answers/{quote(value[:500], safe='')}/").status_code == 404
        assert client.get(f"/api/v1/answers/{quote(value[:500], safe='')}").status_code in {404, 422}


SENDABLE = [value for value in HOSTILE if not HALF.search(value)]


@pytest.mark.parametrize("value", SENDABLE)
def test_any_words_in_the_portals_forms_are_answered_and_nothing_is_written(
    hotline: SmallCity, client: Client, value: str
) -> None:
    assert client.get("/answers/", dict.fromkeys(("q", "category", "area", "before"), value)).status_code == 200
    assert client.get("/answers/", {"q": value}).status_code == 200
    fields = ("body", "kind", "category", "area", "tile", "address", "allegation", "respondent_unit", "key", "kept")
    for step, body in (("say", value), ("back", value), ("details", "路灯坏了")):
        said = dict.fromkeys(fields, value) | {"step": step, "body": body}
        assert client.post("/submit/", said).status_code in {200, 422}
    assert Case.objects.count() == 0


@pytest.mark.parametrize("key", [UUID(int=0), UUID(int=2**128 - 1)])
def test_the_list_begins_anywhere(hotline: SmallCity, key: UUID) -> None:
    number = write(hotline)
    walk(hotline, number, *go(*ANSWERED, "publish"))

    assert [one.number for one in published.page(str(key)).letters] == ([number] if key.int else [])
