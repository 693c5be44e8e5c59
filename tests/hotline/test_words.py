"""Whether a category is proposed by the list's words or by the model."""

from types import SimpleNamespace

import pytest

from huiyin.cases import catalogue, suggestions
from huiyin.cases.suggestions import Heard
from huiyin.hotline.words import as_learned, by_words
from huiyin.routing.model import Choice

LAMPS, SCHOOLS, PRAISE = "jieshou/city.street-lights", "jieshou/services.schools", "jieshou/other.praise"
SAID = "胜利路小学门口两盏路灯不亮，孩子晚自习回家一片黑。"


@pytest.mark.parametrize(
    ("said", "chance", "young", "category", "told"),
    [
        (SAID, 0.85, False, LAMPS, None),
        (SAID, 0.95, False, SCHOOLS, 0.95),
        (SAID, 0.99, True, LAMPS, None),
        ("小学门口一片黑", 0.85, False, SCHOOLS, 0.85),
        ("小学门口一片黑", 0.97, True, SCHOOLS, 0.97),
    ],
)
def test_a_model_that_is_young_or_less_sure_stands_unless_the_words_say_otherwise(
    said: str, chance: float, young: bool, category: str, told: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {LAMPS: SimpleNamespace(name="路灯照明"), SCHOOLS: SimpleNamespace(name="入学与校园")}
    learned = Heard("m", Choice(SCHOOLS, chance), None, ("小学",), young)
    monkeypatch.setattr(catalogue, "categories", lambda: known)
    monkeypatch.setattr(suggestions, "heard", lambda _title, _text: learned)

    guess = as_learned(said)

    assert (guess.category, guess.chance) == (category, told)


@pytest.mark.parametrize(
    ("said", "kind", "category"),
    [
        ("路灯坏了，请维修，感谢", "help", LAMPS),
        ("家门口的路灯坏了，感谢！", "help", LAMPS),
        ("送来锦旗一面", "praise", PRAISE),
    ],
)
def test_thanks_at_the_end_make_no_praise(said: str, kind: str, category: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {LAMPS: SimpleNamespace(name="路灯照明"), PRAISE: SimpleNamespace(name="表扬感谢")}
    monkeypatch.setattr(catalogue, "categories", lambda: known)

    guess = by_words(said)

    assert (guess.kind, guess.category) == (kind, category)
