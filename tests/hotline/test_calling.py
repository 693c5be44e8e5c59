"""The callback desk: who is called when, what a call comes to, dialling, and calls that are checked."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.cases.models import Case, Event
from huiyin.cases.services.act import act
from huiyin.hotline import calling, checking
from huiyin.hotline.calling import Said
from huiyin.hotline.desk_rules import Again, desk_rules, mean, score
from huiyin.hotline.models import Check, NextCall
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotAllowed, NotFound, Refused
from tests.conftest import SetClock
from tests.factories.cases import case_in, look
from tests.personas import SmallCity

GOOD = {"reached": "reached", "solved": "yes", "satisfied": "yes"}
BAD = {"reached": "reached", "solved": "no", "satisfied": "no", "note": "还是不停靠"}
NOBODY = {"reached": "unreached"}


# Rules, without a database


def test_the_next_attempt_is_ahead_of_now() -> None:
    late = datetime(2021, 3, 2, 19, 0, tzinfo=clock.zone())
    hours, evening, tomorrow = desk_rules().again

    assert hours.after(late) == late + timedelta(hours=2)
    assert evening.after(late) == datetime(2021, 3, 3, 18, 30, tzinfo=clock.zone())
    assert evening.after(late.replace(hour=9)) == datetime(2021, 3, 2, 18, 30, tzinfo=clock.zone())
    assert tomorrow.after(late) == datetime(2021, 3, 3, 9, 30, tzinfo=clock.zone())
    assert isinstance(hours, Again)


def test_cards_give_a_hundred_and_a_critical_fault_gives_nothing() -> None:
    for card in desk_rules().cards.values():
        whole = {name: one.points for name, one in card.criteria.items()}
        assert (sum(whole.values()), score(card, whole)) == (100, 100)
        critical = next(name for name, one in card.criteria.items() if one.critical)
        assert score(card, whole | {critical: 0}) == 0
    assert (mean([80, 90], 5), mean([80, 90], 2)) == (None, 85)


def test_the_sample_follows_from_numbers_alone() -> None:
    calls = [(f"2103{n:02}-000001-0", 9) for n in range(20)]
    week = date(2021, 3, 1)

    first = checking.in_sample(calls, week, 3)
    assert first == checking.in_sample(calls[::-1], week, 3)
    assert len(first) == 3
    assert first != checking.in_sample(calls, date(2021, 3, 8), 3)
    assert checking.in_sample(calls[:2], week, 3) == checking.in_sample(calls[1::-1], week, 3)


# The desk


def queued(city: SmallCity) -> tuple[list[str], list[str]]:
    """Numbers to be called now and later."""
    queue = calling.queue(city.callback_clerk)
    return [one.number for one in queue.now], [one.number for one in queue.later]


@pytest.mark.django_db
def test_a_good_call_closes_and_a_bad_one_sends_back(hotline: SmallCity) -> None:
    good, bad, clerk = case_in(hotline, "in_callback"), case_in(hotline, "in_callback"), hotline.callback_clerk
    assert set(queued(hotline)[0]) == {good, bad}

    for _again in range(2):  # sent twice, called once
        calling.record_call(actor=clerk, number=good, said=Said(GOOD, "close"), key="k1")
    calling.record_call(actor=clerk, number=bad, said=Said(BAD, "rehandle", "请现场核实"), key="k2")

    assert [look(number).case.state for number in (good, bad)] == ["closed", "rehandling"]
    assert Event.objects.filter(case__number=good, kind="record_callback").count() == 1
    assert [one.number for one in calling.called_today(clerk)] == [bad, good]
    assert queued(hotline) == ([], [])


@pytest.mark.django_db
def test_who_isnt_reached_is_called_again_when_it_was_said(hotline: SmallCity, at: SetClock) -> None:
    number, clerk = case_in(hotline, "in_callback"), hotline.callback_clerk
    with pytest.raises(BadInput):
        calling.record_call(actor=clerk, number=number, said=Said(NOBODY, "again", again="9"), key="k")
    with pytest.raises(BadInput):
        calling.record_call(actor=clerk, number=number, said=Said(GOOD, "again", again="0"), key="k")
    assert look(number).case.tally.get("attempts") is None

    calling.record_call(actor=clerk, number=number, said=Said(NOBODY, "again", again="1"), key="k")
    assert queued(hotline) == ([], [number])
    assert look(number).case.tally["attempts"] == 1
    at("2021-03-02 18:31")
    assert queued(hotline) == ([number], [])
    with pytest.raises(Refused, match="尚未完成"):
        calling.record_call(actor=clerk, number=number, said=Said(NOBODY, "close"), key="k3")
    assert look(number).case.tally["attempts"] == 2  # the call stands although closing was refused
    assert not NextCall.objects.exists()


@pytest.mark.django_db
def test_only_those_who_call_people_back_have_the_desk(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")
    for who in ("operator", "transport_clerk", "leader", "auditor", "stranger"):
        with pytest.raises(NotAllowed):
            calling.queue(getattr(hotline, who))
        with pytest.raises(NotAllowed):
            calling.record_call(actor=getattr(hotline, who), number=number, said=Said(GOOD), key="k")


@pytest.mark.django_db
def test_the_desk_on_its_page(hotline: SmallCity) -> None:
    number, following = case_in(hotline, "in_callback"), case_in(hotline, "in_callback")
    browser = Client()
    browser.force_login(hotline.users["callback_clerk"])
    phone = "13900000001"
    page = browser.get(f"/desk/callbacks/?open={number}").content.decode()
    assert "只问不劝" not in page
    assert "您好，这里是12345" in page
    assert phone not in page

    shown = browser.post(f"/desk/callbacks/{number}/dial/").content.decode()
    assert f'href="tel:{phone}"' in shown
    assert Entry.objects.get(action="reveal_contact").subject == number
    wrong = browser.post(f"/desk/callbacks/{number}/", {"reached": "reached", "then": "close", "key": "k"})
    assert wrong.status_code == 409
    done = browser.post(f"/desk/callbacks/{number}/", {**GOOD, "then": "close", "key": "k"})
    assert done["Location"] == f"/desk/callbacks/?open={following}"
    page = browser.get(done["Location"]).content.decode()
    assert f"{number} 的回访已登记" in page
    assert "action=reopen" in page
    browser.force_login(hotline.users["operator"])
    assert browser.get("/desk/callbacks/").status_code == 403
    assert browser.post(f"/desk/callbacks/{number}/dial/").status_code == 403


# Quality


@pytest.fixture
def checked(hotline: SmallCity, at: SetClock) -> Check:
    """A callback of last week, drawn on Monday."""
    number = case_in(hotline, "in_callback")
    calling.record_call(actor=hotline.callback_clerk, number=number, said=Said(GOOD, "close"), key="k")
    at("2021-03-08 09:00")
    checking.draw_last_week()
    return Check.objects.get(sort="callback")


def points(**less: int) -> dict[str, int]:
    """All points of the callback's card, but for some."""
    return {name: one.points for name, one in desk_rules().cards["callback"].criteria.items()} | less


