"""The desk's lists without a browser: saved views, several at once, the pane beside a list, tables that leave."""

import base64
import io
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from openpyxl import load_workbook

from huiyin.cases import worklists
from huiyin.cases.models import Case, Event, SavedView
from huiyin.cases.services import saved_views as kept_views
from huiyin.cases.services.act_on_each import MOST
from huiyin.cases.services.saved_views import save_view, saved_views
from huiyin.cases.worklists import MOST_AREAS, Filters, view_of, views
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound, Refused
from huiyin.notices.models import Notice
from tests.api.callers import as_persona
from tests.factories.cases import case_in, take_in, walk
from tests.personas import SmallCity
from tests.web.conftest import As

pytestmark = pytest.mark.django_db


def test_a_town_holds_its_villages_and_an_area_of_very_many_is_read_by_its_beginning(
    hotline: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = take_in(hotline, area="341282202201")
    view = view_of(hotline.operator, "all")

    def listed(area: str) -> list[str]:
        return [row.number for row in worklists.page(hotline.operator, view, filters=Filters(area=area)).rows]

    for most in (MOST_AREAS, 0):
        monkeypatch.setattr(worklists, "MOST_AREAS", most)
        assert [listed(area) for area in ("341282202", "341282202201", "3412", "341282002", "99")] == [
            [number], [number], [number], [], [],
        ]  # fmt: skip


def test_a_saved_view_stands_beside_the_list_with_its_count(hotline: SmallCity, signed_in: As) -> None:
    for kind in ("complaint", "help"):
        take_in(hotline, kind=kind)
    operator = signed_in("operator")
    form = {"title": " 要办的  投诉 ", "view": "open", "kind": "complaint"}

    kept = operator.post("/desk/views/", form)
    page = operator.get(kept["Location"]).content.decode()

    assert kept["Location"] == "/desk/?view=open&kind=complaint"
    assert '<span>要办的 投诉</span><span class="hy-count">1</span>' in " ".join(page.split()).replace("> <", "><")
    assert "保存视图" not in page


def test_a_shared_view_is_its_units_and_narrows_to_what_each_may_see(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "dispatched")
    save_view(
        actor=hotline.transport_clerk, title="组里的", view="open", filters=Filters(kind="complaint"), shared=True
    )
    save_view(actor=hotline.transport_clerk, title="自己的", view="open", filters=Filters(kind="help"))

    of_head, of_others = (
        [one.title for one in saved_views(actor, views(actor)).views]
        for actor in (hotline.transport_head, hotline.housing_clerk)
    )

    assert (of_head, of_others) == (["组里的"], [])
    assert number in signed_in("transport_head").get("/desk/?view=open&kind=complaint").content.decode()
    assert number not in signed_in("housing_clerk").get("/desk/?view=open&kind=complaint").content.decode()


def test_however_much_a_unit_shares_ones_own_views_stay_in_sight(
    hotline: SmallCity, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_views, "MOST", 2)
    SavedView.objects.bulk_create(
        SavedView(owner=f"user:other-{n}", unit_id="transport", title=f"甲{n}", view="open") for n in range(5)
    )
    save_view(actor=hotline.transport_clerk, title="自己的", view="open", filters=Filters())

    mine = saved_views(hotline.transport_clerk, views(hotline.transport_clerk))
    told = signed_in("transport_clerk").get("/desk/").content.decode()
    SavedView.objects.filter(title__in=["甲0", "甲1", "甲2"]).delete()

    assert [one.title for one in mine.views] == ["甲0", "甲1", "自己的"]
    assert ("只列出前" in told, mine.cut) == (True, True)
    assert not saved_views(hotline.transport_clerk, views(hotline.transport_clerk)).cut


def test_of_very_many_mentions_the_latest_are_listed(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklists, "MOST_MENTIONS", 1)
    numbers = [take_in(hotline, kind="help") for _ in range(2)]
    for age, number in enumerate(reversed(numbers)):
        Notice.objects.create(
            kind="mentioned", recipient_key=hotline.operator.key, case_number=number, subject="", body="",
            language="zh-hans", created_at=clock.now() - timedelta(minutes=age),
        )  # fmt: skip

    view = view_of(hotline.operator, "mentioned")
    page = worklists.page(hotline.operator, view, filters=Filters(kind="help"))

    assert [row.number for row in page.rows] == numbers[-1:]


def test_only_whoever_saved_a_view_deletes_it(hotline: SmallCity, signed_in: As) -> None:
    mine = save_view(actor=hotline.transport_clerk, title="组里的", view="open", filters=Filters(), shared=True)

    other = signed_in("transport_head").post(f"/desk/views/{mine.pk}/drop/")
    there = SavedView.objects.count()
    own = signed_in("transport_clerk").post(f"/desk/views/{mine.pk}/drop/")

    assert (other.status_code, there, own.status_code, SavedView.objects.count()) == (404, 1, 302, 0)


def test_a_view_without_name_twice_or_of_another_desk_is_refused_and_nothing_kept(
    hotline: SmallCity, signed_in: As
) -> None:
    operator = signed_in("operator")
    save_view(actor=hotline.operator, title="投诉", view="open", filters=Filters())

    for title, status in (("", 422), ("长" * 41, 422), ("投诉", 409)):
        answer = operator.post("/desk/views/", {"title": title, "view": "open"})
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (status, True)
    with pytest.raises(NotFound):
        save_view(actor=hotline.operator, title="别人的", view="unsigned", filters=Filters())
    with pytest.raises(Refused):
        save_view(actor=hotline.operator, title="投诉", view="all", filters=Filters())
    assert SavedView.objects.count() == 1


def test_several_are_handled_each_by_itself_and_told_apart(hotline: SmallCity, signed_in: As) -> None:
    new = [case_in(hotline, "received") for _ in range(2)]
    gone = case_in(hotline, "accepted")
    operator = signed_in("operator")
    numbers = [("number", number) for number in (*new, gone)]

    chooser = operator.get(f"/desk/bulk/?{urlencode([*numbers, ('action', 'accept')])}").content.decode()
    form = {"action": "accept", "key": "k", "number": [*new, gone], "seen": [f"{n}@1" for n in (*new, gone)]}
    answers = [operator.post("/desk/bulk/", form).content.decode() for _ in range(2)]

    assert chooser.count('name="seen"') == 2
    assert "现在的状态不能这样做" in chooser
    for page in answers:
        assert [said in page for said in ("办成2件", "没有办1件", "刚刚被更新：受理")] == [True, True, True]
    assert Event.objects.filter(case__number__in=new).count() == 4
    assert Case.objects.get(number=gone).version == 2


def test_several_at_once_know_nothing_of_what_one_may_not_see(hotline: SmallCity, signed_in: As) -> None:
    hidden = case_in(hotline, "dispatched", title="别的单位的事")
    mine = walk(hotline, case_in(hotline, "dispatched"), "add_assist").case.number
    clerk = signed_in("housing_clerk")

    page = clerk.get(f"/desk/bulk/?number={hidden}&number={mine}").content.decode()
    form = {"action": "note", "key": "k", "number": [hidden, mine], "seen": [f"{hidden}@3"]}
    done = clerk.post("/desk/bulk/", form).content.decode()

    for told in (page, done):
        assert (f"/desk/{hidden}/" in told, "别的单位的事" in told, f"/desk/{mine}/" in told) == (False, False, True)
    assert signed_in("renzhai_clerk").get(f"/desk/bulk/?number={hidden}&number={mine}").status_code == 404
    assert Case.objects.get(number=hidden).version == 3


def test_none_too_many_and_wrong_fields_are_refused_before_anything_happens(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "received")
    operator = signed_in("operator")
    many = urlencode([("number", f"2103{n:02d}-000001-1") for n in range(MOST)])

    assert operator.get("/desk/bulk/").status_code == 422
    assert operator.get(f"/desk/bulk/?{many}&number={number}").status_code in (200, 422)
    form = {"action": "refuse", "key": "k", "number": number, "seen": f"{number}@1"}
    wrong = operator.post("/desk/bulk/", form)
    none = operator.post("/desk/bulk/", {"action": "accept", "key": "k", "number": number})

    assert (wrong.status_code, none.status_code, "请填写" in wrong.content.decode()) == (422, 422, True)
    assert Case.objects.get(number=number).version == 1


def test_the_pane_is_the_matter_and_an_act_returns_to_the_list(hotline: SmallCity, signed_in: As) -> None:
    number = case_in(hotline, "received")
    operator = signed_in("operator")

    page = operator.get(f"/desk/?view=open&kind=complaint&open={number}").content.decode()
    pane = operator.get(f"/desk/{number}/pane/?back=view%3Dopen%26kind%3Dcomplaint").content.decode()
    form = {"version": "1", "key": "k", "back": "view=open&kind=complaint"}
    done = operator.post(f"/desk/{number}/do/accept/", form)

    assert page.count(f'action="/desk/{number}/do/accept/"') == 1
    refuse = f"?view=open&amp;kind=complaint&amp;open={number}&amp;action=refuse"
    assert ("<html" in pane, refuse in pane) == (False, True)
    assert done["Location"] == f"/desk/?view=open&kind=complaint&open={number}"
    whole = f"/desk/{number}/?back=view%3Dopen%26kind%3Dcomplaint"
    assert (page.count(whole), pane.count(whole)) == (2, 1)
    told = operator.get(whole).content.decode()
    assert 'name="back" value="view=open&amp;kind=complaint"' in told
    assert 'href="?back=view%3Dopen%26kind%3Dcomplaint&amp;action=' in told
    assert 'href="/desk/?view=open&amp;kind=complaint"' in told
    assert signed_in("renzhai_clerk").get(f"/desk/{number}/pane/").status_code == 404
    assert "data-case" not in signed_in("renzhai_clerk").get(f"/desk/?view=open&open={number}").content.decode()


@pytest.mark.parametrize("back", ["//evil.example", "view=open&next=//evil", "kind=complaint", "view=open&kind=x"])
def test_where_an_act_returns_to_is_always_a_list_of_ours(hotline: SmallCity, signed_in: As, back: str) -> None:
    number = case_in(hotline, "received")

    done = signed_in("operator").post(f"/desk/{number}/do/accept/", {"version": "1", "key": "k", "back": back})

    assert done["Location"] in {f"/desk/{number}/", f"/desk/?view=open&open={number}"}


def test_the_workbook_holds_what_the_list_shows_and_no_formula(hotline: SmallCity, signed_in: As) -> None:
    take_in(hotline, title="=HYPERLINK(1)")
    take_in(hotline, title="< & \" '", kind="help")

    answer = signed_in("operator").get("/desk/export/?view=open&format=xlsx")
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.getvalue())).active.rows]  # type: ignore[union-attr]

    assert rows[0][:3] == ["编号", "标题", "类型"]
    assert sorted(str(row[1]) for row in rows[1:]) == ["'=HYPERLINK(1)", "< & \" '"]
    assert signed_in("operator").get("/desk/export/?view=open&format=ods").status_code == 422


