"""Learning, proposing, reasons, precedents, the file."""

import json
from dataclasses import replace

import numpy as np
import pytest

from huiyin.kernel.errors import ConfigError
from huiyin.routing.calibrate import Scale
from huiyin.routing.measure import SURE, coverage, ece, quality
from huiyin.routing.model import EVEN, SEASONED, Model, from_bytes
from huiyin.routing.train import LEAST, MANY, Lesson, fitted, fold_of, train
from tests.routing.said import lesson, messages

NEW = {"lights": "西门的路灯坏了两盏", "bus": "西门公交站牌看不清", "water": "西门自来水水压太低"}


@pytest.mark.parametrize("topic", sorted(NEW))
def test_a_new_message_is_proposed_with_its_reasons_and_precedents(small: Model, topic: str) -> None:
    said = (NEW[topic][:12], NEW[topic])

    found = small.suggest([said])[0]["unit"]

    assert found.first.label == topic
    assert found.sure
    assert found.first.chance > 0.8
    assert len(found.choices) == 3
    assert set(small.reasons(said, "unit", topic)) & {"路灯", "公交", "站牌", "自来水", "水压", "公交站"}
    near = small.near(said)
    assert near
    of = {f"number-{place}": row[1] for place, row in enumerate(messages())}
    assert {of[one.name] for one in near} == {topic}


def test_a_message_that_says_nothing_known_is_never_sure(small: Model) -> None:
    for text in ("", "42", "xyz"):
        assert not small.suggest([(text, text)])[0]["unit"].sure
        assert small.near((text, text)) == []


def test_a_young_model_must_be_as_sure_as_promised_and_no_model_is_sure_of_less_than_a_half(small: Model) -> None:
    head = small.heads["unit"]
    lax = replace(small, heads={"unit": replace(head, scale=Scale(head.scale.slope, head.scale.shift, 0.1))})
    grown = replace(lax, told={**small.told, "groups": SEASONED})
    said = [("", "西门公交站牌看不清"), ("", "西门")]

    assert (lax.young, lax.threshold("unit")) == (True, SURE)
    assert (grown.young, grown.threshold("unit")) == (False, EVEN)
    for model in (lax, grown):
        for found in model.suggest(said):
            assert found["unit"].sure == (found["unit"].first.chance >= model.threshold("unit"))
    assert [found["unit"].sure for found in grown.suggest(said)] == [True, False]


def test_many_labels_are_learned_one_by_one_and_terms_that_only_held_out_messages_say_lean_nowhere() -> None:
    things = [chr(place) * 2 for place in range(0x4E00, 0x4E00 + 4 * (MANY + 4), 4)]
    ways = ("{}坏了", "请修一修{}", "门口的{}没人管", "{}怎么办", "谁来看看{}", "还是{}的事")
    rows = [(way.format(thing), thing, f"{thing}/{n}") for thing in things for n, way in enumerate(ways)]
    held_out = [group for group in map(str, range(60)) if fold_of(group) == 0]
    rows += [(f"{things[-1]}歪歪扭扭", things[-1], group) for group in held_out]
    taught = Lesson([(said,) for said, _thing, _group in rows], {"unit": [row[1] for row in rows]},
                    [row[2] for row in rows])  # fmt: skip

    model = train(taught)

    found = model.suggest([(f"{thing}又坏了",) for thing in things])
    assert [one["unit"].first.label for one in found] == things
    assert model.told["heads"]["unit"]["accuracy"] > 0.95


def test_the_fewer_were_held_out_the_less_certain_is_what_they_say() -> None:
    sides = np.array([[1.0, -1.0], [-1.0, 1.0]], dtype=np.float32)
    half = np.array([[0.5, -0.5]], dtype=np.float32)

    def half_as_much(count: int) -> float:
        scale = fitted(np.tile(sides, (count // 2, 1)), np.tile([0, 1], count // 2))
        return float(scale.chances(half)[0, 0])

    assert half_as_much(20) < 0.9 < half_as_much(2_000) < 1


def test_probabilities_add_up_to_one_and_only_words_that_speak_for_it_are_reasons(small: Model) -> None:
    said = ("西门", "西门的路灯坏了，水压正常")
    chances = small.heads["unit"].chances(small.rows("unit", [said]))

    assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
    assert "路灯" in small.reasons(said, "unit", "lights")
    assert "水压" not in small.reasons(said, "unit", "lights")


def test_the_same_messages_give_the_same_file_and_it_reads_back(small: Model) -> None:
    again = train(lesson())

    assert again.version == small.version
    data = small.to_bytes()
    assert b"numpy.core" not in data
    assert from_bytes(data).version == small.version
    assert from_bytes(data).suggest([("", NEW["bus"])]) == small.suggest([("", NEW["bus"])])


def test_no_word_of_a_message_stands_in_the_file(small: Model) -> None:
    data = small.to_bytes()

    for word in ("路灯", "公交", "人民路"):
        assert word.encode() not in data
        assert word.encode("utf-32-le") not in data


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 100])
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match="isn't a model"):
        from_bytes(data)


def test_a_file_with_code_in_it_is_refused() -> None:
    import io

    out = io.BytesIO()
    np.savez(out, meta=np.array([{"format": 1}], dtype=object), allow_pickle=True)

    with pytest.raises(ConfigError):
        from_bytes(out.getvalue())


def test_too_few_answers_make_no_head_and_none_no_model() -> None:
    rows = list(messages())[: LEAST - 1]
    few = Lesson([row[0] for row in rows], {"unit": ["a"] * len(rows)}, [row[2] for row in rows])

    with pytest.raises(ConfigError, match="20 messages"):
        train(few)
    with pytest.raises(ConfigError, match="no message"):
        train(Lesson([], {"unit": []}, []))


def test_a_group_is_never_on_both_sides() -> None:
    assert fold_of("一件事") == fold_of("一件事")
    assert len({fold_of(str(n)) for n in range(50)}) == 4


def test_a_head_that_reads_the_words_alone_is_not_told_by_the_category() -> None:
    rows = [((said, "", answer), answer, group) for (said, _body), answer, group in messages()]
    taught = Lesson(
        [row[0] for row in rows], {"category": [row[1] for row in rows]}, [row[2] for row in rows],
        reads={"category": 2},
    )  # fmt: skip

    model = train(taught)

    said = NEW["bus"]
    assert model.suggest([(said, "", "water")]) == model.suggest([(said, "", "bus")])


def test_figures_are_what_their_names_say() -> None:
    chances = np.array([[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.2, 0.3, 0.5], [0.1, 0.8, 0.1]], dtype=np.float32)

    told = quality(chances, ["a", "b", "c"], ["a", "b", "c", "b"], 0.7)

    assert (told.accuracy, told.top3, told.answered, told.answered_right) == (0.75, 1.0, 0.5, 1.0)
    assert told.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    assert told.coverage_at_95 == 0.5
    assert json.loads(json.dumps(told.as_dict()))["messages"] == 4


def test_a_probability_that_is_true_has_no_error_and_a_boast_has_one() -> None:
    right = np.array([True] * 8 + [False] * 2)

    assert ece(np.full(10, 0.8), right) == pytest.approx(0)
    assert ece(np.full(10, 0.99), right) == pytest.approx(0.19)
    assert coverage(np.full(10, 0.8), right) == (0.0, 1.01)
