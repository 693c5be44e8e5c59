"""The desk without a browser: worklists, the case page, actions, export; for each persona what it may."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.audit.models import Entry
from huiyin.cases import rulebook, worklists
from huiyin.cases.models import Case, Event
from huiyin.cases.services.open import Requester
from huiyin.cases.services.saved_views import save_view
from huiyin.cases.web import line
from huiyin.kernel import clock
from huiyin.kernel.text import harmless
from huiyin.org import versions
from huiyin.org.reference import org
from tests.factories.cases import case_in, take_in, walk
from tests.personas import PEOPLE, SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_a_visitor_is_sent_to_sign_in_and_back(hotline: SmallCity, client: Client) -> None:
    answer = client.get("/desk/?view=open")

    assert answer["Location"] == "/sign-in/?next=/desk/%3Fview%3Dopen"


def test_signing_in_and_failing_to_are_written_down(hotline: SmallCity, client: Client) -> None:
    user = hotline.users["operator"]
    user.set_password("a good long one")
    user.save()

    wrong = client.post("/sign-in/", {"username": "oper\x00ator", "password": "no"})
    right = client.post("/sign-in/", {"username": "operator", "password": "a good long one"})

    assert (wrong.status_code, right.status_code, right["Location"]) == (422, 302, "/desk/")
    assert list(Entry.objects.order_by("id").values_list("action", "actor")) == [
        ("sign_in_failed", "anonymous"),
        ("sign_in", "user:operator"),
    ]


def test_a_long_history_is_shown_from_its_end_with_the_way_to_what_was_before(
    hotline: SmallCity, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = case_in(hotline, "in_progress")
    events = Event.objects.filter(case__number=number).count()
    page = f"/desk/{number}/"
    whole = signed_in("operator").get(page).content.decode()
    monkeypatch.setattr(line, "SHOWN", 2)

    def shown(address: str) -> tuple[int, list[str]]:
        told = signed_in("operator").get(address).content.decode()
        return told.split('class="hy-line"')[1].split("</ol>")[0].count("hy-when"), re.findall(
            r'class="btn" href="[^"]*(\?before=\d+)"', told
        )

    assert (whole.count("?before="), events > 4) == (0, True)
    assert shown(page) == (2, [f"?before={events - 1}"])
    assert shown(f"{page}?before={events - 1}") == (2, [f"?before={events - 3}"])
    assert shown(f"{page}?before=3") == (2, [])
    assert shown(f"{page}?before=x") == shown(page)
    last = signed_in("operator").get(f"{page}?before=3").content.decode()
    assert "回到最近的" in last
    sheets = [
        re.findall(r"<p>(\S+不在这张纸上。)", told.split('class="hy-printed')[1])
        for told in (signed_in("operator").get(page).content.decode(), last)
    ]
    assert sheets == [[f"更早的{events - 2}条不在这张纸上。"], ["最近的记录不在这张纸上。"]]


@pytest.mark.parametrize(
    ("persona", "first"),
    [
        ("operator", "待受理"), ("dispatcher", "待受理"), ("callback_clerk", "待回访"), ("arbiter", "待裁决"),
        ("supervisor", "待受理"), ("transport_clerk", "待签收"), ("transport_head", "待签收"), ("leader", "提级研究"),
    ],
)  # fmt: skip
def test_each_persona_begins_at_their_own_work(hotline: SmallCity, signed_in: As, persona: str, first: str) -> None:
    page = signed_in(persona).get("/desk/").content.decode()

    assert f"<h1>{first}</h1>" in page


@pytest.mark.parametrize("persona", ["auditor", "administrator", "security_officer", "stranger"])
def test_who_handles_no_matters_is_told_so(hotline: SmallCity, signed_in: As, persona: str) -> None:
    assert "没有工作清单" in signed_in(persona).get("/desk/").content.decode()


def test_a_unit_sees_its_own_orders_only(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "dispatched")

    mine, others = (signed_in(p).get("/desk/?view=open").content.decode() for p in ("transport_clerk", "renzhai_clerk"))

    assert number in mine
    assert number not in others
    assert signed_in("renzhai_clerk").get(f"/desk/{number}/").status_code == 404
    assert signed_in("stranger").get(f"/desk/{number}/").status_code == 404


def test_the_case_page_offers_what_the_engine_allows(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "received")

    operator = signed_in("operator").get(f"/desk/{number}/").content.decode()
    leader = signed_in("leader").get(f"/desk/{number}/").content.decode()

    assert f'action="/desk/{number}/do/accept/"' in operator
    assert "?action=refuse" in operator
    assert re.findall(r"/do/(\w+)/", leader) == ["note"]
    assert "您现在不需要对这件事项做什么" in leader


@pytest.mark.parametrize(("below", "mark"), [("", "page"), ("new/", "true")])
def test_a_page_behind_an_entrance_marks_it(hotline: SmallCity, signed_in: As, below: str, mark: str) -> None:
    page = signed_in("operator").get(f"/desk/knowledge/{below}").content.decode()

    assert re.findall(r'<a href="([^"]+)" aria-current="(\w+)"', page)[0] == ("/desk/knowledge/", mark)


def test_the_head_shows_the_clock_that_runs(hotline: SmallCity, signed_in: As) -> None:
    before, after = case_in(hotline, "received"), case_in(hotline, "in_callback")
    desk = signed_in("callback_clerk")

    heads = [desk.get(f"/desk/{one}/").context["clock"]["name"] for one in (before, after)]

    assert heads == ["acceptance", "callback"]


def test_an_action_is_taken_and_said(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "accepted")
    dispatcher = signed_in("dispatcher")
    form = {
        "version": "2",
        "key": "k",
        "lead": "交通局",
        "assist": ["", "housing", ""],
        "instruction": "请快办",
        "ground_text": "权责清单未列明",
    }

    answer = dispatcher.post(f"/desk/{number}/do/dispatch/", form, follow=True)

    assert answer.redirect_chain == [(f"/desk/{number}/", 302)]
    assert "已完成：派单" in answer.content.decode()
    case = Case.objects.get(number=number)
    assert (case.state, case.lead_unit_id) == ("dispatched", "transport")
    assert set(case.orders.values_list("unit_id", "role")) == {("transport", "lead"), ("housing", "assist")}


def test_a_double_click_acts_once(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "received")
    operator = signed_in("operator")

    answers = [operator.post(f"/desk/{number}/do/accept/", {"version": "1", "key": "same"}) for _ in range(2)]

    assert [a.status_code for a in answers] == [302, 302]
    assert Event.objects.filter(case__number=number).count() == 2


def test_the_second_of_two_people_reads_what_changed(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "received")
    signed_in("operator").post(f"/desk/{number}/do/accept/", {"version": "1", "key": "a"})

    late = signed_in("supervisor").post(
        f"/desk/{number}/do/refuse/", {"version": "1", "key": "b", "reason": "secret", "explanation": "x"}
    )

    assert late.status_code == 409
    assert "刚刚被更新：受理" in late.content.decode()
    assert Case.objects.get(number=number).state == "accepted"


def test_a_place_is_corrected_from_the_card_of_facts_and_the_second_of_two_is_told(
    hotline: SmallCity, signed_in: As
) -> None:
    number = case_in(hotline, "signed")
    desk, version = signed_in("dispatcher"), str(Case.objects.get(number=number).version)
    said = {"version": version, "place": "人民路与颍河路口", "reason": "电话核实"}
    at = f"/desk/{number}/do/correct_facts/"

    shown = desk.get(f"/desk/{number}/").content.decode()
    nothing = desk.post(at, {**said, "key": "a", "place": ""})
    done = desk.post(at, {**said, "key": "b"}, follow=True).content.decode()
    late = signed_in("supervisor").post(at, {**said, "key": "c", "place": "别处"})

    assert "action=correct_facts#act" in shown
    assert "没有更正任何内容" in nothing.content.decode()
    assert done.count("人民路与颍河路口") == 2  # beside the place as first given, and in the history
    assert late.status_code == 409
    assert "action=correct_facts" not in signed_in("transport_clerk").get(f"/desk/{number}/").content.decode()


def test_a_wrong_field_comes_back_with_everything_typed(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "accepted")
    form = {"version": "2", "key": "k", "lead": "不存在局", "instruction": "请联系王大爷"}

    answer = signed_in("dispatcher").post(f"/desk/{number}/do/dispatch/", form)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "单位名录中没有“不存在局”" in page
    assert "请联系王大爷" in page
    assert 'aria-invalid="true"' in page


@pytest.mark.parametrize("action", ["explode", "receive", "archive"])
def test_an_action_that_is_not_possible_is_refused_in_words(hotline: SmallCity, signed_in: As, action: str) -> None:
    number = case_in(hotline, "received")

    answer = signed_in("supervisor").post(f"/desk/{number}/do/{action}/", {"version": "1", "key": "k"})

    assert answer.status_code in (403, 409)
    assert 'role="alert"' in answer.content.decode()
    assert Case.objects.get(number=number).version == 1


def test_an_operator_registers_a_call_and_accepts_it_in_one_step(hotline: SmallCity, signed_in: As) -> None:
    operator = signed_in("operator")
    said = {
        "body": "公交不停站。",
        "kind": "complaint",
        "channel": "phone",
        "urgency": "urgent",
        "accept": "on",
        "key": "k",
    }

    page = operator.post("/desk/new/", said, follow=True).content.decode()

    case = Case.objects.get()
    assert (case.state, case.channel, case.urgency) == ("accepted", "phone", "urgent")
    assert re.search(r"查询码 <strong[^>]*>[A-Z0-9]{10}</strong>", page)
    assert signed_in("transport_clerk").get("/desk/new/").status_code == 403


def test_contact_is_masked_until_a_reason_is_written_down(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "signed")
    clerk = signed_in("transport_clerk")

    masked = clerk.get(f"/desk/{number}/").content.decode()
    refused = clerk.post(f"/desk/{number}/contact/", {"reason": " "})
    shown = clerk.post(f"/desk/{number}/contact/", {"reason": "电话联系诉求人"}).content.decode()

    assert "139****0001" in masked
    assert "13900000001" not in masked
    assert refused.status_code == 422
    assert "13900000001" in shown
    entry = Entry.objects.get(action="reveal_contact")
    assert (entry.actor, entry.subject, entry.reason) == ("user:transport_clerk", number, "电话联系诉求人")


def test_the_export_holds_what_the_list_shows_and_no_formula(hotline: SmallCity, signed_in: As) -> None:
    take_in(hotline, title="=HYPERLINK(1)")
    take_in(hotline)

    answer = signed_in("operator").get("/desk/export/?view=open&kind=complaint")
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert len(rows) == 3
    assert {row[1] for row in rows[1:]} == {"'=HYPERLINK(1)", "8路公交车不停靠"}
    began, ended = Entry.objects.order_by("pk")
    assert (began.action, began.subject) == ("export_worklist", "open")
    assert (ended.action, json.loads(ended.detail)) == ("export_ended", {"view": "open", "rows": 2, "began": began.pk})


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_exported_cell_begins_a_formula(begin: str) -> None:
    assert harmless(f"{begin}1") == f"'{begin}1"
    assert harmless(f"1{begin}") == f"1{begin}"


def test_find_goes_to_the_case_or_says_what_a_number_looks_like(hotline: SmallCity, signed_in: As) -> None:
    number = take_in(hotline)
    operator = signed_in("operator")

    assert operator.get("/desk/find/", {"number": number.replace("-", " ")})["Location"] == f"/desk/{number}/"
    wrong = operator.get("/desk/find/", {"number": "12"})
    assert wrong.status_code == 404
    assert "210718-000123-4" in wrong.content.decode()


def test_filters_narrow_and_bad_ones_are_refused(hotline: SmallCity, signed_in: As) -> None:
    here, there = take_in(hotline, area="341282202201"), take_in(hotline, area="341282002")
    operator = signed_in("operator")

    page = operator.get("/desk/?view=open&area=341282202").content.decode()

    assert here in page
    assert there not in page
    assert operator.get("/desk/?view=open&kind=rant").status_code == 422
    assert operator.get("/desk/?view=none").status_code == 404


def test_a_late_case_is_shown_late_with_the_working_days(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "in_progress")
    later = clock.now() + timedelta(days=10)
    clock.install(lambda: later)

    page = signed_in("transport_clerk").get("/desk/?view=overdue").content.decode()

    assert number in page
    assert re.search(r"is-due\">(?:<svg.*?</svg>)?已超\d+个工作日", page)


@pytest.mark.parametrize(("persona", "most"), [("operator", 16), ("transport_clerk", 10)])
def test_lists_and_cases_stay_within_their_statements(
    hotline: SmallCity, signed_in: As, persona: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "CHECK_SECONDS", 600.0)  # whether a check falls into a request isn't asked here
    filters = worklists.Filters(kind="complaint")
    save_view(actor=getattr(hotline, persona), title="投诉", view="open", filters=filters, shared=True)
    browser, counts = signed_in(persona), []
    number = walk(hotline, case_in(hotline, "dispatched"), "add_assist", "sign", "contact_requester").case.number
    for many in (10, 50):
        while Case.objects.count() < many:
            case_in(hotline, "dispatched")
        browser.get("/desk/?view=open")
        with CaptureQueriesContext(connection) as taken:
            page = browser.get("/desk/?view=open").content.decode()
        assert page.count("data-row=") == many
        counts.append(len(taken))
    with CaptureQueriesContext(connection) as of_case:
        assert browser.get(f"/desk/{number}/").status_code == 200

    assert counts[0] == counts[1]
    assert 2 < counts[1] <= 6, counts
    assert 4 < len(of_case) <= most


@pytest.mark.parametrize("state", ["received", "in_arbitration", "in_callback", "archived"])
def test_the_english_desk_keeps_chinese_to_data(hotline: SmallCity, signed_in: As, state: str) -> None:
    number = case_in(hotline, state, title="Bus", body="No stop", requester=Requester(name="Li"))
    supervisor = signed_in("supervisor")
    supervisor.cookies["django_language"] = "en"

    for path in ("/desk/?view=all", f"/desk/{number}/", "/desk/?view=open"):
        page = supervisor.get(path).content.decode()
        left = HAN.findall(_without_data(page))
        assert left == [], path


def _without_data(page: str) -> str:
    """The page without names of people, places and units, words that somebody typed, and documents cited."""
    policy = rulebook.limit_policy("jieshou-hotline@1")
    known = [*org().units.values(), *org().areas.values()]
    data = {named.name for one in known for named in one.names} | {
        named.short_name for one in known for named in one.names
    }
    data |= {name for name, _unit, _role in PEOPLE.values()} | {row.source for row in policy.limits} | {"试", "中文"}
    data |= set(re.findall(r"参照《[^》]*》第[一二三四五六七八九十]+条|《[^》]*》", page))
    for word in sorted(data - {""}, key=len, reverse=True):
        page = page.replace(word, "")
    return page