def test_the_sheet_of_keys_is_a_page_and_needs_signing_in(hotline: SmallCity, signed_in: As, client: Client) -> None:
    page = signed_in("operator").get("/desk/keys/").content.decode()

    assert page.count("<kbd>Ctrl Enter</kbd>") == 4, "of every form, on the page and in the dialog of each page"
    assert client.get("/desk/keys/")["Location"] == "/sign-in/?next=/desk/keys/"


UNREADABLE = (
    f'[[], "{"0" * 32}"]', f'[0, "{"0" * 32}"]', f'[null, "{"0" * 32}"]', f'[false, "{"0" * 32}"]', "[" * 100_000,
    f'["2021-03-01", "{"0" * 32}"]', '["", 5]', "{}", "5", "",
)  # fmt: skip


@pytest.mark.parametrize("view", ["open", "all"])
def test_a_mark_that_nobody_made_is_refused_on_the_page_and_by_the_api(
    hotline: SmallCity, signed_in: As, view: str
) -> None:
    desk, api = signed_in("operator"), as_persona(Client(), hotline, "operator")

    for text in UNREADABLE:
        cursor = base64.urlsafe_b64encode(f"{text} ".encode()).decode()
        assert desk.get("/desk/", {"view": view, "cursor": cursor}).status_code == 422, text[:40]
        assert api.get("/cases", view=view, cursor=cursor).status_code == 422, text[:40]
    for due in ("", "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"):
        cursor = base64.urlsafe_b64encode(json.dumps([due, "0" * 32]).encode()).decode()
        assert desk.get("/desk/", {"view": view, "cursor": cursor}).status_code == 200, due