@pytest.mark.django_db
def test_a_week_is_drawn_once_when_it_is_over_and_sealed_matters_never(hotline: SmallCity, at: SetClock) -> None:
    for n in range(5):
        number = case_in(hotline, "in_callback")
        calling.record_call(actor=hotline.callback_clerk, number=number, said=Said(GOOD, "close"), key=f"k{n}")
    own = case_in(hotline, "in_callback")
    calling.record_call(actor=hotline.supervisor, number=own, said=Said(GOOD, "close"), key="own")
    Case.objects.filter(number=own).update(confidentiality="restricted")
    with pytest.raises(Refused):
        checking.draw(date(2021, 3, 1))

    at("2021-03-08 00:10")
    assert (checking.draw_last_week(), checking.draw_last_week()) == (3, 0)
    assert {one.clerk for one in Check.objects.all()} == {hotline.callback_clerk.key}
    assert len(checking.waiting(hotline.supervisor)) == 3


@pytest.mark.django_db
def test_from_the_score_to_the_ruling_by_others_than_whoever_it_concerns(
    hotline: SmallCity, checked: Check, at: SetClock
) -> None:
    clerk, supervisor, arbiter = hotline.callback_clerk, hotline.supervisor, hotline.arbiter
    with pytest.raises(NotFound):
        checking.check(clerk, checked.pk)  # not before it is scored
    with pytest.raises(BadInput):
        checking.give(actor=supervisor, key=checked.pk, points={"neutral": 30}, remark="")
    with pytest.raises(BadInput):
        checking.give(actor=supervisor, key=checked.pk, points=points(polite=0), remark="")
    row = checking.give(actor=supervisor, key=checked.pk, points=points(polite=0), remark="没有报编号")
    assert (row.score, row.card) == (85, desk_rules().version)
    with pytest.raises(Refused):
        checking.give(actor=supervisor, key=checked.pk, points=points(), remark="")
    assert checking.last_day(row) == date(2021, 3, 15)

    at("2021-03-15 17:00")
    row = checking.appeal(actor=clerk, key=checked.pk, reason="开头报了编号")
    with pytest.raises(Refused):
        checking.appeal(actor=clerk, key=checked.pk, reason="再说一次")
    assert checking.appealed(supervisor) == []
    assert [one.pk for one in checking.appealed(arbiter)] == [checked.pk]
    with pytest.raises(Refused, match="不能评自己"):
        checking.rule(actor=supervisor, key=checked.pk, points=points(), ruling="改")
    row = checking.rule(actor=arbiter, key=checked.pk, points=points(), ruling="录音里报了")

    assert (row.score, row.first_score) == (100, 85)
    assert [one.score for one in checking.of_clerk(clerk)] == [100]
    [line] = checking.standings(supervisor)
    assert (line.clerk, line.count, line.mean) == (clerk.key, 1, None)
    audited = Entry.objects.filter(subject=f"check:{checked.pk}").order_by("pk").values_list("action", flat=True)
    assert list(audited) == ["score_call", "appeal_score", "rule_score"]


