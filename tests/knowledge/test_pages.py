"""Knowledge on pages and over HTTP: written, reviewed, found, exported, shown to the public."""

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.access import tokens
from huiyin.cases.models import Draft, Event
from huiyin.knowledge.models import Article, Use
from huiyin.knowledge.web import lists, portal
from tests.conftest import SetClock
from tests.factories.cases import case_in
from tests.knowledge.conftest import BUS, LOAN, category_of, published
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

FORM = {
    "unit": "transport", "question": "校车坐满了怎么办？", "answer": "打12345，加派车辆。",
    "basis": "《校车安全管理条例》第4条",
    "valid_from": "2021-03-02", "review_on": "2021-08-01", "public": "on", "key": "form-1",
}  # fmt: skip


def browser(city: SmallCity, who: str) -> Client:
    """A browser signed in as that person."""
    made = Client()
    made.force_login(city.users[who])
    return made


def version(page: str) -> str:
    """The version that a page's forms give back."""
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_from_the_first_word_to_the_portal(hotline: SmallCity) -> None:
    clerk, head, visitor = browser(hotline, "transport_clerk"), browser(hotline, "transport_head"), Client()
    wrong = clerk.post("/desk/knowledge/new/", FORM | {"unit": "housing"})
    assert wrong.status_code == 422
    paper = SimpleUploadedFile("时刻表.txt", "1路 18:30".encode())
    made = clerk.post("/desk/knowledge/new/", FORM | {"papers": paper})
    address = made["Location"]
    page = clerk.get(address).content.decode()
    assert "时刻表.txt" in page
    assert visitor.get(address.replace("/desk/knowledge/", "/faq/")).status_code == 404

    clerk.post(f"{address}do/", {"do": "submit", "version": version(page)})
    assert "等我审核" in head.get("/desk/knowledge/mine/").content.decode()
    page = head.get(address).content.decode()
    assert head.post(f"{address}do/", {"do": "approve", "version": "1"}).status_code == 409
    head.post(f"{address}do/", {"do": "approve", "version": version(page)})

    shown = visitor.get("/faq/", {"q": "校车坐满"}).content.decode()
    assert FORM["question"] in shown
    public = address.replace("/desk/knowledge/", "/faq/")
    page = visitor.get(public).content.decode()
    assert FORM["basis"] in page
    [file] = re.findall(rf'href="({public}files/[^"]+)"', page)
    assert b"".join(visitor.get(file).streaming_content) == "1路 18:30".encode()  # type: ignore[attr-defined]
    assert "校车" in visitor.get("/faq/feed.atom").content.decode()
    assert visitor.get("/faq/feed.rss").status_code == 404


def test_the_portals_chips_count_what_was_searched(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "PAGE", 1)
    buses, roads = category_of("公交"), category_of("道路")
    for n in range(2):
        published(hotline, replace(BUS, question=f"第{n}路公交几点收班？", category=buses))
    published(hotline, replace(BUS, question="道路封闭时公交几点收班？", category=roads))
    published(hotline, replace(BUS, question="路灯", answer="报修。", words="", category=roads))

    def faq(**asked: str) -> tuple[list[str], int]:
        page = Client().get("/faq/", asked).content.decode()
        chips = re.findall(r'<a class="hy-chip".*?</a>', page, re.DOTALL)
        return [re.sub(r"<[^>]+>|\s", "", chip) for chip in chips], page.count('<h2 class="hy-h3">')

    assert faq() == (["全部", "道路2", "公交2"], 1)
    assert faq(q="公交收班") == (["全部", "公交2", "道路1"], 1)
    assert faq(q="公交收班", category=roads)[1] == 1  # found though it isn't among the best of all
    assert faq(q="末班车首末", category="jieshou/none")[1] == 0


def test_what_was_approved_for_a_later_day_says_so_on_its_page(hotline: SmallCity, bus: Article) -> None:
    clerk, head = browser(hotline, "transport_clerk"), browser(hotline, "transport_head")
    address = f"/desk/knowledge/{bus.pk}/"
    given = FORM | {"question": BUS.question, "version": "3", "valid_from": "2021-04-01"}
    clerk.post(f"{address}edit/", given)
    clerk.post(f"{address}do/", {"do": "submit", "version": "4"})
    head.post(f"{address}do/", {"do": "approve", "version": "5"})

    page = browser(hotline, "leader").get(address).content.decode()
    assert "2021-04-01起用，在那以前用现行内容" in page
    assert FORM["answer"] in page
    assert FORM["answer"] in clerk.get(f"{address}edit/").content.decode()
    assert BUS.answer in Client().get(f"/faq/{bus.pk}/").content.decode()