def test_an_address_of_very_many_fields_is_no_lists(hotline: SmallCity, signed_in: As) -> None:
    back = "view=open&" + "&".join(f"a{n}=1" for n in range(25))

    assert worklists.address_from(hotline.operator, "view=hotline.received") == "?view=hotline.received"
    assert worklists.address_from(hotline.transport_clerk, "view=hotline.received") == ""
    assert worklists.address_from(hotline.operator, back) == ""
    assert signed_in("operator").post("/desk/search/", {"q": "路灯", "back": back}).status_code == 302


def test_whoever_asks_for_no_list_begins_where_there_is_work(hotline: SmallCity, signed_in: As) -> None:
    dispatcher = signed_in("dispatcher")

    assert dispatcher.get("/desk/").context["chosen"].name == "hotline.received", "nothing at all: their first list"
    case_in(hotline, "accepted")
    assert [view.name for view in dispatcher.get("/desk/").context["views"]][:3] == ["overdue", "today", "echo"]
    assert dispatcher.get("/desk/").context["chosen"].name == "hotline.accepted"
    assert dispatcher.get("/desk/?view=hotline.received").context["chosen"].name == "hotline.received"


def test_a_unit_stays_chosen_that_one_could_not_choose(hotline: SmallCity, signed_in: As) -> None:
    page = signed_in("supervisor").get("/desk/?view=open&unit=renzhai-village").content.decode()

    assert '<option value="renzhai-village" selected>' in page


