"""What of a text can be found, what somebody looks for, and where it is marked. No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.search.marks import ASIDE, excerpt, marked
from huiyin.search.newest import stretches
from huiyin.search.query import AllOf, AnyOf, Query, Term, Without, fts5, term_of, tsquery
from huiyin.search.words import half, initials, terms_of, terms_of_names, wanted


def fits(query: Query, terms: set[str]) -> bool:
    """Whether a document of these terms fits: what both databases must say."""
    match query:
        case Term(text, begins):
            return any(term.startswith(text) for term in terms) if begins else text in terms
        case AllOf(parts):
            return all(fits(part, terms) for part in parts)
        case AnyOf(parts):
            return any(fits(part, terms) for part in parts)
        case Without(inside, outside):
            return fits(inside, terms) and not fits(outside, terms)


def finds(typed: str, text: str) -> bool:
    """Whether what was typed finds the text."""
    sought = wanted(typed)
    if sought is None:
        return False
    return fits(sought.query, terms_of(text)) and all(phrase in half(text).lower() for phrase in sought.phrases)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("公交 停靠", "5路公交车不停靠WiFi站"),
        ("ＷｉＦｉ", "5路公交车不停靠WiFi站"),
        ("wif*", "5路公交车不停靠WiFi站"),
        ("公交不停靠", "5路公交车不停靠WiFi站"),
        ("“不停靠wifi站”", "5路公交车不停靠WiFi站"),
        ("东城路", "东城路的路灯不亮"),
        ("光武镇 大李村", "光武镇大李村的路坏了"),
        ("灯", "灯不亮"),
        ("路灯 -漏水", "路灯不亮"),
        ("污水*", "污水处理厂的气味"),
    ],
)
def test_words_phrases_and_beginnings_are_found(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("公交 东城", "5路公交车不停靠"),
        ("华人", "中华人民要喝水"),
        ("路灯", "公路灯光昏暗"),
        ("大李村", "大王村的李某"),
        ("“停车问题”", "停车难问题"),
        ("路灯 -漏水", "路灯下面漏水"),
        ("13912345678", "电话13912345678"),
        ("电话", "请打〔电话〕"),
        ("！！", "！！"),
        ("", "路灯不亮"),
    ],
)
def test_what_does_not_fit_is_not_found(typed: str, text: str) -> None:
    assert not finds(typed, text)


HAN = st.text(st.sampled_from("东城路灯不亮公交车站停靠大李村光武镇中华人民的5wifi，"), min_size=1, max_size=24)


@given(HAN, st.data())
def test_a_phrase_is_found_wherever_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    phrase = text[start:end].strip()

    if any(character >= "一" for character in phrase if character != "，"):
        assert finds(f'"{phrase}"', text)


def test_names_are_found_by_initials_from_any_of_their_first_words() -> None:
    assert initials("界首市交通运输局") == "jssjtysj"
    for typed in ("jtys", "sjtysj", "JSSJ"):
        sought = wanted(typed)
        assert sought
        assert fits(sought.query, terms_of_names(["界首市交通运输局"]))
    sought = wanted("zjj")
    assert sought
    assert not fits(sought.query, terms_of_names(["界首市交通运输局"]))


def test_a_number_is_found_from_its_beginning() -> None:
    for typed in ("2109", "210923-0001", "2109230001"):
        sought = wanted(typed)
        assert sought
        assert fits(sought.query, {"n210923-000123-4"})


def test_what_somebody_types_cannot_break_out_of_the_question() -> None:
    for typed in ("a\"b'c\\d", "' | '", '") OR ("', "NEAR(路灯)", "路灯:*", "* * *", "-", '"', "w路灯 NOT"):
        sought = wanted(typed)
        said = (fts5(sought.query) + tsquery(sought.query)) if sought else ""
        assert not set("\\;:^{}") & set(said.replace(":*", ""))


def test_codes_that_are_no_plain_words_become_digests() -> None:
    assert term_of("u", "transport-2") == "utransport-2"
    assert term_of("b", "user:a b'c") == term_of("b", "user:a b'c") != term_of("b", "user:a b'd")
    assert term_of("b", "user:a b'c").isalnum()


def test_hits_are_marked_in_the_text_as_people_wrote_it() -> None:
    said = "".join(
        f"[{piece.text}]" if piece.hit else piece.text for piece in marked("5路WiFi站的路灯", ("wifi", "路灯"))
    )

    assert said == "5路[WiFi]站的[路灯]"


def test_an_excerpt_is_cut_around_the_first_hit() -> None:
    text = "前" * 100 + "路灯" + "后" * 100
    said = [piece.text for piece in excerpt(text, ("路灯",), around=5)]

    assert said == ["…", "前" * 5, "路灯", "后" * 3, "…"]
    assert "".join(piece.text for piece in excerpt("短的", ("没有",))) == "短的"
    assert excerpt("", ("没有",)) == ()
    assert [piece.text for piece in excerpt(f"不亮{ASIDE}东城路", ("不亮",))] == ["不亮"]
    assert [piece.text for piece in excerpt(f"不亮{ASIDE}东城路", ("东城",))] == ["不亮 ", "东城", "路"]


@given(st.integers(0, 1 << 62))
def test_stretches_hold_every_rank_once_and_the_newest_first(top: int) -> None:
    from huiyin.search.index import SLICES

    end = None
    count = 0
    for level, number in stretches(top):
        upper = (number + 1) << SLICES[level]
        assert upper > top if end is None else upper == end
        end, count = number << SLICES[level], count + 1

    assert end == 0
    assert count < 8 * len(SLICES) + 10
