"""What many people raise: found as cases come in, seen by whoever may see the cases, adopted and answered together."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from huiyin.calls.heard import heard
from huiyin.cases import hot_issues, joins, public_matters, registry, similar
from huiyin.cases.models import Case, HotIssue, Passage, Reading, Term
from huiyin.cases.services import gather
from huiyin.cases.services import hot_issues as acts
from huiyin.cases.services.open import Requester
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, NotFound, Refused, Stale
from huiyin.notices.models import Notice
from huiyin.textmining import hot_issues as linking
from tests.conftest import SetClock
from tests.factories.cases import case_in, look, sound, take, take_in, walk
from tests.hotline.conftest import hotline
from tests.personas import SmallCity
from tests.textmining.said import MATTERS

__all__ = ["hotline"]
pytestmark = pytest.mark.django_db
XICHENG, RENZHAI = "341282002", "341282202"


@pytest.fixture
def voices(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Numbers of accepted matters of several people by what they are about, read twice and gathered."""
    monkeypatch.setattr(gather, "FEWEST_LEARNED", 5)
    found: dict[str, list[str]] = {}
    for name, several in MATTERS.items():
        for n, (title, body) in enumerate(several):
            who = Requester(name="何立秋", phone=f"1390001{len(found)}{n:03}")
            number = take_in(hotline, title=title, body=body, area=XICHENG, requester=who)
            walk(hotline, number, "accept")
            found.setdefault(name, []).append(number)
    _read_twice()
    gather.work()
    return found


def _read_twice() -> None:
    """As the second reading leaves it, without its tagger."""
    Passage.objects.update(reread=True)
    similar.read(Case.objects.values_list("pk", flat=True))


def _issue_of(number: str) -> HotIssue:
    issue = Reading.objects.get(case__number=number).issue
    assert issue is not None
    return issue


def _numbers(issue: HotIssue) -> set[str]:
    return set(issue.readings.values_list("case__number", flat=True))


