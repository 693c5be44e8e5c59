"""Whatever a catalogue's file holds: taken in whole, or refused by a sentence that names the file; never by half."""

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from huiyin.cases import catalogue
from huiyin.cases.models import CatalogueEntry, Category
from huiyin.cases.services.catalogue import load_catalogue
from huiyin.kernel.errors import ConfigError
from tests.cases.services.test_hostile_words import HOSTILE, few, fixed
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

HEAD = "scheme: play\nsource: 演练\nfrom: 2021-01-01\ncategories: "
words = st.integers(0, len(HOSTILE) - 1).map(lambda n: HOSTILE[n]) | st.text(max_size=12)
codes = st.sampled_from(["a", "b", "c-1", "k" * 30]) | words
units = st.sampled_from(["", "transport", "townships", "nobody"]) | words
branches = st.recursive(
    st.fixed_dictionaries({"code": codes, "name": words, "en": words}, optional={"unit": units}),
    lambda inner: st.fixed_dictionaries(
        {"code": codes, "name": st.sampled_from(["城市", "名" * 80]), "en": st.just("x")},
        optional={"unit": units, "children": st.lists(inner, max_size=3)},
    ),
    max_leaves=6,
)
plain = st.recursive(
    st.fixed_dictionaries({"code": st.sampled_from("abc"), "name": st.sampled_from(["城", "乡"]), "en": st.just("x")},
                          optional={"unit": st.sampled_from(["", "transport", "townships"])}),
    lambda inner: st.fixed_dictionaries(
        {"code": st.sampled_from("def"), "name": st.just("县"), "en": st.just(""),
         "children": st.lists(inner, max_size=3)}),
    max_leaves=6,
)  # fmt: skip
documents = st.fixed_dictionaries({
    "scheme": st.just("play") | words, "source": st.just("演练") | words,
    "from": st.dates() | words, "categories": st.lists(branches | plain, max_size=3),
})  # fmt: skip


def counted() -> list[int]:
    return [Category.objects.count(), CatalogueEntry.objects.count()]


def tried(text: str) -> tuple[int, int] | None:
    """What was added; None where the file was refused in words, naming it, with nothing written."""
    before, refusal = counted(), ""
    try:
        added = load_catalogue(text, "play.yaml")
    except ConfigError as refused:
        added, refusal = None, str(refused)
    assert added is not None or refusal.startswith("play.yaml: ")
    assert counted() == [was + more for was, more in zip(before, added or (0, 0), strict=True)]
    return added


@fixed
@few
@given(document=documents)
def test_any_file_is_taken_in_or_refused(hotline: SmallCity, document: dict[str, Any]) -> None:
    text = yaml.safe_dump(document, allow_unicode=True)

    if tried(text) is not None:
        assert tried(text) == (0, 0)
        catalogue.listed(document["scheme"], date(2021, 6, 1))


@fixed
@few
@given(categories=st.lists(plain, max_size=3))
def test_a_plain_file_is_taken_in_unless_a_code_stands_twice(hotline: SmallCity, categories: list[Any]) -> None:
    def keys(branch: Any, above: str = "") -> list[str]:
        mine = f"{above}.{branch['code']}"
        return [mine, *(key for child in branch.get("children", ()) for key in keys(child, mine))]

    every = [key for branch in categories for key in keys(branch)]

    added = tried(HEAD + yaml.safe_dump(categories, allow_unicode=True, default_flow_style=True))

    assert (added is None) is (len(set(every)) < len(every))
    clear()


def clear() -> None:
    """Nothing of the scheme is left for the next example."""
    CatalogueEntry.objects.filter(category__scheme="play").delete()
    Category.objects.filter(scheme="play").update(parent=None)
    Category.objects.filter(scheme="play").delete()
    catalogue.forget()


ONE = "{code: a, name: 甲, en: A}"


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "\x00", "\ud800", "a: [", "[" * 5000, "scheme: !!python/object:os.system x",
        HEAD.replace("2021-01-01", "2021-02-30") + f"[{ONE}]",
        HEAD.replace("2021-01-01", "99999999999-01-01") + f"[{ONE}]",
        HEAD.replace("play", '"pl\\0ay"') + f"[{ONE}]",
        HEAD.replace("演练", "源" * 201) + f"[{ONE}]",
        HEAD + '[{code: a, name: "甲\\0", en: A}]',
        HEAD + "[{code: a, name: 甲 › 乙, en: A}]",
        HEAD + f"[{ONE}, {ONE}]",
        HEAD + "[{code: a, name: 甲, en: A, unit: nobody}]",
        HEAD + "[{code: a, name: 甲, en: A}, {code: b, name: 乙, en: B, unit: nobody}]",
        HEAD + "[{code: " + "k" * 80 + ", name: 甲, en: A}]",
        HEAD + "[{code: a, name: " + "甲" * 81 + ", en: A}]",
    ],
)  # fmt: skip
def test_a_file_that_can_not_be_kept_is_refused_whole(hotline: SmallCity, text: str) -> None:
    assert tried(text) is None


@pytest.mark.parametrize("value", HOSTILE)
def test_any_category_place_and_day_is_nobodys_duty(hotline: SmallCity, value: str) -> None:
    for day in (date.min, date(2021, 6, 1), date.max):
        assert catalogue.duty_unit(value, value, day) is None
        assert catalogue.has_duty("transport", value, value, day) is False
        assert catalogue.in_scheme(value) == []
        assert catalogue.listed("none", day) == []
