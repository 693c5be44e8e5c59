"""What a model sees of a text, and what it never sees."""

import numpy as np
import pytest

from huiyin.redaction.text import redacted
from huiyin.routing import terms
from huiyin.routing.terms import Message
from huiyin.textmining.features import Read, plain

TOLD = "我叫王小明，电话13912345678，身份证341282199001011237，车牌皖K12345，路灯坏了。"


def seen(message: Message) -> set[int]:
    """All numbers that stand for something in a message."""
    return {int(key) for _weight, keys, _counts in terms.parts(message) for key in keys}


def number_of(text: str) -> set[int]:
    """The numbers of a text as a whole, as a stretch and as a word."""
    read = Read(text)
    whole = np.array([0], dtype=np.intp), np.array([read.length], dtype=np.intp)
    return {int(read.numbers(*whole, kind)[0]) for kind in (read.length, 8)}


def test_the_same_stretch_has_the_same_number_wherever_it_stands() -> None:
    assert number_of("路灯") <= seen(("晚上路灯不亮",)) | number_of("路灯")
    assert number_of("路灯") & seen(("晚上路灯不亮",))
    assert not number_of("公交") & seen(("晚上路灯不亮",))


@pytest.mark.parametrize("digits", ["1", "13912345678", "１３９１２３４５６７８", "0558-4812345", "341282199001011237"])
def test_no_digit_is_read_however_it_is_written(digits: str) -> None:
    assert not any(sign.isdigit() for sign in plain(f"电话{digits}，请回复"))
    assert seen((f"请回电{digits.replace('-', '')}谢谢",)) == seen(("请回电9谢谢",))


@pytest.mark.parametrize("mark", ["〔姓名〕", "〔电话〕", "[手机号]", "【身份证号】"])
def test_what_was_masked_is_no_feature_and_no_stretch_reaches_over_it(mark: str) -> None:
    assert seen((f"路灯{mark}坏了",)) == seen(("路灯\n坏了",))
    assert not number_of("灯坏") & seen((f"路灯{mark}坏了",))


def test_a_redacted_text_has_the_same_features_whoever_wrote_it() -> None:
    others = (
        TOLD.replace("王小明", "李大伟")
        .replace("13912345678", "15800001111")
        .replace("341282199001011237", "110105194912310021")
    )

    assert seen((redacted(TOLD),)) == seen((redacted(others),))


def test_what_only_one_group_says_becomes_no_term() -> None:
    rows = [("路灯坏了",), ("路灯坏了",), ("路灯不亮",)]
    spelled = [list(terms.parts(row)) for row in rows]

    known = {int(key) for key in terms.learn(spelled, ["甲", "甲", "乙"]).keys}

    assert number_of("路灯") & known
    assert not number_of("坏了") & known


def test_a_category_counts_whole_and_with_its_parents() -> None:
    one, other = seen(("路灯坏了", "城市管理", "照明")), seen(("路灯坏了", "公用事业", "照明"))

    assert one - other
    assert len(one & other) > 10


def test_a_text_of_nothing_has_no_features() -> None:
    for text in ("", " ", "123", "〔姓名〕"):
        assert not seen((text,))
