"""What the model in use proposes for a matter, to whom, from which words; and what closed matters teach it."""

import json
from datetime import timedelta

import pytest

from huiyin.cases import lessons, suggestions
from huiyin.cases.models import Case, Passage
from huiyin.cases.services.open import Requester
from huiyin.cases.services.reread import reread
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.org.services.units import close_unit
from huiyin.routing import terms, versions
from huiyin.routing.measure import SURE
from huiyin.routing.train import train
from tests.factories import models
from tests.factories.cases import history, look, sound, take, take_in
from tests.factories.models import RENZHAI, XICHENG, taught
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline", "taught"]
pytestmark = pytest.mark.django_db

LAMPS = "人民路的路灯又坏了，晚上没有灯"


def _new(city: SmallCity, topic: str, text: str, area: str | None = XICHENG, **over: object) -> str:
    number = take_in(city, title=text[:20], body=text, category=models.CATEGORIES[topic], area=area, **over)
    take(city, number, "operator", "accept")
    return number


def test_units_are_proposed_with_words_and_precedents(taught: SmallCity) -> None:
    dossier = look(_new(taught, "lights", LAMPS))

    found = suggestions.units_for(dossier)

    assert found is not None
    assert found.sure
    assert (found.choices[0].unit, found.choices[0].listed) == ("housing", True)
    assert "路灯" in found.choices[0].why
    near = suggestions.precedents(taught.dispatcher, dossier)
    assert [one.case.lead_unit_id for one in near][:1] == ["housing"]


def test_without_a_model_nothing_is_proposed_and_nothing_recorded(taught: SmallCity) -> None:
    versions.use("", at=clock.now(), by="user:supervisor")
    number = _new(taught, "lights", LAMPS)

    assert suggestions.units_for(look(number)) is None
    assert suggestions.precedents(taught.dispatcher, look(number)) == []
    take(taught, number, "dispatcher", "dispatch", lead="housing")
    assert not any("suggested" in event.payload for event in history(number))


def test_a_township_matter_goes_to_the_street_of_its_place_and_to_none_without_a_place(taught: SmallCity) -> None:
    water = "新村停水三天，自来水水压低"
    for area, unit in ((XICHENG, "xicheng-street"), (RENZHAI, "renzhai"), ("341282202201", "renzhai")):
        found = suggestions.units_for(look(_new(taught, "water", water, area)))
        assert found is not None
        assert found.choices[0].unit == unit
    nowhere = suggestions.units_for(look(_new(taught, "water", water, None)))
    assert nowhere is not None
    assert not {"xicheng-street", "renzhai"} & {one.unit for one in nowhere.choices}


def test_a_township_is_not_proposed_for_what_its_list_does_not_give_it(taught: SmallCity) -> None:
    found = suggestions.units_for(look(_new(taught, "bus", "新村停水三天，自来水水压低")))

    assert found is not None
    assert "xicheng-street" not in {one.unit for one in found.choices}


def test_nobody_is_proposed_to_judge_themselves(taught: SmallCity) -> None:
    number = _new(taught, "lights", LAMPS)
    take(taught, number, "dispatcher", "reclassify", allegation="conduct", respondent_unit="housing")

    found = suggestions.units_for(look(number))

    assert found is not None
    assert "housing" not in {one.unit for one in found.choices}


def test_of_an_accusation_nothing_is_read_learned_or_shown(taught: SmallCity) -> None:
    number = _new(taught, "lights", LAMPS)
    take(taught, number, "operator", "seal", lead="discipline", respondent_unit="housing")

    assert suggestions.units_for(look(number)) is None
    assert suggestions.precedents(taught.case_officer, look(number)) == []
    Case.objects.filter(number=number).update(phase="closed")
    reread()
    assert number not in lessons.from_closed().names


def test_a_precedent_that_the_reader_may_not_open_is_not_shown(taught: SmallCity) -> None:
    dossier = look(_new(taught, "lights", LAMPS))
    nearest = suggestions.precedents(taught.dispatcher, dossier)[0].case

    take(taught, nearest.number, "supervisor", "bar", people=["dispatcher"])

    assert nearest.number not in {one.case.number for one in suggestions.precedents(taught.dispatcher, dossier)}
    assert nearest.number in {one.case.number for one in suggestions.precedents(taught.supervisor, dossier)}
    assert suggestions.precedents(taught.transport_clerk, dossier) == []


def test_the_choice_is_recorded_with_what_was_proposed_and_by_which_model(taught: SmallCity) -> None:
    number = _new(taught, "lights", LAMPS)
    take(taught, number, "dispatcher", "dispatch", lead="transport")

    events = {event.kind: json.loads(event.payload) for event in history(number)}

    version = versions.kept()[0].version
    assert events["dispatch"]["suggested"]["model"] == version
    assert events["dispatch"]["suggested"]["unit"][0][0] == "housing"
    assert events["dispatch"]["suggested"]["sure"] == ["unit"]
    assert events["dispatch"]["given"]["lead"] == "transport"
    assert events["accept"]["suggested"]["category"][0][0] == models.CATEGORIES["lights"]
    assert all(isinstance(parts, int) for _unit, parts in events["dispatch"]["suggested"]["unit"])
    assert sound(number) == []


