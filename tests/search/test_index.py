"""The index on the database at hand: it finds what the same words find in plain Python, in the same order."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from huiyin.kernel import clock
from huiyin.search import find, index, newest, words
from huiyin.search.models import Indexed, Progress
from huiyin.search.query import AllOf, AnyOf, Query, Term, Without, term_of
from huiyin.search.sources import Document
from tests.search.test_words import fits

pytestmark = pytest.mark.django_db

DAY = datetime(2021, 3, 2, 1, 30, tzinfo=clock.zone())


def document(
    key: str, title: str, body: str = "", *, days: float = 0, unit: str = "transport", names: str = ""
) -> Document:
    return Document(
        kind="case", key=key, at=DAY + timedelta(days=days), title=title, body=body,
        who=frozenset({term_of("u", unit)}), names=tuple(filter(None, [names])), number=f"21030{key}-000001-1",
    )  # fmt: skip


TEXTS = [
    document("1", "5路公交车不停靠WiFi站", "每天早上都过站", days=-9),
    document("2", "东城路路灯不亮", "晚上看不见路，公交也不停", days=-2, unit="housing"),
    document("3", "公路灯光昏暗", "灯光太暗", days=0.5),
    document("4", "光武镇大李村停车难", "村口停车难问题一直没有解决", days=-400, names="光武镇"),
    document("5", "大王村李家门口漏水", "请修", days=-9),
]
ROWS = [
    ("公交", ["2", "1"]),
    ("公交 停靠", ["1"]),
    ("路灯", ["2"]),
    ("灯光", ["3"]),
    ("灯", ["3", "2"]),
    ("大李村", ["4"]),
    ("村", ["5", "4"]),
    ('"停车难问题"', ["4"]),
    ('"停车问题"', []),
    ("停车*", ["4"]),
    ("ＷＩＦＩ", ["1"]),
    ("wif*", ["1"]),
    ("gwz", ["4"]),
    ("gw", ["4"]),
    ("公交 -路灯", ["1"]),
    ("210301", ["1"]),
    ("没有这样的", []),
    ("' OR 1=1 --", []),
    ("", []),
]
"""What is typed, and the keys that are found, the newest first: the same on both databases."""


@pytest.fixture
def texts() -> Iterator[None]:
    index.put(TEXTS)
    yield


@pytest.mark.parametrize("typed", [typed for typed, _found in ROWS])
def test_words_find_the_same_on_every_database(texts: None, typed: str) -> None:
    assert find.keys(typed, "case", 10) == dict(ROWS)[typed]


def test_of_a_kind_is_found_what_is_of_it(texts: None) -> None:
    assert find.keys("公交", "case", 10) == ["2", "1"]
    assert find.keys("公交", "reply", 10) == []


def taken(query: Query, limit: int, **within: int) -> list[int]:
    """So many, a few at a time."""
    found, some = newest.Newest(query, frozenset({"case"}), **within), [0]
    ranks: list[int] = []
    while some and len(ranks) < limit:
        some = found.more(min(30, limit - len(ranks)))
        ranks += some
    return ranks


def test_frequent_and_seldom_words_are_found_alike_from_any_place_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "SELDOM", 5)
    chance = random.Random(7)  # noqa: S311
    vocabulary = ["路灯", "公交", "漏水", "停车", "噪声", "供暖", "垃圾", "井盖"]
    documents = [
        document(
            str(n), " ".join(chance.sample(vocabulary, 3)), days=-chance.choice([0.1, 3, 40, 900]) * chance.random()
        )
        for n in range(240)
    ]
    index.put(documents)
    terms = {one.rank: words.terms_of(one.title) | {f"k{one.kind}"} for one in Indexed.objects.all()}
    asked: list[Query] = [
        Term("w路灯"),
        AllOf((Term("w路灯"), Term("w公交"))),
        AllOf((Term("w路灯"), Term("w公交"), Term("w漏水"), Term("w停车"))),
        AnyOf((Term("w井盖"), Term("w垃圾"))),
        Without(Term("kcase"), AnyOf((Term("w供暖"), Term("w噪声")))),
        Term("w停", begins=True),
    ]
    for query in asked:
        fitting = sorted((rank for rank, one in terms.items() if fits(query, one)), reverse=True)
        middle = fitting[len(fitting) // 2] if fitting else 0
        for limit in (1, 7, 500):
            assert taken(query, limit) == fitting[:limit]
            assert taken(query, limit, below=middle) == [r for r in fitting if r < middle][:limit]
            assert taken(query, limit, since=middle) == [r for r in fitting if r >= middle][:limit]


def test_only_what_says_something_else_is_written_again(texts: None) -> None:
    ranks = set(Indexed.objects.values_list("rank", flat=True))

    assert index.put(TEXTS) == 0
    assert index.put([document("1", "5路公交车改道")]) == 1
    assert len(ranks & set(Indexed.objects.values_list("rank", flat=True))) == len(TEXTS) - 1
    assert find.keys("停靠", "case", 10) == []
    assert find.keys("改道", "case", 10) == ["1"]


def test_what_is_forgotten_is_found_no_more(texts: None) -> None:
    assert index.forget("case", ["2", "9"]) == 1
    assert find.keys("路灯", "case", 10) == []
    assert Indexed.objects.count() == len(TEXTS) - 1


def test_two_documents_of_one_place_in_time_both_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_first_rank", lambda one: 7 << index.LOW)

    index.put([document("1", "路灯"), document("2", "路灯")])
    index.put([document("3", "路灯")])

    assert sorted(find.keys("路灯", "case", 10)) == ["1", "2", "3"]


def test_every_source_is_read_to_its_end_and_marked(hotline: object) -> None:
    assert not index.whole()
    assert index.looked_at() is None
    index.catch_up()

    assert index.whole()
    assert index.looked_at() == clock.now()
    assert set(Progress.objects.values_list("source", flat=True)) >= {"cases", "names", "letter"}


def test_a_phrase_is_looked_for_beyond_many_that_only_have_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "ROUNDS", (2, 3))
    many = [document(f"x{n}", "村里阳台光线", "光 阳 村", days=n) for n in range(12)]
    with transaction.atomic():
        index.put([*many, document("wanted", "光阳村修路", "光阳村修路", days=-60)])

    assert find.keys("光阳村", "case", 5) == ["wanted"]
