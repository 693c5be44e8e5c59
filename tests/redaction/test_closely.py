"""The second reading finds names in the middle of a sentence, and leaves places, posts and words alone."""

import pytest

from huiyin.redaction.text import pieces, redacted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("昨天晚上王建国在路口打了李小芳。", "昨天晚上〔姓名〕在路口打了〔姓名〕。"),
        ("钱给了陈晓梅，她不认账。后来找到周立新才说清。", "钱给了〔姓名〕，她不认账。后来找到〔姓名〕才说清。"),
        ("楼上\n赵玉珍把水泼下来", "楼上\n〔姓名〕把水泼下来"),
        ("门口的路灯坏了，欧阳晓明已经报过两次", "门口的路灯坏了，〔姓名〕已经报过两次"),
    ],
)
def test_a_name_in_the_middle_of_a_sentence_goes(text: str, shown: str) -> None:
    assert redacted(text) == text, "no rule finds it"
    assert redacted(text, closely=True) == shown


@pytest.mark.parametrize(
    "text",
    [
        "界首市东城街道人民路的路灯坏了三天，晚上看不见路。",
        "我找过周科长和李主任，他们都说不归他们管。",
        "安徽省阜阳市的公交车到任寨站不停，请交通运输局处理。",
        "依据《物业管理条例》第五十四条，由住建局督促整改。",
    ],
)
def test_places_posts_and_plain_words_stay(text: str) -> None:
    assert redacted(text, closely=True) == text


def test_what_rules_find_is_found_closely_too() -> None:
    text = "我叫何立秋，电话１３８１２３４５６７８，邻居孙志强的车皖K12345挡住了张家巷。" * 20

    closely = pieces(text, closely=True)

    for piece in pieces(text):
        assert any(one.start <= piece.start and piece.end <= one.end for one in closely)
    assert "孙志强" not in redacted(text, closely=True)
    assert "〔电话〕" in redacted(text, closely=True)
