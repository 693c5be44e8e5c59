"""What fits what, without a database."""

import pytest

from huiyin.knowledge.matching import Index, Text, terms

TEXTS = [
    Text("公积金怎么提取？", "取公积金 住房公积金", "带身份证到公积金窗口。"),
    Text("公交车几点收班？", "末班车", "城区各线路18:30收班。", "冬季和夏季时刻不同。"),
    Text("医保怎么异地备案？", "外地看病报销", "在手机上备案。"),
    Text("ETC怎么办理？", "", "到收费站。"),
]
INDEX = Index(TEXTS)


def best(words: str) -> list[int]:
    """Places of what is found, the best first."""
    return [place for place, _fit in INDEX.find(words)]


def test_terms_are_pairs_of_characters_and_words() -> None:
    assert terms("公积金 ETC２") == ["公积", "积金", "etc2"]
    assert terms("请问怎么办理？") == []


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("取公积金要什么手续", 0), ("公积金", 0), ("末班车几点", 1), ("外地看病怎么报销", 2),
        ("etc", 3), ("et", 3), ("医", 2),
        ("我爸在合肥住院，想问外地看病的钱回来怎么报，医保要不要先备案，需要带什么材料？他人在医院走不开。", 2),
    ],
)  # fmt: skip
def test_the_article_that_answers_comes_first(words: str, place: int) -> None:
    assert best(words)[0] == place


@pytest.mark.parametrize("words", ["", "怎么办", "路灯不亮了", "！？", "x"])
def test_what_no_article_answers_finds_none(words: str) -> None:
    assert best(words) == []


def test_fits_are_shares_and_fall() -> None:
    fits = [fit for _place, fit in INDEX.find("公交车和公积金")]

    assert fits == sorted(fits, reverse=True)
    assert all(0 < fit <= 1 for fit in fits)