def test_one_retraining_changes_the_answer_and_a_step_back_changes_it_again(taught: SmallCity) -> None:
    dossier = look(_new(taught, "lights", LAMPS))
    before = suggestions.units_for(dossier)
    assert before is not None

    Case.objects.filter(lead_unit="housing").update(lead_unit="transport")
    models.learn()

    after = suggestions.units_for(dossier)
    assert after is not None
    assert (before.choices[0].unit, after.choices[0].unit) == ("housing", "transport")
    assert before.model != after.model
    versions.use(before.model, at=clock.now(), by="user:supervisor")
    assert suggestions.units_for(dossier) == before


def test_a_young_model_is_not_sure_of_another_unit_than_the_duty_list_names(taught: SmallCity) -> None:
    buses = "人民路的公交车晚点，公交站牌倒了，末班公交取消了，司机拒载"
    listed = look(_new(taught, "lights", buses))
    silent = suggestions.units_of_text(buses[:20], buses, None, XICHENG)

    found = suggestions.units_for(listed)

    assert silent is not None
    assert (silent.choices[0].unit, silent.sure) == ("transport", True)
    assert found is not None
    assert (found.choices[0].unit, found.choices[0].listed, found.sure) == ("transport", False, False)
    assert found.choices[0].chance >= SURE


def test_a_unit_that_no_longer_exists_is_not_proposed(taught: SmallCity) -> None:
    close_unit(unit="housing", on=clock.today() - timedelta(days=1))

    found = suggestions.units_for(look(_new(taught, "lights", LAMPS)))

    assert found is not None
    assert "housing" not in {one.unit for one in found.choices}


TOLD = Requester(name="欧阳锦绣", phone="13812349876")


def test_no_name_telephone_or_identity_number_becomes_a_feature_or_a_reason(taught: SmallCity) -> None:
    secret = "我叫欧阳锦绣，电话13812349876，身份证341282199001011237，人民路的路灯坏了"
    for _ in range(3):
        number = _new(taught, "lights", secret, requester=TOLD)
        Case.objects.filter(number=number).update(phase="closed", lead_unit="housing")
    reread()

    lesson = lessons.from_closed()
    model = train(lesson)

    said = next(message for message, name in zip(lesson.messages, lesson.names, strict=True) if name == number)
    assert not any(part in "".join(said) for part in ("欧阳", "锦绣", "1381", "341282"))
    for piece in ("欧阳锦绣", "锦绣", "13812349876", "341282199001011237"):
        keys = {int(key) for _weight, found, _counts in terms.parts((piece,)) for key in found}
        spelled = terms.parts(("欧阳锦绣",)) if "锦" in piece else ()
        whole = {int(key) for _weight, found, _counts in spelled for key in found}
        assert not (keys & whole) & {int(key) for key in model.terms.keys}
    found = suggestions.units_for(look(number))
    assert found is not None
    assert not any(part in "".join(one.why) for one in found.choices for part in ("欧阳", "锦绣", "138", "341282"))


def test_what_somebody_types_is_read_without_what_tells_who_they_are(taught: SmallCity) -> None:
    plain = suggestions.units_of_text("路灯", "〔电话〕人民路的路灯坏了", None, XICHENG)

    assert suggestions.units_of_text("路灯", "13812349876人民路的路灯坏了", None, XICHENG) == plain


def test_only_texts_that_were_read_twice_teach(taught: SmallCity) -> None:
    before = len(lessons.from_closed().messages)
    Passage.objects.filter(seq=1, field="body").update(reread=False)

    assert before > 100
    with pytest.raises(Refused, match="没有可以学习的办结事项"):
        lessons.from_closed()


def test_matters_of_one_requester_stay_together(taught: SmallCity) -> None:
    numbers = [_new(taught, "lights", LAMPS, requester=TOLD) for _ in range(2)]
    first = Case.objects.get(number=numbers[0])
    Case.objects.filter(number__in=numbers).update(phase="closed", requester=first.requester)
    Passage.objects.filter(case__number__in=numbers).update(reread=True)

    lesson = lessons.from_closed()

    groups = {group for group, name in zip(lesson.groups, lesson.names, strict=True) if name in numbers}
    assert len(groups) == 1


def test_records_brought_in_from_elsewhere_tell_of_no_proposal(taught: SmallCity) -> None:
    dossier = look(_new(taught, "lights", LAMPS))
    action = dossier.procedure.actions["dispatch"]

    assert suggestions.stated(dossier, action, "live") is not None
    assert suggestions.stated(dossier, action, "import") is None
    assert suggestions.stated(dossier, dossier.procedure.actions["note"], "live") is None
