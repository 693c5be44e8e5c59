"""Reading what an actor gives: every type, every refusal, sorted into codes and texts."""

from typing import Any
from uuid import UUID

import pytest

from huiyin.cases import inputs
from huiyin.cases.inputs import TEXT_MOST, Given
from huiyin.cases.procedures import spec
from huiyin.cases.procedures.spec import Action
from huiyin.kernel.errors import BadInput

PAPER = "01234567-89ab-7cde-8f01-23456789abcd"

ACTION = spec.parse(
    """
title: {zh: 办, en: Do}
from: new
by: clerk
inputs:
  reply: {title: {zh: 答复, en: Reply}, type: text, required: true, audience: requester}
  note: {title: {zh: 备注, en: Note}, type: text}
  ground:
    title: {zh: 依据, en: Ground}
    type: choice
    choices: {duty: {zh: 职责, en: Duty}, area: {zh: 区域, en: Area}}
  lead: {title: {zh: 主办, en: Lead}, type: unit}
  assist: {title: {zh: 协办, en: Assist}, type: units}
  length: {title: {zh: 天数, en: Days}, type: count}
  secret: {title: {zh: 保密, en: Secret}, type: flag}
  papers: {title: {zh: 附件, en: Papers}, type: files}
""",
    "do.yaml",
    Action,
)


def read(**raw: Any) -> Given:
    return inputs.read(ACTION, {"reply": "已修好。"} | raw)


def wrong(**raw: Any) -> list[str]:
    """Names of the fields that are refused."""
    with pytest.raises(BadInput) as caught:
        read(**raw)
    assert all(str(field.message) for field in caught.value.fields)
    return [field.field for field in caught.value.fields]


def test_texts_go_beside_codes() -> None:
    given = read(note="见附件", ground="area", lead="transport", assist=["bus"], length=5, secret=True, papers=[PAPER])

    assert given.files == {"papers": [UUID(PAPER)]}
    assert given.texts == {"reply": "已修好。", "note": "见附件"}
    assert given.codes == {
        "ground": "area", "lead": "transport", "assist": ["bus"], "length": 5, "secret": True,
    }  # fmt: skip


def test_what_is_not_given_is_left_out() -> None:
    assert read(note="", ground=None, assist=[], lead="") == Given({}, {"reply": "已修好。"})


@pytest.mark.parametrize("value", [None, "", "  \n", "\x00"])
def test_a_required_field_must_be_filled(value: object) -> None:
    assert wrong(reply=value) == ["reply"]


def test_a_text_is_trimmed_and_loses_null_characters() -> None:
    assert read(reply="  已\x00修好。\n").texts["reply"] == "已修好。"


def test_a_text_may_be_long_but_not_endless() -> None:
    assert len(read(reply="字" * TEXT_MOST).texts["reply"]) == TEXT_MOST
    assert wrong(reply="字" * (TEXT_MOST + 1)) == ["reply"]


@pytest.mark.parametrize("value", ["5", 5, "05"])
def test_a_count_is_read_from_forms_and_programs(value: object) -> None:
    assert read(length=value).codes["length"] == 5


@pytest.mark.parametrize(
    ("value", "truth"),
    [(True, True), ("on", True), ("true", True), ("1", True), (False, False), ("no", False), ("0", False)],
)
def test_a_flag_is_read_from_forms_and_programs(value: object, truth: bool) -> None:
    assert read(secret=value).codes["secret"] is truth


def test_one_unit_may_stand_for_a_list() -> None:
    assert read(assist="bus").codes["assist"] == ["bus"]


REFUSED = [
    ("reply", 5),
    ("reply", ["已修好。"]),
    ("ground", "weather"),
    ("ground", ["duty"]),
    ("ground", {"duty": 1}),
    ("lead", 5),
    ("lead", ["transport"]),
    ("lead", "x" * 65),
    ("assist", 5),
    ("assist", [5]),
    ("assist", ["bus"] * 21),
    ("assist", {"bus": 1}),
    ("papers", [None]),
    ("length", 0),
    ("length", 367),
    ("length", -1),
    ("length", "1.5"),
    ("length", 1.5),
    ("length", True),
    ("length", "五"),
    ("length", "５"),
    ("length", "²"),
    ("length", "9" * 5000),
    ("reply", "路灯\ud83d"),
    ("lead", "a\nb"),
    ("lead", "a b"),
    ("assist", ["bus", "a\tb"]),
    ("papers", ["f\ud83d"]),
    ("papers", ["x" * 65]),
    ("secret", "maybe"),
    ("secret", 2),
    ("secret", ["on"]),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_cannot_be_read_is_refused(name: str, value: object) -> None:
    assert wrong(**{name: value}) == [name]


def test_an_unknown_field_is_refused_by_naming_the_known() -> None:
    with pytest.raises(BadInput) as caught:
        read(lenght=5)

    assert [field.field for field in caught.value.fields] == ["lenght"]
    assert "length" in str(caught.value)


def test_all_wrong_fields_are_told_at_once() -> None:
    assert wrong(reply="", ground="weather", length="many", colour="red") == ["colour", "reply", "ground", "length"]


def test_a_refusal_names_the_choices() -> None:
    with pytest.raises(BadInput, match="duty、area"):
        read(ground="weather")


def test_an_action_without_inputs_takes_none() -> None:
    bare = spec.parse("{title: {zh: 办, en: Do}, from: new, by: clerk}", "do.yaml", Action)

    assert inputs.read(bare, {}) == Given({}, {})
    with pytest.raises(BadInput):
        inputs.read(bare, {"note": "见附件"})


@pytest.mark.parametrize("blank", ["", "  ", "　", "\x00", None])
def test_blanks_in_an_optional_field_are_nothing_given(blank: object) -> None:
    assert "note" not in read(note=blank).texts


@pytest.mark.parametrize("blank", [[""], ["", " "], [], ""])
def test_a_list_of_blanks_is_nothing_given(blank: object) -> None:
    assert "assist" not in read(assist=blank).codes


def test_codes_lose_their_blanks() -> None:
    assert read(assist=[" bus ", ""]).codes["assist"] == ["bus"]


def test_a_wrong_file_is_not_called_a_wrong_unit() -> None:
    with pytest.raises(BadInput) as caught:
        read(papers=5)

    assert "文件" in str(caught.value)
    assert "单位" not in str(caught.value)


def test_a_number_without_end_gets_our_own_message() -> None:
    with pytest.raises(BadInput, match="1到366"):
        read(length="9" * 5000)
