"""Writing at the desk without a browser: drafts, previews, the seconds before a message leaves, notes, who looks on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from huiyin.access.actor import requester
from huiyin.cases import story, worklists
from huiyin.cases.joins import answered_alike
from huiyin.cases.models import Case, Category, Draft, Event, Passage, Watch
from huiyin.cases.services.outgoing import LEASE, send_due
from huiyin.cases.services.watching import forget_old
from huiyin.kernel import clock
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from tests.conftest import SetClock
from tests.factories.cases import case_in, walk
from tests.personas import SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db

SAID = "站牌已立好，电话13912345678可询。"
ANSWER = {"claim": "solved", "reply": SAID, "evidence": "照片两张"}


@pytest.fixture
def undo(settings: Settings) -> None:
    """Messages wait ten seconds, as they do where nobody changes it."""
    settings.UNDO_SECONDS = 10


def complete(browser: Client, number: str, **more: str) -> str:
    """The page or address that follows when the lead's clerk reports a result."""
    version = Case.objects.get(number=number).version
    answer = browser.post(f"/desk/{number}/do/complete/", {**ANSWER, "version": str(version), "key": "k", **more})
    return answer["Location"] if answer.status_code == 302 else answer.content.decode()


def test_a_draft_survives_is_ones_own_and_lies_sealed(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk, head = signed_in("transport_clerk"), signed_in("transport_head")

    kept = clerk.post(f"/desk/{number}/draft/complete/", ANSWER).content.decode()
    mine, other = (one.get(f"/desk/{number}/?action=complete").content.decode() for one in (clerk, head))

    assert "草稿已保存" in kept
    assert [(SAID in page, "照片两张" in page, "的草稿" in page) for page in (mine, other)] == [
        (True, True, True),
        (False, False, False),
    ]
    assert "站牌".encode() not in bytes(Draft.objects.get().sealed)
    assert signed_in("renzhai_clerk").post(f"/desk/{number}/draft/complete/", ANSWER).status_code == 404
    assert clerk.post(f"/desk/{number}/draft/complete/", {"reply": "长" * 40_001}).status_code == 422
    Party.objects.update(key=None, contact=None)
    assert SAID not in clerk.get(f"/desk/{number}/?action=complete").content.decode()


def test_a_draft_is_thrown_away_by_hand_and_by_the_act(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")

    complete(clerk, number, step="keep")
    there = Draft.objects.count()
    clerk.post(f"/desk/{number}/draft/complete/", {"forget": "1"})
    gone = Draft.objects.count()
    complete(clerk, number, step="keep")
    complete(clerk, number)

    assert (there, gone, Draft.objects.count(), Case.objects.get(number=number).state) == (1, 0, 0, "completed")


def test_a_preview_reads_as_the_requester_will_and_changes_nothing(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")

    page = complete(clerk, number, step="preview")
    notices = Notice.objects.count()
    complete(clerk, number)
    told = [text["text"] for event in story.story(requester(number), number)["events"] for text in event["texts"]]

    assert page.count(SAID) == 2 + page.count(f">{SAID}</textarea>") - 1
    assert SAID in told
    assert "照片两张" not in page.split('class="hy-preview"')[1].split("</section>")[0]
    assert notices < Notice.objects.count()
    assert Event.objects.filter(case__number=number, kind="complete").count() == 1


def test_a_preview_of_what_is_refused_says_why(hotline: SmallCity, signed_in: As) -> None:
    number = walk(hotline, case_in(hotline, "in_progress"), "add_assist").case.number

    page = complete(signed_in("transport_clerk"), number, step="preview")

    assert ("协办" in page, 'role="alert"' in page, 'class="hy-preview"' in page, SAID in page) == (
        True,
        True,
        False,
        True,
    )


def test_a_template_is_filled_in_below_what_stands_there(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")

    page = complete(signed_in("transport_clerk"), number, step="insert", template="done")

    assert f"{SAID}\n您好！您反映的“8路公交车不停靠”，界首市交通运输局已于" in page
    assert Case.objects.get(number=number).state == "in_progress"


@pytest.mark.usefixtures("undo")
def test_a_message_waits_and_is_taken_back_with_every_word(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")
    notices = Notice.objects.count()

    where = [complete(clerk, number) for _double_click in range(2)]
    waiting = clerk.get(f"/desk/{number}/").content.decode()
    back = clerk.post(f"/desk/{number}/outgoing/complete/undo/")
    form = clerk.get(back["Location"]).content.decode()

    assert where == [f"/desk/{number}/"] * 2
    assert ('data-outgoing="10"' in waiting, "do/complete/" in waiting) == (True, False)
    assert (back["Location"], SAID in form) == (f"/desk/{number}/?action=complete", True)
    assert send_due() == 0
    assert (Case.objects.get(number=number).state, Notice.objects.count()) == ("in_progress", notices)


@pytest.mark.usefixtures("undo")
def test_it_leaves_by_a_click_or_when_its_time_has_come_and_then_only_once(
    hotline: SmallCity, signed_in: As, at: SetClock
) -> None:
    first, second = case_in(hotline, "in_progress"), case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")

    complete(clerk, first)
    clicked = clerk.post(f"/desk/{first}/outgoing/complete/send/")
    again = clerk.post(f"/desk/{first}/outgoing/complete/send/")
    complete(clerk, second, key="other")
    early = send_due()
    later = clock.now() + timedelta(seconds=11)
    clock.install(lambda: later)
    rounds = [send_due(), send_due()]
    late = clerk.post(f"/desk/{second}/outgoing/complete/undo/")

    assert (clicked["Location"], again.status_code) == (f"/desk/{first}/", 409)
    assert (early, rounds, late.status_code) == (0, [1, 0], 409)
    assert set(Case.objects.values_list("state", flat=True)) == {"completed"}
    assert Draft.objects.count() == 0


@pytest.mark.usefixtures("undo")
def test_what_can_no_longer_be_done_becomes_a_draft_that_says_why(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")
    complete(clerk, number)
    walk(hotline, number, "urge")
    later = clock.now() + timedelta(seconds=11)
    clock.install(lambda: later)

    sent = send_due()
    page = clerk.get(f"/desk/{number}/?action=complete").content.decode()

    assert (sent, Case.objects.get(number=number).state) == (0, "in_progress")
    assert ("没有发出" in page, "刚刚被更新：催办" in page, SAID in page) == (True, True, True)


@pytest.mark.usefixtures("undo")
def test_a_worker_that_died_in_between_leaves_it_to_the_next(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    complete(signed_in("transport_clerk"), number)
    Draft.objects.update(send_at=clock.now() + LEASE)
    later = clock.now() + LEASE + timedelta(seconds=1)
    clock.install(lambda: later)

    assert (send_due(), Case.objects.get(number=number).state) == (1, "completed")


@pytest.mark.usefixtures("undo")
def test_nobody_takes_back_or_lets_go_what_another_wrote(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    complete(signed_in("transport_clerk"), number)
    head = signed_in("transport_head")

    answers = [head.post(f"/desk/{number}/outgoing/complete/{what}/").status_code for what in ("undo", "send")]

    assert answers == [409, 409]
    assert "data-outgoing" not in head.get(f"/desk/{number}/").content.decode()
    assert Draft.objects.get().send_at is not None


def test_a_note_tells_whom_it_calls_and_not_the_requester(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")

    answer = clerk.post(f"/desk/{number}/do/note/", {"remark": "@王长路请看，@operator 已电话核实 a@b.cn", "key": "k"})
    page = signed_in("transport_head").get("/desk/?view=mentioned").content.decode()

    assert answer.status_code == 302
    told = Notice.objects.filter(kind="mentioned").order_by("recipient_key")
    assert [(one.recipient_key, "请看" in one.body) for one in told] == [
        ("user:operator", True),
        ("user:transport_head", True),
    ]
    assert f'data-row="{number}"' in page
    assert number not in signed_in("transport_clerk").get("/desk/?view=mentioned").content.decode()
    heard = story.story(requester(number), number)["events"]
    assert [event for event in heard if event["kind"] == "note"] == []
    assert "备注" not in str(heard)


def test_a_note_half_written_is_there_again(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk = signed_in("transport_clerk")

    clerk.post(f"/desk/{number}/draft/note/", {"remark": "还要核实两处"})

    assert "还要核实两处</textarea>" in clerk.get(f"/desk/{number}/").content.decode()
    assert "还要核实两处" not in signed_in("transport_head").get(f"/desk/{number}/").content.decode()


def test_a_note_that_calls_somebody_who_may_not_read_the_matter_is_refused(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")

    answer = signed_in("transport_clerk").post(f"/desk/{number}/do/note/", {"remark": "@蒋禾苗 看看", "key": "k"})
    page = answer.content.decode()

    assert (answer.status_code, "不能提到：蒋禾苗" in page, "@蒋禾苗 看看" in page) == (409, True, True)
    assert Notice.objects.filter(kind="mentioned").count() == 0
    assert Event.objects.filter(kind="note").count() == 0


def test_being_mentioned_is_forgotten_after_a_fortnight(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    signed_in("transport_clerk").post(f"/desk/{number}/do/note/", {"remark": "@王长路 看", "key": "k"})

    def shown() -> int:
        return worklists.counts(hotline.transport_head, worklists.views(hotline.transport_head))["mentioned"]

    now = shown()
    later = clock.now() + worklists.LATELY + timedelta(minutes=1)
    clock.install(lambda: later)

    assert (now, shown()) == (1, 0)


def test_two_who_have_a_matter_open_are_told_of_each_other(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    clerk, head = signed_in("transport_clerk"), signed_in("transport_head")

    alone = clerk.post(f"/desk/{number}/watch/", {"action": ""})
    reading = head.post(f"/desk/{number}/watch/", {"action": "complete"}).content.decode()
    writing = clerk.post(f"/desk/{number}/watch/", {"action": ""}).content.decode()
    mark = writing.split('name="known" value="')[1].split('"')[0]
    same = clerk.post(f"/desk/{number}/watch/", {"action": "", "known": mark})
    later = clock.now() + timedelta(minutes=2)
    clock.install(lambda: later)
    gone = clerk.post(f"/desk/{number}/watch/", {"action": "", "known": mark})

    assert (alone.status_code, same.status_code, gone.status_code) == (204, 204, 200)
    assert "郑春生 也在看这件事项" in reading
    assert "王长路 正在写“办结反馈”" in writing
    assert "王长路" not in gone.content.decode()
    assert signed_in("renzhai_clerk").post(f"/desk/{number}/watch/").status_code == 404
    clock.install(lambda: later + timedelta(hours=2))
    assert (forget_old(), Watch.objects.count()) == (2, 0)


def test_whoever_comes_second_sees_what_changed_and_keeps_every_word(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    version = Case.objects.get(number=number).version
    walk(hotline, number, "urge", "note_progress")

    page = complete(signed_in("transport_clerk"), number, version=str(version))
    told = page.split("您填写期间发生的变化")[1].split("</ul>")[0]

    assert [word in told for word in ("催办", "记录进展", "郑春生")] == [True, True, True]
    assert SAID in page
    assert f'name="version" value="{version + 2}"' in page
    assert Case.objects.get(number=number).state == "in_progress"


def test_writing_stays_within_its_statements(hotline: SmallCity, signed_in: As) -> None:
    number = walk(hotline, case_in(hotline, "in_progress"), "add_assist", "note_progress", "urge").case.number
    clerk = signed_in("transport_clerk")
    clerk.post(f"/desk/{number}/draft/complete/", ANSWER)
    clerk.get(f"/desk/{number}/?action=complete")

    costs = []
    for path, sent in (("?action=complete", None), ("draft/complete/", ANSWER), ("watch/", {"action": "complete"})):
        with CaptureQueriesContext(connection) as taken:
            address = f"/desk/{number}/{path}"
            answer = clerk.get(address) if sent is None else clerk.post(address, sent)
        assert answer.status_code in (200, 204)
        costs.append(len(taken))

    assert costs[0] <= 15
    assert costs[1] <= 6
    assert costs[2] <= 7


def of_a_kind(hotline: SmallCity, state: str, **over: Any) -> str:
    """A matter of the one category there is, in that state."""
    Category.objects.get_or_create(key="t/bus", scheme="t", name="公交", level=1, path="公交")
    number = case_in(hotline, state, **over)
    Case.objects.filter(number=number).update(category="t/bus")
    return number


def test_earlier_answers_of_the_same_kind_and_unit_are_offered_and_inserted(hotline: SmallCity, signed_in: As) -> None:
    before = of_a_kind(hotline, "closed", title="9路公交车不停靠")
    number = of_a_kind(hotline, "in_progress")
    clerk = signed_in("transport_clerk")

    form = clerk.get(f"/desk/{number}/?action=complete").content.decode()
    told = Passage.objects.filter(case__number=before, field="reply", audience="requester").latest("seq").text
    page = complete(clerk, number, step=f"insert:{before}")

    assert (f'href="/desk/{before}/">9路公交车不停靠</a>' in form, "同类事项的答复（1件）" in form) == (True, True)
    assert f"{SAID}\n{told}</textarea>" in page
    assert Case.objects.get(number=number).state == "in_progress"
    assert 'class="hy-answers"' not in clerk.get(f"/desk/{number}/?action=note_progress").content.decode()


def test_no_answer_is_offered_that_one_may_not_read_or_that_belongs_to_another_kind(
    hotline: SmallCity, signed_in: As
) -> None:
    before = of_a_kind(hotline, "closed")
    number = of_a_kind(hotline, "in_progress")
    case = Case.objects.get(number=number)
    row = Case.objects.filter(number=before)

    def offered() -> int:
        return len(answered_alike(hotline.transport_clerk, case))

    assert offered() == 1
    assert answered_alike(hotline.renzhai_clerk, case) == []
    changes: tuple[dict[str, Any], ...] = (
        {"confidentiality": "restricted"}, {"title": ""}, {"lead_unit": "housing"}, {"category": None},
        {"tally": {"kept": [[1, 2, "sealed"]]}},
    )  # fmt: skip
    kept = row.values("confidentiality", "title", "lead_unit", "category", "tally").get()
    for change in changes:
        row.update(**change)
        assert (change, offered()) == (change, 0)
        row.update(**kept)
    assert offered() == 1


def test_at_most_five_earlier_answers_are_offered_in_two_statements(hotline: SmallCity) -> None:
    there = [of_a_kind(hotline, "closed") for _ in range(6)]
    case = Case.objects.get(number=of_a_kind(hotline, "in_progress"))

    with CaptureQueriesContext(connection) as asked:
        found = answered_alike(hotline.transport_clerk, case)

    assert [one.number for one in found] == there[:0:-1]
    assert len(asked) == 2


def report_both(browser: Client, numbers: list[str], key: str = "k") -> str:
    """The page that follows when the lead's clerk reports the same result for several."""
    seen = [f"{n}@{Case.objects.get(number=n).version}" for n in numbers]
    form = {**ANSWER, "action": "complete", "key": key, "number": numbers, "seen": seen, "back": "?view=open"}
    return browser.post("/desk/bulk/", form).content.decode()


@pytest.mark.usefixtures("undo")
def test_messages_of_several_wait_together_and_are_taken_back_with_every_word(
    hotline: SmallCity, signed_in: As
) -> None:
    numbers = [case_in(hotline, "in_progress") for _ in range(2)]
    clerk, notices = signed_in("transport_clerk"), Notice.objects.count()

    pages = [report_both(clerk, numbers) for _double_click in range(2)]
    waiting = {"action": "complete", "number": numbers, "back": "?view=open"}
    back = clerk.post("/desk/bulk/undo/", waiting)
    form = clerk.get(back["Location"]).content.decode()

    assert [("2件还没有发出" in page, 'data-outgoing="10"' in page) for page in pages] == [(True, True)] * 2
    assert (SAID in form, form.count('name="seen"'), "照片两张" in form) == (True, 2, True)
    assert send_due() == 0
    assert [Case.objects.get(number=n).state for n in numbers] == ["in_progress"] * 2
    assert Notice.objects.count() == notices
    assert "已经发出，不能撤回" in clerk.post("/desk/bulk/undo/", waiting).content.decode()


@pytest.mark.usefixtures("undo")
def test_messages_of_several_leave_by_a_click_or_in_time_and_each_by_itself(
    hotline: SmallCity, signed_in: As, at: SetClock
) -> None:
    first, second, third = (case_in(hotline, "in_progress") for _ in range(3))
    clerk = signed_in("transport_clerk")

    report_both(clerk, [first, second, third])
    walk(hotline, second, "add_assist")  # what changed meanwhile stops this one and no other
    sent = clerk.post("/desk/bulk/send/", {"action": "complete", "number": [first, second]}).content.decode()
    at("2021-09-24 09:00")
    send_due()

    assert ("办成1件" in sent, "没有办1件" in sent, "已存为草稿" in sent) == (True, True, True)
    assert [Case.objects.get(number=n).state for n in (first, second, third)] == [
        "completed",
        "in_progress",
        "completed",
    ]
    assert (
        signed_in("renzhai_clerk").post("/desk/bulk/undo/", {"action": "complete", "number": first}).status_code == 404
    )


def test_what_the_rules_find_is_shown_before_a_reply_leaves_and_stands_in_the_record(
    hotline: SmallCity, signed_in: As
) -> None:
    number = case_in(hotline, "in_progress", title="8路公交车不停靠站台")
    clerk = signed_in("transport_clerk")
    poor = {**ANSWER, "reply": "公交车的事不归我们管，感谢您的来电。"}
    version = str(Case.objects.get(number=number).version)

    live = clerk.post(f"/desk/{number}/check/complete/", poor).content.decode()
    asked = {**poor, "version": version, "key": "k"}
    page = clerk.post(f"/desk/{number}/do/complete/", {**asked, "step": "preview"}).content.decode()
    sent = clerk.post(f"/desk/{number}/do/complete/", asked)

    for shown in (live, page):
        assert "语气不当" in shown
        assert "<q>不归我们管</q>" in shown
    assert sent.status_code == 302, "it stops nobody"
    told = story.story(hotline.transport_head, number)["events"][-1]
    assert "语气不当" in told["findings"]
    payload = Event.objects.get(case__number=number, kind="complete").payload
    assert '"checked":{"by":"reply-check@1","found":{"reply":[' in payload
    assert "不归" not in payload
    assert "语气不当" in clerk.get(f"/desk/{number}/").content.decode()
    assert "findings" not in story.story(requester(number), number)["events"][-1]
    assert signed_in("renzhai_clerk").post(f"/desk/{number}/check/complete/", poor).status_code == 404
    assert clerk.post(f"/desk/{number}/check/nothing/", poor).status_code == 404


def test_a_good_reply_has_no_hints(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress", title="8路公交车不停靠站台")
    good = {**ANSWER, "reply": "经现场核实，8路公交车因站台施工绕行，3月5日恢复停靠。"}

    assert (
        "hy-findings" not in signed_in("transport_clerk").post(f"/desk/{number}/check/complete/", good).content.decode()
    )
    complete(signed_in("transport_clerk"), number, reply=good["reply"])
    assert (
        '"checked":{"by":"reply-check@1","found":{"reply":[]}}'
        in Event.objects.get(case__number=number, kind="complete").payload
    )
