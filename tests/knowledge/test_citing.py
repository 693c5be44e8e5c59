"""Replies that rest on articles: stated in the event, counted, listed; and what is answered without one."""

import json
from dataclasses import replace
from datetime import date

import pytest

from huiyin.cases.models import Case, Event
from huiyin.cases.services.act import act, rehearse
from huiyin.kernel.errors import BadInput, NotFound
from huiyin.knowledge import keeping, queries
from huiyin.knowledge.citing import beside_reply
from huiyin.knowledge.models import Article, Use
from tests.conftest import SetClock
from tests.factories.cases import case_in, look, sound
from tests.knowledge.conftest import BUS, published
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def answered(city: SmallCity, *keys: object) -> str:
    """Number of a matter that was answered on the spot by these articles."""
    number = case_in(city, "accepted")
    given = {"reply": "18:30收班。", **({"cites": [str(key) for key in keys]} if keys else {})}
    act(actor=city.operator, number=number, action="answer_directly", given=given)
    return number


def test_a_reply_names_its_articles_in_the_record_and_is_counted(hotline: SmallCity, bus: Article) -> None:
    number = answered(hotline, bus.pk, bus.pk)

    event = Event.objects.get(case__number=number, kind="answer_directly")
    assert json.loads(event.payload)["cites"] == [{"article": str(bus.pk), "late_days": 0, "revision": 1}]
    use = Use.objects.get()
    assert (use.case.number, use.seq, use.article_id, use.actor) == (number, event.seq, bus.pk, hotline.operator.key)
    assert queries.used_counts([bus.pk]) == {bus.pk: 1}
    assert [one.case.number for one in keeping.uses_of(hotline.leader, bus.pk)] == [number]
    assert keeping.uses_of(hotline.transport_clerk, bus.pk) == []  # a matter that isn't theirs to know of
    assert sound(number) == []


def test_a_rehearsed_reply_and_one_that_names_nothing_count_nothing(hotline: SmallCity, bus: Article) -> None:
    number = case_in(hotline, "accepted")
    given = {"reply": "18:30。", "cites": str(bus.pk)}
    rehearse(actor=hotline.operator, number=number, action="answer_directly", given=given)
    answered(hotline)

    assert not Use.objects.exists()


@pytest.mark.parametrize("cites", ["nonsense", ["00000000-0000-7000-8000-000000000000"], [1], ["x"] * 6])
def test_what_isnt_an_article_in_force_cant_be_named(hotline: SmallCity, cites: object) -> None:
    number = case_in(hotline, "accepted")
    with pytest.raises(BadInput):
        act(actor=hotline.operator, number=number, action="answer_directly", given={"reply": "是", "cites": cites})

    assert Case.objects.get(number=number).state == "accepted"


def test_an_act_that_says_nothing_to_the_requester_names_nothing(hotline: SmallCity, bus: Article) -> None:
    with pytest.raises(BadInput, match="cites"):
        act(
            actor=hotline.operator, number=case_in(hotline, "received"), action="accept", given={"cites": [str(bus.pk)]}
        )


def test_the_record_tells_that_the_article_was_past_its_review(
    hotline: SmallCity, bus: Article, at: SetClock
) -> None:  # fmt: skip
    at("2021-06-04 09:00")
    answered(hotline, bus.pk)
    assert Use.objects.get().late_days == 3


def test_what_fits_the_matter_is_offered_beside_its_reply(hotline: SmallCity, bus: Article, at: SetClock) -> None:
    dossier = look(case_in(hotline, "accepted"))
    dossier.case.title = "公交车晚上几点收班"
    at("2021-06-03 09:00")

    [offer] = beside_reply(hotline.operator, dossier, "answer_directly", []).offers
    assert (offer.name, offer.text, offer.warning) == (str(bus.pk), BUS.answer, "已过复核日期2天，先核对再用")
    dossier.case.title = "路灯不亮"
    assert [one.cited for one in beside_reply(hotline.operator, dossier, "reply", [str(bus.pk), "x"]).offers] == [True]
    dossier.case.confidentiality = "restricted"
    assert beside_reply(hotline.operator, dossier, "reply", []).offers == []


def test_what_is_answered_on_the_spot_without_an_article_is_a_gap(hotline: SmallCity, bus: Article) -> None:
    answered(hotline, bus.pk)
    missing = [answered(hotline), answered(hotline)]
    Case.objects.filter(number=missing[0]).update(confidentiality="restricted")

    [gap] = keeping.gaps(hotline.operator)
    assert (gap.category, gap.count, gap.articles) == (None, 1, 0)
    assert [case.number for case in keeping.gap_cases(hotline.supervisor, "")] == [missing[1]]
    with pytest.raises(NotFound):
        keeping.gaps(hotline.transport_head)


def test_an_article_that_ended_isnt_named_any_more(hotline: SmallCity, at: SetClock) -> None:
    row = published(hotline, replace(BUS, valid_to=date(2021, 3, 2)))
    at("2021-03-03 09:00")
    with pytest.raises(BadInput, match="失效"):
        answered(hotline, row.pk)
