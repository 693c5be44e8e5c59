"""What a strict reader found: ways round the rules that keep people and bodies apart. Each stays shut."""

import pytest
from django.test import Client

from huiyin.access.actor import requester
from huiyin.cases import echo, joins, queries, story, worklists
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Passage
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Requester
from huiyin.cases.services.reveal import reveal
from huiyin.cases.services.sweep import sweep
from huiyin.hotline import calling, checking
from huiyin.hotline.models import Check
from huiyin.kernel import clock
from huiyin.kernel.errors import NotAllowed, NotFound, Refused
from huiyin.notices.models import Notice
from tests.conftest import SetClock
from tests.factories.cases import case_in, look, sound, take, take_in, walk
from tests.hotline.test_joins import SECOND, joined
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def test_a_member_that_becomes_a_complaint_of_conduct_leaves_the_main_matters_page(
    hotline: SmallCity, client: Client
) -> None:
    main = case_in(hotline, "in_progress")
    n = joined(hotline, main)
    walk(hotline, main, "complete", "pass_audit", "record_callback", "close")
    act(actor=requester(n), number=n, action="reopen", given={"reason": "司机骂人"})
    take(hotline, n, "dispatcher", "reclassify", allegation="conduct", respondent_unit="transport")
    assert look(n).case.confidentiality == "restricted"
    with pytest.raises(NotFound):
        queries.find(hotline.transport_clerk, n)
    client.force_login(hotline.users["transport_clerk"])
    page = client.get(f"/desk/{main}/").content.decode()
    assert n not in page


def test_a_barred_official_does_not_read_the_words_through_the_main_matter(hotline: SmallCity, client: Client) -> None:
    main = case_in(hotline, "in_progress")
    n = take_in(hotline, requester=SECOND, body="秘密的话")
    take(hotline, n, "operator", "accept", named=["transport_clerk"])
    assert "user:transport_clerk" in look(n).case.tally["barred"]
    take(hotline, n, "dispatcher", "merge", main=main, reason="x")
    client.force_login(hotline.users["transport_clerk"])
    page = client.get(f"/desk/{main}/").content.decode()
    assert "秘密的话" not in page


def test_a_confidential_matter_is_linked_to_by_nobody(hotline: SmallCity, at: SetClock) -> None:
    before = take_in(hotline, allegation=Allegation.CONDUCT, respondent_unit="transport")
    report = take_in(hotline, allegation=Allegation.FIRM)
    at("2021-03-03 10:00")
    n = take_in(hotline)

    for number in (before, report):
        with pytest.raises(Refused) as caught:
            take(hotline, n, "operator", "link_repeat", earlier=number)
        assert caught.value.code == "cannot_link"


def test_an_earlier_matter_that_becomes_an_accusation_is_no_longer_shown(
    hotline: SmallCity, client: Client, at: SetClock
) -> None:
    before = case_in(hotline, "accepted", title="原来的标题")
    at("2021-03-03 10:00")
    n = take_in(hotline)
    walk(hotline, n, "accept")
    take(hotline, n, "operator", "link_repeat", earlier=before)
    walk(hotline, before, "seal")
    client.force_login(hotline.users["operator"])
    page = client.get(f"/desk/{n}/").content.decode()
    assert "原来的标题" not in page
    assert before not in page


def test_a_reporter_stays_protected_when_the_case_is_classed_higher(hotline: SmallCity) -> None:
    n = case_in(
        hotline, "in_progress", allegation=Allegation.FIRM, requester=Requester(name="举报人", phone="13900000077")
    )
    with pytest.raises(NotAllowed):
        reveal(actor=hotline.transport_clerk, number=n, reason="联系一下他")
    take(hotline, n, "dispatcher", "raise_allegation", allegation="conduct", respondent_unit="housing", reason="x")
    with pytest.raises((NotAllowed, NotFound)):
        reveal(actor=hotline.transport_clerk, number=n, reason="联系一下他")


def test_no_notice_goes_to_the_body_complained_of(hotline: SmallCity) -> None:
    n = case_in(hotline, "in_progress")
    walk(hotline, n, "raise_allegation")
    assert look(n).case.confidentiality == "restricted"
    Notice.objects.all().delete()
    act(actor=hotline.leader, number=n, action="instruct", given={"instruction": "查一查王长路"})
    act(actor=requester(n), number=n, action="urge")
    got = [(x.recipient_key, x.subject, x.body) for x in Notice.objects.all()]
    assert not [x for x in got if x[0] == "unit:transport"]