@pytest.mark.django_db
def test_an_appeal_has_its_days_and_is_ones_own(hotline: SmallCity, checked: Check, at: SetClock) -> None:
    checking.give(actor=hotline.supervisor, key=checked.pk, points=points(neutral=0), remark="劝了")
    assert checking.check(hotline.supervisor, checked.pk).score == 0
    with pytest.raises(NotAllowed):
        checking.appeal(actor=hotline.supervisor, key=checked.pk, reason="x")
    for who in ("operator", "arbiter", "leader"):
        with pytest.raises(NotFound):
            checking.check(getattr(hotline, who), checked.pk)
    at("2021-03-16 09:00")
    with pytest.raises(Refused):
        checking.appeal(actor=hotline.callback_clerk, key=checked.pk, reason="迟了")


@pytest.mark.django_db
def test_quality_on_its_pages(hotline: SmallCity, checked: Check) -> None:
    browser, address = Client(), f"/desk/quality/{checked.pk}/"
    browser.force_login(hotline.users["supervisor"])
    given = {f"points_{name}": n for name, n in points(polite=7).items()}

    assert address in browser.get("/desk/quality/").content.decode()
    assert browser.post(address, {**given, "do": "score"}).status_code == 422
    assert browser.post(address, {**given, "do": "score", "remark": "快了些"})["Location"] == "/desk/quality/"
    told = b"".join(browser.get("/desk/quality/export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "李谷雨,回访,1," in told
    browser.force_login(hotline.users["callback_clerk"])
    assert address in browser.get("/desk/quality/mine/").content.decode()
    assert "申诉理由" in browser.get(address).content.decode()
    browser.post(address, {"do": "appeal", "reason": "不快"})
    browser.force_login(hotline.users["arbiter"])
    assert address in browser.get("/desk/quality/").content.decode()
    browser.post(address, {**given, "points_polite": 15, "do": "rule", "ruling": "不快"})
    assert Check.objects.get().score == 100
    assert "没有等您裁定的申诉" in browser.get("/desk/quality/").content.decode()
    browser.force_login(hotline.users["callback_clerk"])
    assert browser.get("/desk/quality/").status_code == 403
    assert browser.get("/offices/sample/").content.decode().count("只问不劝") == 1


@pytest.mark.django_db
def test_a_call_recorded_elsewhere_is_the_same_call(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_callback")
    act(actor=hotline.callback_clerk, number=number, action="record_callback", given=GOOD)

    calling.record_call(actor=hotline.callback_clerk, number=number, said=Said(GOOD, "close"), key="k")
    assert look(number).case.state == "closed"
    with pytest.raises(HuiyinError):
        calling.record_call(actor=hotline.callback_clerk, number=number, said=Said(GOOD, "close"), key="other")


@pytest.mark.django_db
def test_a_clerks_figure_opens_the_calls_that_it_counts(hotline: SmallCity, checked: Check) -> None:
    supervisor, clerk = hotline.supervisor, hotline.callback_clerk
    checking.give(actor=supervisor, key=checked.pk, points=points(), remark="")
    case = look(case_in(hotline, "answered")).case
    hidden = look(case_in(hotline, "answered")).case
    Case.objects.filter(pk=hidden.pk).update(confidentiality="sealed")
    long_ago = clock.now() - checking.COUNTED - timedelta(days=1)
    for seq, sort, about, at in (
        (2, "on_the_spot", case, clock.now()), (3, "callback", case, long_ago), (4, "callback", hidden, clock.now()),
    ):  # fmt: skip
        Check.objects.create(
            sort=sort, week=checked.week, case=about, seq=seq, clerk=clerk.key, at=at, scored_at=at, score=90
        )

    lines = checking.standings(supervisor)
    assert {(line.sort, line.count) for line in lines} == {("callback", 1), ("on_the_spot", 1)}
    browser = Client()
    browser.force_login(hotline.users["supervisor"])
    for line in lines:
        address = f"/desk/quality/mine/?clerk={clerk.key}&sort={line.sort}"
        assert browser.get(address).content.decode().count("data-row") == line.count
    assert len(checking.of_clerk(clerk)) == 3, "one's own list goes further back"
    browser.force_login(hotline.users["operator"])
    own = browser.get("/desk/quality/mine/").content.decode()
    assert "/desk/callbacks/" not in own
