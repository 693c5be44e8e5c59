"""Papers: complete or not issued, numbered without gaps, the same whenever they are read, and for whose eyes."""

import json
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from huiyin.access.actor import actor_of, requester
from huiyin.audit.models import Entry
from huiyin.cases import rulebook, story
from huiyin.cases.models import Passage
from huiyin.cases.services.papers import TEMPLATES, cited, papers_of, sheet_of
from huiyin.kernel.errors import BadInput, ConfigError, NotFound, Refused
from huiyin.papers import pdf
from huiyin.papers.docx import as_docx
from huiyin.papers.models import Paper
from huiyin.papers.pdf import as_pdf
from huiyin.papers.sheet import Sheet, fill
from huiyin.papers.template import Block, Template, Words, parse
from huiyin.people.models import Posting, User
from huiyin.people.services import post
from huiyin.petitions.services import Registration, register
from tests.factories.cases import look, sound
from tests.petitions.world import ACCEPTED, DECIDED, FINAL, PETITIONER, REVIEWED, Bureau

pytestmark = pytest.mark.django_db


def words(sheet: Sheet) -> str:
    """All that a paper says."""
    return "\n".join(
        [sheet.title, sheet.addressee, *(line for part in sheet.parts for line in (part.heading, *part.lines))]
    )


def issued(number: str) -> list[str]:
    return [row.template.partition("@")[0] for row in Paper.objects.filter(subject=number).order_by("seq")]


def test_every_act_that_the_law_wants_on_paper_issues_one(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED, "request_extension", "grant_extension")
    bureau.walk(number, *FINAL[2:])

    assert issued(number) == [f"petition.{name}" for name in ("transfer", "receipt", "extension", "decision", "review")]
    others = {
        "refusal": ("not_accept",),
        "judicial_notice": ("split_litigation",),
        "path": ("forward", "lead_into_path"),
        "settlement": (*ACCEPTED, "settle"),
    }
    for name, way in others.items():
        another = bureau.register()
        bureau.walk(another, *way)
        assert issued(another)[-1] == f"petition.{name}"
    assert {key.partition("@")[0].removeprefix("petition.") for key in TEMPLATES} == {
        "transfer", "receipt", "extension", "decision", "review", "rereview", *others,
    }  # fmt: skip


def test_a_re_review_is_signed_by_the_body_that_made_it_and_one_from_outside_is_only_recorded(bureau: Bureau) -> None:
    outside = bureau.register()
    bureau.walk(outside, *FINAL[:-1])
    with pytest.raises(Refused) as theirs:
        bureau.do(outside, "issue_rereview")
    assert (theirs.value.code, bureau.walk(outside, "record_rereview").case.state) == ("rereview_outside", "final")
    assert "petition.rereview" not in issued(outside)

    Posting.objects.filter(unit="transport").update(unit="bus")
    post(user=User.objects.get(username="petitions_head"), unit="transport", role="unit_head")
    heads = [actor_of(User.objects.get(username=f"{who}_head")) for who in ("transport", "petitions", "county")]
    clerk = actor_of(User.objects.get(username="transport_clerk"))
    people = dict(zip(("transport_head", "petitions_head", "county_head"), heads, strict=True))
    inside, now = bureau.register(), replace(bureau, people={**bureau.people, **people, "transport_clerk": clerk})
    now.do(inside, "forward", lead="bus")
    now.walk(inside, *DECIDED[1:], "serve_decision", "ask_review")
    now.do(inside, "send_to_review", lead="transport")
    now.do(inside, "issue_review", "petitions_head")
    now.do(inside, "serve_review", "petition_officer")
    now.walk(inside, "ask_rereview")
    now.do(inside, "send_to_rereview", lead="jieshou")
    with pytest.raises(Refused) as ours:
        now.do(inside, "record_rereview", "county_head")
    now.do(inside, "issue_rereview", "county_head")

    assert ours.value.code == "rereview_ours"
    assert Paper.objects.get(template="petition.rereview@1").unit == "jieshou"