def test_cases_of_one_matter_are_one_issue(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    mixer, fees = _issue_of(voices["mixer"][0]), _issue_of(voices["fees"][0])

    assert (_numbers(mixer), _numbers(fees)) == (set(voices["mixer"]), set(voices["fees"]))
    assert Reading.objects.get(case__number=voices["bus"][0]).issue is None
    assert (mixer.people, mixer.heat, mixer.counted) == (4, 400, True)
    assert "搅拌站" in mixer.title
    listed = hot_issues.listed(hotline.dispatcher, "found")
    assert [line.issue.pk for line in listed.lines] == [mixer.pk, fees.pk]
    assert [(line.standing.people, line.towns) for line in listed.lines] == [(4, [(XICHENG, 4)]), (3, [(XICHENG, 3)])]


def test_an_issue_stays_itself_and_grows(hotline: SmallCity, voices: dict[str, list[str]], at: SetClock) -> None:
    before = _issue_of(voices["mixer"][0]).pk
    at("2021-03-04 09:30")
    title, body = "搅拌站夜里噪音大", "城北花园旁边的搅拌站又在夜里施工，粉尘和噪音让人受不了。"
    number = take_in(hotline, title=title, body=body, area=XICHENG, requester=Requester(phone="13900019999"))
    _read_twice()

    done = gather.work()

    assert (done.joined, _issue_of(number).pk) == (1, before)
    assert _issue_of(voices["mixer"][0]).pk == before
    assert _issue_of(number).people == 5
    assert gather.work().joined == 0


def test_growth_is_told_once_a_week(hotline: SmallCity, voices: dict[str, list[str]], at: SetClock) -> None:
    told = Notice.objects.filter(kind="hot_issue")

    assert sorted(told.values_list("recipient_key", flat=True)) == ["desk:dispatch", "desk:supervise"]
    assert "搅拌站" in told[0].subject
    gather.work()
    assert told.count() == 2
    at("2021-03-20 09:30")
    gather.work()
    assert told.count() == 2


def test_the_same_person_counts_once_and_seems_to_repeat(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    title, body = MATTERS["mixer"][1]
    again = take_in(hotline, title=title, body=body, area=XICHENG, requester=Requester(phone="13900010000"))
    other = take_in(hotline, title=title, body=body, area=RENZHAI, requester=Requester(phone="13900017777"))
    _read_twice()
    gather.work()

    assert (_issue_of(again).people, len(_numbers(_issue_of(again)))) == (5, 6)
    mine = {one.case.number: one for one in joins.alike(hotline.operator, look(again).case, clock.now())}
    first = mine[voices["mixer"][0]]
    assert (first.repeats, first.same_place, first.why) == (True, True, "person")
    assert "搅拌站" in first.words
    theirs = {one.case.number: one for one in joins.alike(hotline.operator, look(other).case, clock.now())}
    assert not any(one.repeats for one in theirs.values())
    assert (theirs[voices["mixer"][1]].why, theirs[voices["mixer"][1]].same_place) == ("words", False)
    assert {"bus", "water"}.isdisjoint(name for name, ns in voices.items() if set(ns) & set(theirs))


def test_what_is_typed_finds_cases_and_their_issue(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    found = joins.alike_to_text(hotline.operator, "搅拌站", "搅拌站的粉尘和噪音扰民，在城北花园", XICHENG)

    assert {one.case.number for one in found} == set(voices["mixer"])
    assert {one.issue.pk for one in found if one.issue} == {_issue_of(voices["mixer"][0]).pk}
    assert joins.alike_to_text(hotline.transport_clerk, "搅拌站", "搅拌站的粉尘和噪音扰民，在城北花园", XICHENG) == []


def test_public_matters_are_found_by_words(
    hotline: SmallCity, voices: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def published(title: str, area: str) -> public_matters.PublicMatter:
        return public_matters.PublicMatter("1", title, "env", area, clock.now(), True, "letters:answer")

    said = [published("路灯不亮", RENZHAI), published("城北花园搅拌站粉尘", RENZHAI), published("路灯坏了", XICHENG)]
    monkeypatch.setattr(registry, "public_source", {"one": lambda wanted: said})

    found = public_matters.alike("搅拌站的粉尘和噪音扰民，在城北花园", category="env", area=XICHENG)

    assert [one.title for one in found] == ["城北花园搅拌站粉尘", "路灯坏了"]
    assert "搅拌站" in found[0].words
    anything = public_matters.alike("搅拌站的粉尘和噪音扰民，在城北花园", category=None, area=XICHENG)
    assert [one.title for one in anything] == ["城北花园搅拌站粉尘"], "the place alone says nothing of another category"
    assert "搅拌站" in anything[0].words


def test_an_adopted_issue_is_answered_with_its_main_case(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    issue, main = _issue_of(voices["mixer"][0]), voices["mixer"][0]
    others = voices["mixer"][1:]
    walk(hotline, main, "dispatch", "sign", "contact_requester")
    due = clock.today() + timedelta(days=10)

    issue = acts.adopt(
        actor=hotline.leader, issue=issue, version=0, owner="leader", unit="transport", due_on=due, main=main
    )  # fmt: skip
    done = acts.join_all(actor=hotline.dispatcher, issue=issue, key="once")

    assert sorted((one.number, one.done) for one in done) == sorted((number, True) for number in others)
    assert {look(number).case.main_id for number in others} == {look(main).case.pk}
    assert (issue.status, issue.owner, issue.due_on) == ("adopted", "user:leader", due)
    assert Notice.objects.filter(kind="hot_issue", recipient_key="user:leader").count() == 1
    assert acts.join_all(actor=hotline.dispatcher, issue=issue, key="again") == []
    walk(hotline, main, "complete", "pass_audit", "record_callback", "close")
    gather.work()
    assert {look(number).case.phase for number in others} == {"closed"}
    assert _issue_of(main).status == "answered"
    assert [act.what for act in issue.acts.order_by("pk")] == ["adopt", "join", "answered"]
    assert sound(main) == sound(others[0]) == []


def _adopted(city: SmallCity, numbers: list[str]) -> HotIssue:
    """The issue, with the first of its cases as the main one."""
    due = clock.today() + timedelta(days=10)
    issue = _issue_of(numbers[0])
    return acts.adopt(
        actor=city.dispatcher, issue=issue, version=issue.version, owner="leader", unit="", due_on=due, main=numbers[0]
    )  # fmt: skip


def test_an_issue_whose_main_case_ends_without_an_answer_needs_another(
    hotline: SmallCity, voices: dict[str, list[str]]
) -> None:
    main, other = voices["mixer"][:2]
    issue = _adopted(hotline, voices["mixer"])
    acts.join_all(actor=hotline.dispatcher, issue=issue, key="once")
    walk(hotline, main, "dispatch", "sign", "request_termination", "approve_termination")
    Notice.objects.all().delete()

    gather.work()
    gather.work()

    issue = _issue_of(main)
    assert (issue.status, issue.main_id, issue.owner) == ("adopted", None, "user:leader")
    assert [(one.recipient_key, "搅拌站" in one.subject) for one in Notice.objects.filter(kind="hot_issue")] == [
        ("user:leader", True)
    ]
    assert [act.what for act in issue.acts.order_by("pk")] == ["adopt", "join", "unanswered"]
    client = Client()
    client.force_login(hotline.users["dispatcher"])
    assert "请另选主件" in client.get(f"/desk/hot-issues/{issue.pk}/").content.decode()
    assert _adopted(hotline, [other]).main == look(other).case


def test_a_main_case_that_becomes_confidential_is_no_main_case(
    hotline: SmallCity, voices: dict[str, list[str]]
) -> None:
    main = voices["mixer"][0]
    issue = _adopted(hotline, voices["mixer"])
    take(hotline, main, "dispatcher", "reclassify", allegation="conduct", respondent_unit="transport")

    gather.work()

    issue.refresh_from_db()
    assert (issue.status, issue.main_id) == ("adopted", None)
    told = Notice.objects.get(recipient_key="user:leader", subject__contains="主件")
    assert main not in told.body


def test_what_comes_after_the_answer_is_told_and_taken_up(
    hotline: SmallCity, voices: dict[str, list[str]], at: SetClock
) -> None:
    issue = _adopted(hotline, voices["mixer"])
    walk(hotline, voices["mixer"][0], "dispatch", "sign", "contact_requester", "complete", "pass_audit")
    walk(hotline, voices["mixer"][0], "record_callback", "close")
    gather.work()
    assert _issue_of(voices["mixer"][0]).status == "answered"
    at("2021-03-20 09:30")
    Notice.objects.all().delete()
    for n in range(9):
        title, body = MATTERS["mixer"][n % 3]
        again = take_in(hotline, title=title, body=body, area=XICHENG, requester=Requester(phone=f"1390002000{n}"))
    _read_twice()

    gather.work()

    issue = _issue_of(again)
    assert (issue.status, issue.people) == ("answered", 13)
    told = Notice.objects.filter(kind="hot_issue").values_list("recipient_key", flat=True)
    assert sorted(told) == ["desk:dispatch", "desk:supervise"]
    client, address = Client(), f"/desk/hot-issues/{issue.pk}/"
    client.force_login(hotline.users["dispatcher"])
    page = client.get(address).content.decode()
    assert ('value="adopt"' in page, 'value="restore"' in page) == (True, True)
    assert _adopted(hotline, [again]).status == "adopted"
    issue = acts.take_up_again(actor=hotline.dispatcher, issue=_issue_of(again), version=issue.version + 1)
    assert (issue.status, issue.main_id) == ("found", None)


def test_a_clock_set_back_ends_no_round(hotline: SmallCity, voices: dict[str, list[str]], at: SetClock) -> None:
    HotIssue.objects.update(alarmed_on=None)
    at("2020-03-02 09:30")

    assert gather.tell() == 1


def test_two_merges_into_each_other_can_not_both_be(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    one, two = _issue_of(voices["mixer"][0]), _issue_of(voices["fees"][0])
    as_seen = [HotIssue.objects.get(pk=issue.pk) for issue in (two, one)]
    acts.merge(actor=hotline.dispatcher, issue=one, version=0, into=two)

    with pytest.raises(Stale):
        acts.merge(actor=hotline.dispatcher, issue=as_seen[0], version=0, into=as_seen[1])

    two.refresh_from_db()
    assert (two.status, _numbers(two)) == ("found", {*voices["mixer"], *voices["fees"]})
    HotIssue.objects.filter(pk=two.pk).update(status="ended", into=one)
    assert gather._goes_on(one.pk).pk in {one.pk, two.pk}


def test_the_night_leaves_what_people_did_meanwhile(
    hotline: SmallCity, voices: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mixer, fees, bus = (_issue_of(voices["mixer"][0]), _issue_of(voices["fees"][0]), voices["bus"][0])
    moved, free = voices["mixer"][:2]
    Reading.objects.filter(case__number__in=[moved, free]).update(issue=None)
    worked_out = linking.linked

    def while_a_person_acts(*args: Any, **kwargs: Any) -> Any:
        Reading.objects.filter(case__number=moved).update(issue=fees, placed=True)
        acts.dismiss(actor=hotline.dispatcher, issue=fees, version=0, reason="不是")
        return worked_out(*args, **kwargs)

    monkeypatch.setattr(linking, "linked", while_a_person_acts)
    gather.link_anew()

    assert _numbers(fees) == {moved, *voices["fees"]}
    assert _numbers(mixer) == {*voices["mixer"]} - {moved}
    assert Reading.objects.get(case__number=bus).issue is None


def test_the_night_puts_nothing_into_what_ended_meanwhile(
    hotline: SmallCity, voices: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mixer, fees, lost = _issue_of(voices["mixer"][0]), _issue_of(voices["fees"][0]), voices["mixer"][0]
    Reading.objects.filter(case__number=lost).update(issue=None)
    worked_out = linking.linked

    def while_a_person_acts(*args: Any, **kwargs: Any) -> Any:
        acts.merge(actor=hotline.dispatcher, issue=mixer, version=0, into=fees)
        return worked_out(*args, **kwargs)

    monkeypatch.setattr(linking, "linked", while_a_person_acts)
    gather.link_anew()

    assert _numbers(mixer) == set()
    assert _numbers(fees) == {*voices["mixer"], *voices["fees"]} - {lost}


def test_who_adopts_in_english_has_the_owner_told_in_the_homes_language(
    hotline: SmallCity, voices: dict[str, list[str]]
) -> None:
    with translation.override("en"):
        _adopted(hotline, voices["mixer"])

    told = Notice.objects.get(kind="hot_issue", recipient_key="user:leader")
    assert (told.language, told.subject[:8]) == ("zh-hans", "请负责答复热点问")


def test_what_refuses_to_be_joined_holds_nothing_up(
    hotline: SmallCity, voices: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "JOINED_AT_ONCE", 1)
    title, body = MATTERS["mixer"][0]
    new = take_in(hotline, title=title, body=body, area=XICHENG)  # not accepted: can't be joined
    _read_twice()
    gather.work()
    issue = _adopted(hotline, voices["mixer"])
    first = Reading.objects.get(case__number=voices["mixer"][1])
    Reading.objects.filter(case__number=new).update(id=first.pk - 1000)

    assert [one.done for one in acts.join_all(actor=hotline.dispatcher, issue=issue, key="k")] == [False, True]


def test_what_is_late_is_told(hotline: SmallCity, voices: dict[str, list[str]], at: SetClock) -> None:
    issue = _issue_of(voices["fees"][0])
    acts.adopt(
        actor=hotline.dispatcher, issue=issue, version=0, owner="leader", unit="", main=voices["fees"][0],
        due_on=date(2021, 3, 5),
    )  # fmt: skip
    Notice.objects.all().delete()
    at("2021-03-06 00:30")

    gather.work()
    gather.work()

    told = Notice.objects.filter(subject__contains="到期未答复").values_list("recipient_key", flat=True)
    assert sorted(told) == ["desk:supervise", "user:leader"]


def test_the_form_for_adopting_says_what_is_wrong(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    issue = _issue_of(voices["mixer"][0])
    wrong = {"owner": "", "unit": "nowhere", "due_on": clock.today(), "main": voices["fees"][0]}

    with pytest.raises(BadInput) as caught:
        acts.adopt(actor=hotline.leader, issue=issue, version=0, **wrong)  # type: ignore[arg-type]

    assert [one.field for one in caught.value.fields] == ["owner", "unit", "due_on", "main"]
    assert _issue_of(voices["mixer"][0]).status == "found"


def test_dismissing_merging_and_splitting_are_kept_by_the_machine(
    hotline: SmallCity, voices: dict[str, list[str]]
) -> None:
    mixer, fees = _issue_of(voices["mixer"][0]), _issue_of(voices["fees"][0])
    apart = acts.split(actor=hotline.dispatcher, issue=mixer, version=0, numbers=voices["mixer"][:2])
    acts.dismiss(actor=hotline.supervisor, issue=fees, version=0, reason="一所学校的正常收费")

    gather.link_anew()

    assert _numbers(apart) == set(voices["mixer"][:2])
    assert _numbers(HotIssue.objects.get(pk=mixer.pk)) == set(voices["mixer"][2:])
    assert hot_issues.counts(hotline.dispatcher) == {"dismissed": 1}
    mixer.refresh_from_db()
    acts.merge(actor=hotline.dispatcher, issue=apart, version=0, into=mixer)
    apart.refresh_from_db()
    assert (apart.status, apart.into_id, _numbers(mixer)) == ("ended", mixer.pk, set(voices["mixer"]))
    with pytest.raises(Refused):
        acts.dismiss(actor=hotline.supervisor, issue=apart, version=1, reason="不是")
    with pytest.raises(Stale):
        acts.rename(actor=hotline.supervisor, issue=mixer, version=0, title="搅拌站扰民")


def test_a_title_given_by_a_person_is_redacted_and_stays(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    issue = _issue_of(voices["mixer"][0])

    acts.rename(actor=hotline.dispatcher, issue=issue, version=0, title="搅拌站扰民，电话13912345678")
    HotIssue.objects.update(counted=False)
    gather.count_anew()

    assert _issue_of(voices["mixer"][0]).title == "搅拌站扰民，电话〔电话〕"


@pytest.mark.parametrize("who", ["operator", "callback_clerk", "transport_head"])
def test_judging_is_for_dispatchers_supervisors_and_leaders(
    hotline: SmallCity, voices: dict[str, list[str]], who: str
) -> None:
    with pytest.raises(NotAllowed):
        acts.dismiss(actor=getattr(hotline, who), issue=_issue_of(voices["mixer"][0]), version=0, reason="不是")

    assert _issue_of(voices["mixer"][0]).status == "found"


def test_a_unit_sees_its_own_cases_of_an_issue_alone(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    issue = _issue_of(voices["mixer"][0])
    assert hot_issues.listed(hotline.transport_clerk, "found").lines == []
    with pytest.raises(NotFound):
        hot_issues.find(hotline.transport_clerk, issue.pk)
    walk(hotline, voices["mixer"][0], "dispatch")

    seen = hot_issues.find(hotline.transport_clerk, issue.pk)

    assert (seen.standing.messages, seen.first.number) == (1, voices["mixer"][0])
    assert [case.number for case in hot_issues.members(hotline.transport_clerk, issue)[0]] == [voices["mixer"][0]]


def test_a_seat_is_shown_the_issue_of_open_matters_in_like_words_and_joins_one(
    hotline: SmallCity, voices: dict[str, list[str]]
) -> None:
    done, *still = voices["mixer"]
    take(hotline, done, "operator", "refuse", reason="beyond_duty")
    said = "搅拌站的粉尘和噪音扰民，在城北花园"
    browser = Client()
    browser.force_login(hotline.users["operator"])
    page = browser.post("/desk/cockpit/heard/", {"body": said}).content.decode()

    assert all(f'name="join" value="{number}"' in page for number in still)
    assert done not in page
    assert f"/desk/hot-issues/{_issue_of(still[0]).pk}/" in page
    assert "都说到“" in page
    found = heard(hotline.operator, said, place=XICHENG)
    assert found is not None
    assert len({one.case.pk for one in found.alike}) == len(found.alike) <= joins.SHOWN


def test_what_becomes_confidential_leaves_at_once(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    gone, issue = voices["mixer"][0], _issue_of(voices["mixer"][0])
    pk = Reading.objects.get(case__number=gone).pk
    assert Term.objects.filter(reading=pk).exists()

    take(hotline, gone, "dispatcher", "reclassify", allegation="conduct", respondent_unit="transport")

    assert not Reading.objects.filter(case__number=gone).exists()
    assert not Term.objects.filter(reading=pk).exists()
    assert gone not in {case.number for case in hot_issues.members(hotline.dispatcher, issue)[0]}
    _read_twice()
    gather.work()
    assert gone not in _numbers(issue)
    assert HotIssue.objects.get(pk=issue.pk).people == 3


def test_what_was_kept_shut_does_not_come_back(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    shut, other = look(voices["mixer"][0]).case, look(voices["mixer"][1]).case
    title, body = MATTERS["mixer"][0]
    assert shut.number in {one.case.number for one in joins.alike_to_text(hotline.operator, title, body, XICHENG)}
    Case.objects.filter(pk=shut.pk).update(tally={**shut.tally, "kept": [[1, 3, "sealed"]]})

    assert shut.number not in {one.case.number for one in joins.alike_to_text(hotline.operator, title, body, XICHENG)}
    assert similar.words_in_common(other.pk, [shut.pk]) == {}
    assert similar.words_like(body, [shut.pk]) == {}
    assert shut.number not in {one.number for one in hot_issues.members(hotline.dispatcher, _issue_of(shut.number))[0]}
    similar.forget([shut.pk])
    _read_twice()
    gather.catch_up(lambda _n: None)
    assert not Reading.objects.filter(case=shut).exists()


def test_sealed_matters_never_enter(hotline: SmallCity, voices: dict[str, list[str]]) -> None:
    title, body = MATTERS["mixer"][0]
    number = take_in(hotline, title=title, body=body, allegation="wrongdoing", respondent_unit="transport")
    _read_twice()
    gather.work()

    assert not Reading.objects.filter(case__number=number).exists()
    found = joins.alike_to_text(hotline.operator, title, body, None)
    assert number not in {one.case.number for one in found}


def test_history_is_caught_up(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "FEWEST_LEARNED", 3)
    for title, body in MATTERS["fees"] + MATTERS["bus"]:
        case_in(hotline, "accepted", title=title, body=body)
    Passage.objects.update(reread=True)

    done = gather.catch_up(lambda _n: None)

    assert (done.joined, done.founded, HotIssue.objects.get().people) == (4, 1, 1)


def test_the_pages_show_an_issue_and_take_what_is_done(
    hotline: SmallCity, voices: dict[str, list[str]], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client, issue = Client(), _issue_of(voices["mixer"][0])
    client.force_login(hotline.users["dispatcher"])
    address = f"/desk/hot-issues/{issue.pk}/"
    with django_assert_max_num_queries(14):
        page = client.get("/desk/hot-issues/").content.decode()
    assert address in page
    with django_assert_max_num_queries(22):
        page = client.get(address).content.decode()
    assert all(number in page for number in voices["mixer"])
    assert client.get(f"{address}?area={RENZHAI}").content.decode().count('class="hy-title"') == 0
    assert client.get(f"{address}?week=2021-03-01").content.decode().count('class="hy-title"') == 4
    assert client.get(f"{address}?week=9999-12-31").status_code == 422
    county = XICHENG[:6]
    Case.objects.filter(number=voices["mixer"][0]).update(area=county)
    narrowed = [f"?area={county}", f"?place={county}", f"?place={XICHENG}"]
    lists = [client.get(f"{address}{one}").content.decode() for one in narrowed]
    assert [page.count('class="hy-title"') for page in lists] == [4, 1, 3]
    assert [f'{one}#members">' in lists[0] for one in narrowed[1:]] == [True, True]
    assert client.post(address, {"do": "adopt", "version": 0}).status_code == 422
    said = {"do": "adopt", "version": 0, "owner": "leader", "due_on": "2021-03-20", "main": voices["mixer"][0]}

    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 409
    joined = client.post(address, {"do": "join", "key": "k"}).content.decode()

    assert joined.count("已并入主件") >= 3
    assert "搅拌站" in client.get(f"/desk/{voices['mixer'][1]}/").content.decode()
    export = b"".join(client.get("/desk/hot-issues/export/?status=adopted")).decode()
    assert export.splitlines()[1].split(",")[1:3] == ["4", "4"]
    told = json.loads(b"".join(client.get("/desk/hot-issues/export/?status=adopted&format=jsonl")))
    assert (told["messages"], told["people"]) == ("4", "4")
    assert client.get("/desk/hot-issues/?status=nonsense").status_code == 422
    client.force_login(hotline.users["transport_clerk"])
    assert client.get(address).status_code == 404