def test_the_palette_leads_to_ones_own_lists_and_to_pages_that_open(hotline: SmallCity, signed_in: As) -> None:
    save_view(actor=hotline.supervisor, title="要办的投诉", view="open", filters=Filters(kind="complaint"))

    def commands(who: str) -> dict[str, str]:
        found = signed_in(who).get("/desk/commands/").json()["commands"]
        return {one["label"]: one["href"] for one in found}

    for who in ("supervisor", "transport_clerk", "leader", "administrator", "auditor", "petition_officer"):
        browser, dear = signed_in(who), ("/desk/?", "/board/", "/desk/figures/", "/desk/proposals/")  # opened elsewhere
        hrefs = {label: href for label, href in commands(who).items() if not href.startswith(dear)}
        opened = {label: browser.get(href).status_code for label, href in hrefs.items()}
        assert {label: status for label, status in opened.items() if status != 200} == {}, who
    assert commands("supervisor")["要办的投诉"] == "/desk/?view=open&kind=complaint"
    assert commands("supervisor")["待核定的标记"] == "/desk/cockpit/flags/"
    assert {"接访安排规则", "纠纷分级和排查", "办理时限"} <= set(commands("administrator"))
    assert {"审计", "待核定的标记", "已逾期"}.isdisjoint(commands("stranger"))
