"""Whatever anybody gives to a service: done, or refused by an error of ours with nothing written."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.audit.models import Entry
from huiyin.cases.enums import Allegation, Channel, Kind
from huiyin.cases.models import Case, Event, Passage
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, Requester, open_case
from huiyin.cases.services.reveal import reveal
from huiyin.cases.services.track import prove
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from tests.factories.cases import actor_named, look, sound, take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

WRITTEN = (Case, Event, Passage, Party, Notice, Entry)
HOSTILE = (
    "", " ", "\x00", "a\x00b", "\ud800", "字\udfff", "\u202e倒过来", "\u2067مرحبا\u2069", "مرحبا بالعالم",
    "\U0001f468\u200d\U0001f466", "𠮷野家", "e" + "\u0301" * 3000, "\ufeff", "\u200b", "\r\nBcc: x@example.org", "=1+1",
    "%(name)s", "{0.__class__}", "{{ 7*7 }}", "<script>", "'; DROP TABLE", "../../etc/passwd",
    "长" * 121, "长" * 10_001, "9" * 4000,
    "０" * 13, "-1", "NaN", "true", "9999-12-31", "0001-01-01", "0000-00-00", "2021W536",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
"""What has broken programs before."""
words = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=()), max_size=40)
fixed = seed(1)
often = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)
"""With `fixed` the same ones each time, so that a change is judged by what it changes."""
few = settings(often, max_examples=15)


def counted() -> list[int]:
    return [model._default_manager.count() for model in WRITTEN]


def held(call: Any, **given: Any) -> Any:
    """The call's result; None where it was refused in words, with nothing written."""
    before, refusal = counted(), None
    try:
        return call(**given)
    except HuiyinError as error:
        refusal = error
    assert refusal.status in {401, 403, 404, 409, 422}
    assert str(refusal).strip()
    assert counted() == before
    return None


@pytest.fixture
def number(hotline: SmallCity) -> str:
    return take_in(hotline)


openings = st.builds(
    Opening,
    title=words,
    body=words,
    channel=st.sampled_from(Channel),
    kind=st.sampled_from(Kind),
    category=st.none() | words,
    area=st.none() | words,
    address=words,
    allegation=st.sampled_from(Allegation),
    respondent_unit=st.none() | st.just("transport") | words,
    requester=st.builds(Requester, name=words, phone=words, email=words, kind=st.just("person") | words, address=words),
    given=st.dictionaries(words, words | st.floats() | st.lists(words), max_size=2),
    occurred_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    key=words,
    files=st.lists(st.uuids(), max_size=2).map(tuple),
)


@fixed
@often
@given(opening=openings, again=st.booleans())
@example(opening=Opening(title="t", body="b", requester=Requester(name="n", address="\x00")), again=False)
@example(opening=Opening(title="t", body="b", key="\ud800"), again=False)
@example(opening=Opening(title="t", body="b", key="k", given={"x": 1.5}), again=True)
@example(opening=Opening(title="t", body="b", occurred_at=datetime.min.replace(tzinfo=UTC)), again=False)
@example(opening=Opening(title="t", body="b", occurred_at=datetime.max.replace(tzinfo=UTC)), again=False)
def test_any_words_open_a_matter_or_are_refused(hotline: SmallCity, opening: Opening, again: bool) -> None:
    for _time in range(1 + again):
        opened = held(open_case, actor=ANONYMOUS, opening=opening)
        if opened is not None:
            assert sound(opened.number) == []


@fixed
@often
@given(field=st.sampled_from(["title", "body", "address", "name", "phone", "email", "lives", "key"]), text=words)
def test_one_odd_field_opens_a_matter_or_is_refused(hotline: SmallCity, field: str, text: str) -> None:
    said: dict[str, Any] = {"title": "路灯", "body": "坏了", "requester": Requester(name="何立秋")}
    if field in {"title", "body", "address", "key"}:
        said[field] = text
    else:
        place = "address" if field == "lives" else field
        said["requester"] = Requester(**{"name": "何立秋", place: text})

    opened = held(open_case, actor=ANONYMOUS, opening=Opening(**said))

    if opened is not None:
        assert sound(opened.number) == []
        case = look(opened.number).case
        assert not {"\n", "\r", "\u202e"} & {*case.title, *case.address}


values = words | st.none() | st.booleans() | st.integers() | st.floats() | st.uuids() | st.lists(words, max_size=3)
nested = st.recursive(values, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2))


@fixed
@often
@given(data=st.data())
def test_any_input_to_any_action_is_taken_or_refused(hotline: SmallCity, number: str, data: st.DataObject) -> None:
    dossier = look(number)
    who = data.draw(st.sampled_from([*hotline.everyone(), actor_named(hotline, "requester", number), ANONYMOUS]))
    action = data.draw(st.sampled_from(sorted(dossier.procedure.actions)) | words)
    known = dossier.procedure.actions.get(action)
    names = st.sampled_from(sorted(known.inputs)) if known and known.inputs else words
    given_ = data.draw(st.dictionaries(names | words if data.draw(st.booleans()) else names, nested, max_size=4))

    held(act, actor=who, number=number, action=action, given=given_, key=data.draw(st.just("") | words))

    assert sound(number) == []


@pytest.mark.parametrize("value", [1.0, {"a": 1}, [1.5], [["x"]], "\ud800", ["\udfff"], float("nan"), {}, b"x"])
def test_what_can_not_be_kept_is_refused_before_anything_else(hotline: SmallCity, number: str, value: Any) -> None:
    before = counted()

    with pytest.raises(BadInput) as caught:
        act(actor=hotline.operator, number=number, action="add_statement", given={"statement": value}, key="k" * 20)

    assert [one.field for one in caught.value.fields] == ["statement"]
    assert counted() == before


@pytest.mark.parametrize("value", [1.0, [["x"]], "\ud800"])
def test_a_used_key_with_input_that_can_not_be_kept_is_refused(hotline: SmallCity, number: str, value: Any) -> None:
    act(actor=hotline.operator, number=number, action="accept", key="once")
    before = counted()

    with pytest.raises(BadInput):
        act(actor=hotline.operator, number=number, action="accept", given={"x": value}, key="once")

    assert counted() == before


def test_a_flood_of_names_is_refused_in_one_sentence(hotline: SmallCity, number: str) -> None:
    with pytest.raises(BadInput) as caught:
        act(actor=hotline.operator, number=number, action="accept", given={f"x{n}": 1 for n in range(100_000)})

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("value", ["210302-999999-1", "not a number", "9" * 5000])
def test_another_matter_that_is_not_there_is_refused(hotline: SmallCity, number: str, value: str) -> None:
    before = counted()

    with pytest.raises(BadInput):
        act(actor=hotline.operator, number=number, action="merge", given={"main": value})

    assert counted() == before


@pytest.mark.parametrize("key", [UUID(int=0), UUID(int=2**128 - 1), uuid4()])
def test_files_of_nobody_are_refused(hotline: SmallCity, key: UUID) -> None:
    before = counted()

    with pytest.raises(BadInput):
        open_case(actor=ANONYMOUS, opening=Opening(title="路灯", body="坏了", files=(key,)))

    assert counted() == before


@fixed
@often
@given(shown=words, code=words)
def test_any_number_and_code_prove_nothing(number: str, shown: str, code: str) -> None:
    for one in (shown, number):
        with pytest.raises(NotFound):
            prove(one, code)


@fixed
@often
@given(reason=words)
def test_any_reason_reveals_or_is_refused(hotline: SmallCity, number: str, reason: str) -> None:
    revealer: Actor = hotline.operator
    held(reveal, actor=revealer, number=number, reason=reason)