def test_a_page_that_changed_meanwhile_says_so_and_keeps_what_was_typed(hotline: SmallCity, bus: Article) -> None:
    clerk = browser(hotline, "transport_clerk")
    address = f"/desk/knowledge/{bus.pk}/edit/"
    given = FORM | {"question": BUS.question, "version": "2"}

    refused = clerk.post(address, given)
    assert refused.status_code == 409
    assert FORM["answer"] in refused.content.decode()
    assert clerk.post(address, given | {"version": "3"}).status_code == 302
    assert clerk.post(address, given | {"version": "4", "review_on": "never"}).status_code == 422
    page = clerk.get(f"/desk/knowledge/{bus.pk}/").content.decode()
    assert "现行内容" in page
    assert "正在修改的" in page
    assert "正在修改的" not in browser(hotline, "leader").get(f"/desk/knowledge/{bus.pk}/").content.decode()


def test_lists_are_narrowed_and_leave_as_files(
    hotline: SmallCity, bus: Article, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(hotline, replace(LOAN, question="=公积金怎么提取？"), "housing")
    operator = browser(hotline, "operator")
    at("2021-06-08 09:00")

    assert operator.get("/desk/knowledge/").content.decode().count("已过复核日期7天") == 2
    assert BUS.question not in operator.get("/desk/knowledge/", {"unit": "housing"}).content.decode()
    assert BUS.question in operator.get("/desk/knowledge/find/", {"q": "末班车"}).content.decode()
    assert 'name="cites"' in operator.get("/desk/knowledge/beside/", {"q": "末班车"}).content.decode()
    assert operator.get("/desk/knowledge/overdue/").content.decode().count("已过复核日期") == 2
    with monkeypatch.context() as small:
        small.setattr(lists, "PAGE", 1)
        first = operator.get("/desk/knowledge/overdue/").content.decode()
        second = operator.get("/desk/knowledge/overdue/?from=1").content.decode()
    assert [page.count("已过复核日期") for page in (first, second)] == [1, 1]
    assert ["下一页" in page for page in (first, second)] == [True, False]
    told = b"".join(operator.get("/desk/knowledge/export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "'=公积金怎么提取？" in told
    sheet = b"".join(operator.get("/desk/knowledge/export/?what=overdue&format=xlsx").streaming_content)  # type: ignore[attr-defined]
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert [row[4] for row in rows[1:]] == ["已过复核日期 7", "已过复核日期 7"]
    assert operator.get("/desk/knowledge/export/?format=doc").status_code == 422
    public = Client().get(f"/faq/{bus.pk}/").content.decode()
    assert "待复核" in public


def test_the_composer_puts_an_article_in_without_script_and_names_it(
    hotline: SmallCity, bus: Article
) -> None:  # fmt: skip
    number, operator = case_in(hotline, "accepted"), browser(hotline, "operator")
    do = f"/desk/{number}/do/answer_directly/"

    page = operator.post(do, {"step": f"insert:{bus.pk}", "reply": "您好。", "version": "2"}).content.decode()
    assert f"您好。\n{BUS.answer}" in page
    box = f'name="cites" value="{bus.pk}" checked'
    assert box in page
    kept = operator.post(do, {"step": "keep", "reply": "您好。", "cites": str(bus.pk), "version": "2"})
    assert kept.status_code == 302
    assert Draft.objects.count() == 1
    assert box in operator.get(f"/desk/{number}/?action=answer_directly").content.decode()
    operator.post(do, {"reply": "18:30。", "cites": str(bus.pk), "version": "2", "key": "k"})

    assert Event.objects.filter(case__number=number, kind="answer_directly").exists()
    assert Use.objects.get().article_id == bus.pk
    page = operator.get(f"/desk/{number}/").content.decode()
    assert "引用的知识" in page
    assert number in operator.get(f"/desk/knowledge/{bus.pk}/uses/").content.decode()


def test_programs_read_and_search_what_they_may(hotline: SmallCity, bus: Article, at: SetClock) -> None:
    loan = published(hotline, LOAN, "housing")
    at("2021-06-03 09:00")
    visitor, staff = Client(), {"Authorization": f"Bearer {tokens.issue(hotline.users['operator'], 'test')}"}

    told = visitor.get("/api/v1/articles").json()
    assert [(one["id"], one["late_days"]) for one in told["items"]] == [(str(bus.pk), 2)]
    assert visitor.get(f"/api/v1/articles/{loan.pk}").status_code == 404
    found = visitor.get("/api/v1/articles", {"q": "公积金怎么取"}, headers=staff).json()
    assert [one["id"] for one in found["items"]] == [str(loan.pk)]
    assert visitor.get(f"/api/v1/articles/{loan.pk}", headers=staff).json()["basis"] == LOAN.basis
    assert visitor.get("/api/v1/articles", {"limit": 1}, headers=staff).json()["next_from"] == 1
    assert visitor.get("/api/v1/articles", {"from": -1}).status_code == 422


def test_empty_lists_say_what_would_be_there(hotline: SmallCity) -> None:
    operator = browser(hotline, "supervisor")
    for path, said in {
        "": "还没有发布的知识", "mine/": "没有等您审核", "overdue/": "知识都保持着更新", "gaps/": "没有缺口",
        "?q=x": "没有找到",
    }.items():  # fmt: skip
        assert said in operator.get(f"/desk/knowledge/{path}").content.decode()
    assert "还没有公开的常见问题" in Client().get("/faq/").content.decode()
