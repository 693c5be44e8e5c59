"""How alike two messages are, and what is never looked at."""

from datetime import timedelta

import numpy as np
import pytest

from huiyin.redaction.text import redacted
from huiyin.textmining.similar import LEVELS, PLACE, TIME, TITLE, Reading, Said, alike, common_words, learn, read
from tests.textmining.said import BEGAN, MATTERS, readings

NAMES, READINGS = readings()
WEIGHTS = learn(READINGS)
TOLD = "我叫王小明，电话13912345678，身份证341282199001011237，路灯坏了。"


def _said(title: str, body: str, places: tuple[str, ...] = (), days: int = 0) -> Said:
    return Said(title, body, BEGAN + timedelta(days=days), places)


def test_a_reading_comes_back_from_its_bytes() -> None:
    for reading in READINGS:
        again = Reading.from_bytes(reading.to_bytes())

        assert again.day == reading.day
        for name in ("words", "counts", "title", "places"):
            assert np.array_equal(getattr(again, name), getattr(reading, name))


def test_a_message_is_most_like_itself_and_then_like_its_matter() -> None:
    likeness = alike(WEIGHTS, READINGS[0], READINGS)

    assert likeness[0] == pytest.approx(1 + TITLE + PLACE / LEVELS + TIME, abs=0.001)
    same = [float(like) for like, name in zip(likeness, NAMES, strict=True) if name == NAMES[0]]
    other = [float(like) for like, name in zip(likeness, NAMES, strict=True) if name != NAMES[0]]
    assert min(same) > max(other)


def test_place_and_time_add_a_little() -> None:
    title, body = MATTERS["bus"][0]
    here = read(_said(title, body, places=("341282002", "341282002201")))
    elsewhere = read(_said(title, body, places=("341282005", "341282005201")))
    later = read(_said(title, body, places=("341282002", "341282002201"), days=200))

    whole, apart, long_after = alike(WEIGHTS, here, [here, elsewhere, later])

    assert whole - apart == pytest.approx(PLACE, abs=0.001)
    assert whole - long_after == pytest.approx(TIME, abs=0.001)


@pytest.mark.parametrize("told", [TOLD, redacted(TOLD)])
def test_no_name_telephone_or_identity_number_is_compared(told: str) -> None:
    reading, without = read(_said("", redacted(told))), read(_said("", "我叫，电话，身份证，路灯坏了。"))

    assert set(reading.words) <= set(without.words)
    assert alike(WEIGHTS, read(_said("", "13912345678")), [reading])[0] == pytest.approx(TIME, abs=0.001)


def test_an_empty_message_is_like_nothing() -> None:
    empty = read(_said("", "", places=()))

    assert alike(WEIGHTS, empty, READINGS).max() <= TIME + 0.001
    assert WEIGHTS.strongest(empty).size == 0


def test_words_in_common_are_the_rare_ones() -> None:
    one, other = (body for _title, body in MATTERS["mixer"][:2])

    assert "搅拌站" in common_words(WEIGHTS, one, other)
    assert common_words(WEIGHTS, one, MATTERS["bus"][0][1]) == []