def test_what_the_government_decided_is_reviewed_outside_and_nobody_here_signs_that_letter(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.do(number, "forward", lead="jieshou")
    for action in ("accept", "hear_petitioner", "draft_decision"):
        bureau.do(number, action, "county_clerk")
    bureau.do(number, "issue_decision", "county_head")
    bureau.do(number, "serve_decision", "county_clerk")
    bureau.walk(number, "ask_review")
    bureau.do(number, "send_to_review", lead="petitions")

    for wrong, given, code in (
        ("issue_review", {}, "review_outside"), ("record_review", {"letter_on": "2023-03-06"}, "letter_when"),
        ("record_review", {"letter_on": "2023-03-08"}, "letter_when"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            bureau.do(number, wrong, "petitions_head", **given)
        assert refused.value.code == code
    bureau.do(number, "record_review", "petitions_head")
    with pytest.raises(Refused) as early:
        bureau.do(number, "serve_review", "petition_officer", served_on="2023-03-06")
    bureau.do(number, "serve_review", "petition_officer")
    told = bureau.walk(number, "ask_rereview", "send_to_rereview", "record_rereview")

    assert (early.value.code, told.case.state, told.case.tally["handled_by"]) == ("served_when", "final", "jieshou")
    assert not {"petition.review", "petition.rereview"} & set(issued(number))
    assert sound(number) == []
    other = bureau.register()
    bureau.walk(other, *REVIEWED[:-1])
    with pytest.raises(Refused) as ours:
        bureau.do(other, "record_review", "county_head")
    assert ours.value.code == "review_ours"


def test_a_decision_letter_says_what_the_law_asks_for(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED)
    me = requester(number)

    said = words(sheet_of(me, number, papers_of(me, look(number).case)[-1].paper.pk))

    for part in ("何立秋", "要求恢复停靠", "8路车自1月起不停靠", "予以支持", "限期恢复停靠", "管理规定", "30日内"):
        assert part in said
    assert "《信访工作条例》第三十五条" in said
    assert "界首市人民政府" in said


def read(number: str, which: int = -1) -> str:
    """A paper of the petition, the last one unless said otherwise, as its petitioner reads it."""
    me = requester(number)
    return words(sheet_of(me, number, papers_of(me, look(number).case)[which].paper.pk))


@pytest.mark.parametrize(
    ("day", "reason", "article"),
    [
        ("2023-03-07", "other_power", "《信访工作条例》第二十三条。"),
        ("2023-03-07", "wrong_level", "《信访工作条例》第二十条。"),
        ("2021-03-09", "legal_path", "《信访条例》第十四条、第二十一条。"),
        ("2021-03-09", "wrong_level", "《信访条例》第十六条。"),
    ],
)
def test_a_refusal_cites_the_article_of_its_ground_and_no_other(
    bureau: Bureau, at: Any, day: str, reason: str, article: str
) -> None:
    at(f"{day} 09:30")
    number = bureau.register()
    bureau.do(number, "not_accept", reason=reason)

    assert read(number).endswith(f"依据\n{article}")


def test_a_letter_is_in_chinese_whoever_reads_it(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED, "request_extension", "grant_extension")
    with translation.override("en"):
        receipt, extension = read(number, 1), read(number)

    assert "至2023年5月6日止" in receipt
    assert "延长至2023年6月5日。" in extension


def test_a_review_names_the_letter_that_it_is_about_and_a_new_decision_the_one_that_was_set_aside(
    bureau: Bureau, at: Any
) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED, "serve_decision")
    at("2023-03-20 09:30")
    bureau.do(number, "record_review_request", asked_on="2023-03-17")
    bureau.walk(number, "send_to_review")
    bureau.do(number, "issue_review", opinion="redo")
    assert (
        "您对界首市交通运输局2023年3月7日作出的《信访事项处理意见书》（交通局信意〔2023〕1号）不服，于2023年3月17日请求复查"
        in read(number)
    )
    bureau.do(number, "handle_anew")
    bureau.walk(number, *DECIDED[2:])

    anew = "原处理意见（交通局信意〔2023〕1号）经《信访事项复查意见书》（市政府信复查〔2023〕1号）撤销"
    assert anew in read(number)
    assert anew not in read(number, 2)
    bureau.do(number, "serve_decision", served_on="2023-03-20")
    bureau.walk(number, "ask_review", "send_to_review", "issue_review")
    assert "（交通局信意〔2023〕2号）不服" in read(number)
    assert "向阜阳市人民政府书面请求复核" in read(number)


def test_what_is_assigned_or_ruled_on_is_told_as_that(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, "assign_with_report", "object", "raise_dispute", "settle_dispute")

    assert "要求其在指定期限内反馈办理结果" in read(number, 0)
    assert "经共同的上一级机关决定，该事项由界首市住房和城乡建设局受理" in read(number)
    assert "第十三条、第二十四条" in read(number)


def test_a_receipt_states_no_limit_of_a_round_before(bureau: Bureau, at: Any) -> None:
    number = bureau.register()
    bureau.walk(number, "forward", "accept_simply", "answer_simply")
    first = read(number)
    at("2023-09-05 09:30")
    bureau.walk(number, "raise_new_facts", "reclassify", "forward", "accept")

    assert "自受理之日起，至2023年" in first
    assert "办理期限" not in read(number)


def test_a_settlement_needs_its_signed_agreement(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    with pytest.raises(BadInput) as bad:
        bureau.do(number, "settle", files=[])

    assert [one.field for one in bad.value.fields] == ["files"]
    assert look(number).case.state == "accepted"


@pytest.mark.parametrize("lacking", ["claim", "facts", "decision", "law"])
def test_a_decision_letter_without_a_required_part_is_not_issued(bureau: Bureau, lacking: str) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED[:-1])
    Passage.objects.filter(case__number=number, field=lacking).delete()

    with pytest.raises(Refused) as caught:
        bureau.do(number, "issue_decision")

    assert caught.value.code == "paper_incomplete"
    assert look(number).case.state == "drafted"
    assert "petition.decision" not in issued(number)


def test_numbers_run_without_gaps_by_unit_series_and_year(bureau: Bureau, at: Any) -> None:
    def number_of(template: str) -> list[str]:
        return list(Paper.objects.filter(template=template).order_by("id").values_list("number", flat=True))

    for _n in range(2):
        bureau.walk(bureau.register(), *ACCEPTED)
    broken = bureau.register()
    bureau.walk(broken, "forward")
    with pytest.raises(Refused):
        bureau.do(broken, "report_back", who="transport_clerk")
    at("2024-01-02 09:00")
    bureau.walk(bureau.register(), *ACCEPTED)

    assert number_of("petition.receipt@1") == [
        "交通局信受〔2023〕1号",
        "交通局信受〔2023〕2号",
        "交通局信受〔2024〕1号",
    ]
    assert number_of("petition.transfer@1")[:3] == [
        "信访局信转〔2023〕1号",
        "信访局信转〔2023〕2号",
        "信访局信转〔2023〕3号",
    ]


def test_a_paper_goes_on_saying_what_it_said(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, "forward")
    me = requester(number)
    key = papers_of(me, look(number).case)[0].paper.pk
    before = sheet_of(me, number, key)

    bureau.do(number, "object")
    bureau.do(number, "forward", lead="housing")

    assert sheet_of(me, number, key) == before
    assert "交通运输局" in words(before)


def test_a_draft_is_nobodys_letter_yet(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED[:-1])
    assert "限期恢复停靠" not in str(story.story(requester(number), number))
    assert "限期恢复停靠" in str(story.story(bureau.city.transport_head, number))
    assert "petition.decision" not in issued(number)


def test_staff_read_it_masked_and_what_they_take_along_is_audited(bureau: Bureau) -> None:
    number = bureau.register(body=f"我叫{PETITIONER.name}，电话{PETITIONER.phone}，8路车不停。")
    bureau.walk(number, *DECIDED)
    clerk = bureau.city.transport_clerk
    key = papers_of(clerk, look(number).case)[-1].paper.pk

    masked = words(sheet_of(clerk, number, key))
    assert "何**" in masked
    assert PETITIONER.name not in masked
    assert not Entry.objects.filter(action="print_paper").exists()

    assert PETITIONER.name in words(sheet_of(clerk, number, key, whole=True))
    entry = Entry.objects.get(action="print_paper")
    assert (entry.actor, entry.subject) == (clerk.key, number)


def test_a_paper_of_a_matter_one_may_not_know_of_is_not_there(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED)
    key = Paper.objects.filter(subject=number).latest("seq").pk
    other = bureau.register()
    for who, asked in (("housing_clerk", number), ("stranger", number), ("transport_clerk", other)):
        with pytest.raises(NotFound):
            sheet_of(bureau.actor(who), asked, key)


def test_it_is_a_pdf_with_its_font_and_a_word_document(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED)
    me = requester(number)
    sheet = sheet_of(me, number, papers_of(me, look(number).case)[-1].paper.pk)

    made = as_pdf(sheet)
    assert made.startswith(b"%PDF-")
    assert b"/FontFile" in made
    with zipfile.ZipFile(BytesIO(as_docx(sheet))) as folder:
        text = folder.read("word/document.xml").decode()
    for part in ("信访事项处理意见书", "何立秋", "限期恢复停靠", sheet.number):
        assert part in text


def test_without_a_chinese_font_no_pdf_is_made(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    number = bureau.register()
    bureau.walk(number, "forward")
    me = requester(number)
    sheet = sheet_of(me, number, papers_of(me, look(number).case)[0].paper.pk)
    monkeypatch.setattr(pdf, "families", lambda: ())

    with pytest.raises(Refused) as caught:
        as_pdf(sheet)

    assert caught.value.code == "no_chinese_font"


@pytest.mark.parametrize(
    "wrong", ["blocks: [{heading: 无}]", "blocks: [{say: 甲, text: 乙}]", "blocks: []", "blocks: [{say: 甲, tpyo: 1}]"]
)
def test_a_faulty_template_is_refused_by_its_file(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"x\.yaml"):
        parse(f"name: x.y\nversion: 1\ntitle: {{zh: 题, en: T}}\nseries: 试\n{wrong}\n", "x.yaml")


def test_the_petitioner_reads_and_downloads_it_with_number_and_code(bureau: Bureau, client: Client) -> None:
    opened = register(
        actor=bureau.city.petition_officer, said=Registration("8路车不停。", requester=PETITIONER, key="k" * 24)
    )
    number = opened.number
    bureau.walk(number, *DECIDED)
    key = Paper.objects.filter(subject=number).latest("seq").pk
    address = f"/track/{number}/papers/{key}/"

    assert client.get(address).headers["Location"].startswith("/track/?")
    client.post("/track/", {"number": number, "code": opened.access_code})
    page = client.get(address).content.decode()
    assert "何立秋" in page
    assert "信访事项处理意见书" in client.get(f"/track/{number}/").content.decode()
    got = client.get(f"{address}docx/")
    assert got.headers["Content-Disposition"].endswith('.docx"')
    assert client.get(f"{address}exe/").status_code == 302


PLAIN = Template(
    name="x", version=1, title=Words(zh="意见书", en="Letter"), series="信意", blocks=(Block(text="facts"),)
)


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("已经修好", "已经修好。"),
        ("已经修好。", "已经修好。"),
        ("已经修好（见照片）", "已经修好（见照片）。"),
        ("（已经修好。）", "（已经修好。）"),
        ("他说“修好了”", "他说“修好了”。"),
        ("他说：“修好了。”", "他说：“修好了。”"),
    ],
)
def test_what_was_typed_ends_with_one_full_stop(typed: str, stands: str) -> None:
    made = fill(PLAIN, facts={}, texts={"facts": typed}, number="", signed="", day=date(2022, 6, 1), matter="")

    assert made.parts[0].lines == (stands,)


def test_seal_and_day_never_stand_on_a_page_alone() -> None:
    import docx

    sheet = fill(PLAIN, facts={}, texts={"facts": "一\n二"}, number="", signed="局", day=date(2022, 6, 1), matter="")

    lines = {line.text: line.paragraph_format for line in docx.Document(BytesIO(as_docx(sheet))).paragraphs}

    assert [lines[text].keep_with_next for text in ("一。", "二。", "局（印章）")] == [None, True, True]


WHERE = b"\n#context [#metadata((query(<end>).first(), query(<seal>).first()).map(it => it.location().page())) <pages>]"
"""Asks the layout on which pages the last line of the text, and seal and day, stand."""


def test_nor_on_a_page_of_the_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    def pages(lines: int) -> list[int]:
        texts = {"facts": "\n".join(["甲"] * lines)}
        sheet = fill(PLAIN, facts={}, texts=texts, number="", signed="局", day=date(2022, 6, 1), matter="")
        told: list[int] = json.loads(as_pdf(sheet))
        return told

    def asked(source: bytes, **same: Any) -> Any:
        same.pop("format")
        return typst.query(source + WHERE, "<pages>", field="value", one=True, **same)

    monkeypatch.setattr(typst, "compile", asked)
    found = [pages(lines) for lines in range(10, 40)]

    assert [pair for pair in found if pair[0] != pair[1]] == []
    assert {text for text, _seal in found} == {1, 2}, "the text's end passed over the page's"


def test_papers_cite_articles_as_laws_number_them(bureau: Bureau) -> None:
    procedure = rulebook.procedure("petition@2")
    assert cited(procedure, "PR 22, 30") == "《信访工作条例》第二十二条、第三十条"
    said = {10: "十", 35: "三十五", 100: "一百", 101: "一百零一", 112: "一百一十二"}
    assert {n: cited(procedure, f"PR {n}") for n in said} == {
        n: f"《信访工作条例》第{word}条" for n, word in said.items()
    }