def test_a_member_of_a_terminated_matter_goes_on_by_itself(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    n = joined(hotline, main)
    walk(hotline, main, "request_termination", "approve_termination")
    d = look(n)
    assert d.case.phase == "open"


def test_a_member_of_a_refused_matter_goes_on_by_itself(hotline: SmallCity) -> None:
    main = case_in(hotline, "accepted")
    n = joined(hotline, main)
    walk(hotline, main, "refuse")
    d = look(n)
    assert d.case.phase == "open"


def test_a_member_is_told_the_answer_and_not_a_delay(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    n = joined(hotline, main)
    walk(hotline, main, "complete", "pass_audit")
    act(
        actor=hotline.supervisor,
        number=main,
        action="explain_delay",
        given={"explanation": "回访人手不够，会晚一些。", "until": "2021-03-12"},
    )
    walk(hotline, main, "record_callback", "close")
    t = story.story(requester(n), n)["events"][-1]["texts"]
    assert "回访人手不够" not in t[0]["text"]


def test_what_was_answered_before_is_not_a_delay(hotline: SmallCity, at: SetClock) -> None:
    main = case_in(hotline, "in_callback")
    act(
        actor=hotline.supervisor,
        number=main,
        action="explain_delay",
        given={"explanation": "回访人手不够，会晚一些。", "until": "2021-03-12"},
    )
    at("2021-03-03 10:00")
    n = take_in(hotline)
    take(hotline, n, "operator", "link_repeat", earlier=main)
    assert "回访人手不够" not in (joins.earlier(hotline.operator, look(n).case) or (None, ""))[1]


def test_classing_a_paused_matter_higher_lets_its_promise_run_on(hotline: SmallCity, at: SetClock) -> None:
    n = case_in(hotline, "paused")
    walk(hotline, n, "raise_allegation")
    d = look(n)
    assert d.case.promise_at is not None


def test_joining_a_paused_matter_lets_its_promise_run_on(hotline: SmallCity, at: SetClock) -> None:
    main = case_in(hotline, "in_progress")
    n = case_in(hotline, "paused")
    take(hotline, n, "dispatcher", "merge", main=main, reason="x")
    d = look(n)
    p = d.case.promise_at
    take(hotline, n, "dispatcher", "separate", reason="x")
    d = look(n)
    assert p is not None


def test_a_new_class_takes_a_new_callback(hotline: SmallCity) -> None:
    n = case_in(hotline, "in_callback")
    walk(hotline, n, "record_callback")
    act(actor=requester(n), number=n, action="rate", given={"solved": "yes", "satisfied": "yes"})
    take(hotline, n, "dispatcher", "raise_allegation", allegation="service", respondent_unit="housing", reason="x")
    walk(hotline, n, "dispatch", "sign", "contact_requester", "complete", "pass_audit")
    with pytest.raises(Refused):
        walk(hotline, n, "close")


def test_a_second_complaint_is_not_joined_to_a_matter_of_the_same_unit(hotline: SmallCity, at: SetClock) -> None:
    said = {"allegation": Allegation.SERVICE, "respondent_unit": "transport"}
    before = take_in(hotline, **said)
    at("2021-03-03 09:00")
    main = case_in(hotline, "in_progress")
    n = take_in(hotline, **said)
    walk(hotline, n, "accept")
    take(hotline, n, "operator", "link_repeat", earlier=before)
    with pytest.raises(Refused):
        take(hotline, n, "dispatcher", "merge", main=main, reason="x")


def test_one_person_does_not_name_another_body(hotline: SmallCity) -> None:
    n = case_in(hotline, "in_progress")
    walk(hotline, n, "raise_allegation")
    with pytest.raises(NotFound):
        queries.find(hotline.transport_clerk, n)
    with pytest.raises(Refused) as caught:
        take(hotline, n, "operator", "reclassify", respondent_unit="housing")
    assert caught.value.code == "lower_class"
    with pytest.raises(NotFound):
        queries.find(hotline.transport_clerk, n)


def test_a_member_let_go_does_not_tell_of_the_accusation(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    n = joined(hotline, main)
    walk(hotline, main, "seal")
    walk(hotline, n, "dispatch")
    t = str(story.story(hotline.transport_clerk, n))
    assert main not in t


def test_an_explanation_ends_with_the_reopening(hotline: SmallCity, at: SetClock) -> None:
    n = case_in(hotline, "in_progress")
    act(
        actor=hotline.transport_head,
        number=n,
        action="explain_delay",
        given={"explanation": "x", "until": "2021-04-01"},
    )
    walk(hotline, n, "complete", "pass_audit", "record_callback", "close", "reopen")
    at("2021-03-29 10:00")
    sweep()
    promised = look(n).case.promise_at
    assert promised is not None
    assert promised < clock.now()
    lines = echo.overview(hotline.supervisor)
    assert echo.total(lines) == 1


def test_a_helper_counts_what_its_list_shows(hotline: SmallCity, at: SetClock) -> None:
    n = case_in(hotline, "accepted")
    take(hotline, n, "dispatcher", "dispatch", lead="housing", assist=["transport"], ground_text="x")
    at("2021-03-29 10:00")
    sweep()
    a = hotline.transport_clerk
    lines = echo.overview(a)
    shown = worklists.page(a, worklists.view_of(a, "echo")).rows
    assert echo.total(lines) == len(shown)


def test_a_reopened_member_may_be_a_main_matter(hotline: SmallCity) -> None:
    main = case_in(hotline, "in_progress")
    n = joined(hotline, main)
    walk(hotline, main, "complete", "pass_audit", "record_callback", "close")
    walk(hotline, n, "reopen")
    other = take_in(hotline)
    walk(hotline, other, "accept")
    take(hotline, other, "dispatcher", "merge", main=n, reason="x")


@pytest.mark.parametrize("reader", ["transport_clerk", "supervisor", "operator"])
def test_what_was_written_of_an_accusation_stays_with_those_who_examined_it(hotline: SmallCity, reader: str) -> None:
    n = case_in(hotline, "in_progress")
    take(hotline, n, "operator", "seal", lead="discipline", respondent_unit="transport", reason="举报王长路收钱")
    take(hotline, n, "case_officer", "note_examination", note="线人提供了账本")
    take(hotline, n, "case_officer", "propose_downgrade", allegation="service", reason="证据不足")
    walk(hotline, n, "release")

    told = story.story(getattr(hotline, reader), n)

    assert "线人提供了账本" not in str(told)
    assert "举报王长路收钱" not in str(told)
    assert told["chain_intact"] is True
    assert "线人提供了账本" in str(story.story(hotline.case_officer, take_back(hotline, n)))
    assert sound(n) == []


def take_back(city: SmallCity, number: str) -> str:
    """The case at the examining body again."""
    take(city, number, "operator", "seal", lead="discipline", respondent_unit="transport", reason="又有线索")
    return number


def test_a_unit_that_is_not_there_is_refused_wherever_a_body_is_complained_of(hotline: SmallCity) -> None:
    n = take_in(hotline)
    for state, who, action, more in [
        ("", "operator", "accept", {"allegation": "conduct"}),
        ("dispatch", "dispatcher", "raise_allegation", {"allegation": "conduct"}),
        ("", "operator", "seal", {"lead": "discipline"}),
    ]:
        if state:
            walk(hotline, n, "accept", state)
        with pytest.raises(Refused) as caught:
            take(hotline, n, who, action, respondent_unit="nobody", **more)
        assert caught.value.code == "unit_unknown"


def test_a_joined_matter_is_explained_and_added_to_while_it_waits(hotline: SmallCity) -> None:
    n = joined(hotline, case_in(hotline, "in_progress"))

    take(hotline, n, "requester", "add_statement")
    take(hotline, n, "supervisor", "explain_delay", until="2021-03-12")

    assert sound(n) == []


def test_the_callback_desk_does_not_show_the_words_of_what_was_an_accusation(
    hotline: SmallCity, client: Client
) -> None:
    n = take_in(
        hotline, body="我亲眼看见王长路在茶馆收钱。", allegation=Allegation.WRONGDOING, respondent_unit="transport"
    )
    walk(hotline, n, "take_over")
    take(hotline, n, "case_officer", "propose_downgrade", allegation="service", reason="证据不足")
    walk(hotline, n, "release", "dispatch", "sign", "contact_requester", "complete", "pass_audit")
    case = look(n).case
    check = Check(sort="on_the_spot", week=clock.today(), case=case, seq=1, clerk="user:second", at=clock.now())
    check.save()
    shut = "茶馆收钱"

    for who, page in (("callback_clerk", f"/desk/callbacks/?open={n}"), ("supervisor", f"/desk/quality/{check.pk}/")):
        client.force_login(hotline.users[who])
        shown = client.get(page)
        assert shown.status_code == 200
        assert shut not in shown.content.decode()
    assert (case.state, calling.reply_of(hotline.callback_clerk, case)) == ("in_callback", "试")
    assert shut in calling.body_of(hotline.case_officer, case), "it is there for those who examine"
    assert checking.texts_of(hotline.supervisor, check) == []


def test_a_reply_given_during_an_accusation_is_no_reply_to_the_desk(hotline: SmallCity) -> None:
    case = look(case_in(hotline, "in_callback")).case
    told = Passage.objects.filter(case=case, field="reply").order_by("seq")
    last = told.last()
    assert last is not None
    case.tally["kept"] = [[last.seq, last.seq, "sealed"]]

    assert calling.reply_of(hotline.callback_clerk, case) == ""
