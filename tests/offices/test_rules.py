"""Procedures and limits on pages: read in words, compared, checked, published by the administrator alone."""

import copy
import re
from datetime import date, timedelta
from typing import Any

import pytest
import yaml
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.cases import registry, rulebook
from huiyin.cases.models import Case, Publication
from huiyin.cases.procedures import layout
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.open import open_case
from huiyin.cases.services.publish import Sort, publish_packaged
from huiyin.disputes.ruled import rule_on
from huiyin.hotline import replies
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError, HuiyinError, Refused
from huiyin.offices import compare, due_dates, faults, rules
from huiyin.offices.rule_words import rule_words
from huiyin.receptions import roster
from huiyin.receptions.models import Receiver
from huiyin.receptions.rota import rota
from tests.conftest import SetClock
from tests.factories.cases import case_in, look, opening
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

TOMORROW = date(2021, 3, 3)


def changed(key: str = "hotline@1", sort: Sort = "procedure", **into: Any) -> str:
    """The next version of a document, with some of its parts set to something else by path (`states__received__…`)."""
    raw = yaml.safe_load(rules.next_text(sort, key))
    for path, value in into.items():
        *above, last = path.split("__")
        part = raw
        for name in above:
            part = part[int(name) if name.isdecimal() else name]
        if value is None:
            del part[last]
        else:
            part[last] = value
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False)


def publish(hotline: SmallCity, text: str, sort: Sort = "procedure") -> Publication:
    seen = rules.check(sort, text).digest
    return rules.publish(hotline.administrator, sort, text, seen=seen, reason="依据界政办〔2021〕5号")


def refusal(sort: Sort, text: str) -> str:
    """The code of what checking raises; nothing is published."""
    before = Publication.objects.count()
    with pytest.raises(HuiyinError) as caught:
        rules.check(sort, text)
    assert Publication.objects.count() == before
    return caught.value.code


RENAMED: dict[str, Any] = {"states__received__title": {"zh": "待审看", "en": "Awaiting a look"}}


def test_every_name_that_a_procedure_may_use_has_words_for_people() -> None:
    known, written = registry.vocabulary(), rule_words()

    for sort in ("guards", "conditions", "effects", "relations", "recipients", "deeds"):
        assert set(getattr(written, sort)) == getattr(known, sort), sort


def test_a_new_version_holds_from_its_first_day_and_old_matters_keep_theirs(hotline: SmallCity, at: SetClock) -> None:
    old = case_in(hotline, "received")
    draft = rules.check("procedure", changed(**RENAMED))
    assert (draft.going_on, draft.lacking, [section.title for section in draft.sections]) == (1, [], ["总则", "状态"])
    (state,) = draft.sections[1].changes
    assert (state.what, list(state.rows)) == ("changed", [("名称", "待受理", "待审看")])

    row = publish(hotline, changed(**RENAMED))

    assert (row.key, row.since, row.published_by) == ("hotline@2", TOMORROW, "user:administrator")
    entry = Entry.objects.get(action="publish_rules")
    assert (entry.subject, entry.actor, entry.reason) == ("rules:hotline@2", row.published_by, "依据界政办〔2021〕5号")
    at("2021-03-03 09:30")
    new = open_case(actor=hotline.operator, opening=opening())
    followed = dict(Case.objects.values_list("number", "procedure"))
    assert followed == {old: "hotline@1", new.number: "hotline@2"}
    assert [(v.key, v.standing) for v in rules.versions("procedure", "hotline")] == [
        ("hotline@2", "now"), ("hotline@1", "past"),
    ]  # fmt: skip


def test_a_sealed_matter_is_in_no_count(hotline: SmallCity) -> None:
    case_in(hotline, "received")
    sealed = case_in(hotline, "received")
    Case.objects.filter(number=sealed).update(confidentiality="sealed")

    assert rules.check("procedure", changed(**RENAMED)).going_on == 1


@pytest.mark.parametrize(
    ("into", "code"),
    [
        ({"version": 1}, "old_version"), ({"in_force": {"from": date(2021, 3, 1)}}, "backdated"),
        ({"states__received__holder": "king"}, "bad_document"), ({"actions__accept__guards": ["x"]}, "bad_procedure"),
        ({"clocks__extra": {"title": {"zh": "新时限", "en": "New"}, "basis": "BJ 1"},
          "actions__accept__clocks__start": ["extra"], "actions__dispatch__clocks__meet": ["extra", "dispatch"],
          "in_force": {"from": date(2021, 3, 2)}}, "limits_lacking"),
    ],
)  # fmt: skip
def test_what_could_not_be_followed_is_refused(hotline: SmallCity, into: dict[str, Any], code: str) -> None:
    assert refusal("procedure", changed(**into)) == code


def test_a_version_is_published_once_and_never_behind_a_later_one(hotline: SmallCity) -> None:
    text = changed(**RENAMED, in_force={"from": date(2021, 4, 1)})
    publish(hotline, text)

    assert refusal("procedure", text) == "published_same"
    assert refusal("procedure", changed(version=3, in_force={"from": TOMORROW})) == "before_newest"
    assert refusal("procedure", " ") == "bad_input"
    assert refusal("procedure", "a: [") == "bad_yaml"


def test_only_what_was_seen_is_published_with_a_reason_and_by_the_administrator(hotline: SmallCity) -> None:
    text = changed(**RENAMED)
    seen = rules.check("procedure", text).digest

    def attempt(who: str, text: str, seen: str, reason: str) -> str:
        with pytest.raises(HuiyinError) as caught:
            rules.publish(getattr(hotline, who), "procedure", text, seen=seen, reason=reason)
        assert not Publication.objects.filter(key="hotline@2").exists()
        return caught.value.code

    for who in ("operator", "supervisor", "leader", "auditor", "security_officer", "stranger", "transport_head"):
        assert attempt(who, text, seen, "试") == "not_allowed"
    assert attempt("administrator", text + "\n# more", seen, "试") == "changed_since"
    assert attempt("administrator", text, seen, " ") == "bad_input"
    assert not Entry.objects.exists()


def test_a_clock_without_length_is_told_until_the_limits_have_it(hotline: SmallCity, client: Client) -> None:
    more: dict[str, Any] = {
        "clocks__extra": {"title": {"zh": "新时限", "en": "New"}, "basis": "BJ 1"},
        "actions__accept__clocks__start": ["answer", "dispatch", "extra"],
        "actions__dispatch__clocks__meet": ["extra", "dispatch"],
    }
    text = changed(**more)
    assert rules.check("procedure", text).lacking == ["extra"]
    publish(hotline, text)
    client.force_login(hotline.users["administrator"])
    assert "新时限" in client.get("/offices/procedures/").content.decode()
    assert "hotline@2" in client.get("/offices/").content.decode()

    limits = yaml.safe_load(rules.next_text("limits", "jieshou-hotline@1"))
    limits["limits"].append({"procedure": "hotline", "clock": "extra", "length": 2, "unit": "workdays", "source": "试"})
    publish(hotline, yaml.safe_dump(limits, allow_unicode=True), "limits")

    assert rules.lacking_limits(rulebook.procedure("hotline@2")) == []


def test_limits_must_cover_every_version_whose_matters_they_rule(hotline: SmallCity) -> None:
    publish(hotline, changed(clocks__ruling=None, in_force={"from": date(2021, 5, 1)}, **_without("ruling")))
    text = rules.next_text("limits", "jieshou-hotline@1")
    without = "\n".join(line for line in text.splitlines() if "clock: ruling" not in line)

    assert refusal("limits", without) == "bad_limits", "matters from before May follow the version before"


def _without(clock: str) -> dict[str, Any]:
    """The clocks of every action that names this one, without it."""
    raw, into = yaml.safe_load(rules.text_of("procedure", "hotline@1")), {}
    for name, action in raw["actions"].items():
        for verb, names in action.get("clocks", {}).items():
            if isinstance(names, list) and clock in names:
                into[f"actions__{name}__clocks__{verb}"] = [one for one in names if one != clock]
    return into


@pytest.mark.parametrize(
    ("into", "told"),
    [
        ({"states__received__holder": "king"}, [("states.received.holder", "应为")]),
        ({"states__received__holder": None}, [("states.received.holder", "缺这一项。")]),
        ({"surprise": 1}, [("surprise", "没有这一项，请核对拼写。")]),
        ({"actions__accept__guards": ["unit_in_forc"]},
         [("actions.accept.guards", "没有“unit_in_forc”这个名称。是不是：unit_in_force")]),
        ({"states__alone": {"title": {"zh": "孤立", "en": "Alone"}, "holder": "desk"}},
         [("states.alone", "没有办理能到这个状态。"), ("states.alone", "没有办理能离开这个状态")]),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_place_in_the_language_of_the_page(
    hotline: SmallCity, into: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    with pytest.raises(ConfigError) as caught:
        rules.check("procedure", changed(**into))

    said = faults.told(caught.value)
    for place, sentence in told:
        assert any(found == place and words.startswith(sentence) for found, words in said), said


def _leaves(part: Any, path: str = "") -> list[str]:
    """Every place of a document where one text, number or flag stands."""
    if isinstance(part, dict):
        return [leaf for key, value in part.items() for leaf in _leaves(value, f"{path}__{key}" if path else str(key))]
    if isinstance(part, list):
        return [leaf for n, value in enumerate(part) for leaf in _leaves(value, f"{path}__{n}")]
    return [path]


NAMED = {"states", "actions", "clocks", "notices", "inputs", "choices", "sources", "elsewhere", "acts_for"}


def _sort_of(leaf: str) -> str:
    """The same for all actions, all their inputs, all lines: one of each sort is tried."""
    parts = leaf.split("__")
    return "__".join("*" if (n and parts[n - 1] in NAMED) or part.isdecimal() else part for n, part in enumerate(parts))


def test_whatever_is_changed_is_told(hotline: SmallCity) -> None:
    """Every sort of wording, number and flag of a procedure and of the limits, one at a time."""
    documents: list[tuple[Any, type[Procedure | LimitPolicy]]] = [
        (rulebook.procedure("consult@1"), Procedure), (rulebook.limit_policy("jieshou-hotline@1"), LimitPolicy),
    ]  # fmt: skip
    untold = []
    for before, shape in documents:
        raw = before.model_dump(mode="json", by_alias=True)
        for leaf in {_sort_of(leaf): leaf for leaf in _leaves(raw)}.values():
            if leaf in ("version", "name"):
                continue
            after = _with_other(raw, leaf, shape)
            if after is not None and after != before:
                told = compare.procedures(before, after) if shape is Procedure else compare.policies(before, after, {})
                untold += [leaf] * (not told)
    assert untold == []


def _with_other(raw: dict[str, Any], leaf: str, shape: Any) -> Any:
    """The document with something else at that place; None where nothing else can stand there."""
    other = copy.deepcopy(raw)
    *above, last = leaf.split("__")
    part = other
    for name in above:
        part = part[int(name) if isinstance(part, list) else name]
    key: Any = int(last) if isinstance(part, list) else last
    old = part[key]
    others = (not old,) if isinstance(old, bool) else (old + 1,) if isinstance(old, int) else (f"{old}x", "2030-01-01")
    for new in others:
        part[key] = new
        try:
            return shape.model_validate(other)
        except ValueError:
            continue
    return None


def test_due_dates_stand_side_by_side(hotline: SmallCity, at: SetClock) -> None:
    before = rulebook.limit_policy("jieshou-hotline@1")
    text = rules.next_text("limits", "jieshou-hotline@1")
    text = re.sub(r"(clock: answer, )length: 5", r"\1length: 6", text)
    after = rules.check("limits", text).document
    assert isinstance(after, LimitPolicy)

    lines = due_dates.side_by_side(before, after, rules.current(), at("2021-09-28 09:30"))

    moved = [line for line in lines if line.moved]
    assert [line.about["时限"] for line in moved] == ["答复时限"]
    (line,) = moved
    assert line.before is not None
    assert line.after is not None
    days = [clock.local_date(due - timedelta(seconds=1)).isoformat() for due in (line.before, line.after)]
    assert days == ["2021-10-11", "2021-10-12"]
    assert lines[0] is line


@pytest.mark.parametrize("name", ["hotline", "consult", "mailbox", "letter", "personal_data"])
def test_a_drawing_has_every_state_once_and_every_way(hotline: SmallCity, name: str) -> None:
    procedure = rulebook.procedure(f"{name}@1")
    drawn = layout.layout(procedure, "zh")

    places = {(box.x, box.y) for box in drawn.boxes}
    assert {box.name for box in drawn.boxes} == set(procedure.states)
    assert len(places) == len(procedure.states)
    assert all(0 <= x <= drawn.width - layout.WIDTH and 0 <= y <= drawn.height - layout.HEIGHT for x, y in places)
    words = " / ".join([line.label for line in drawn.lines] + [one.title for one in drawn.anywhere])
    moving = [a for a in procedure.actions.values() if any(t != o for o in a.origins for t in a.targets(o))]
    assert [a.title.zh for a in moving if a.title.zh not in words] == []


# The pages


def test_from_the_published_text_to_a_new_version_on_the_page(hotline: SmallCity) -> None:
    browser = Client()
    browser.force_login(hotline.users["administrator"])
    prefilled = browser.get("/offices/procedures/new/?from=hotline@1").content.decode()
    assert "version: 2" in prefilled

    faulty = browser.post("/offices/procedures/new/", {"text": changed(surprise=1), "do": "check"})
    assert (faulty.status_code, "没有这一项" in faulty.content.decode()) == (422, True)
    text = changed(**RENAMED)
    seen = browser.post("/offices/procedures/new/", {"text": text, "do": "check"})
    assert (seen.status_code, "待审看" in seen.content.decode()) == (200, True)
    found = re.search(r'name="seen" value="(\w+)"', seen.content.decode())
    assert found is not None
    given = {"text": text, "seen": found[1], "do": "publish"}
    bare = browser.post("/offices/procedures/new/", given)
    assert (bare.status_code, "请写明理由和依据" in bare.content.decode()) == (422, True)
    done = browser.post("/offices/procedures/new/", given | {"reason": "更名"})
    assert done["Location"] == "/offices/procedures/hotline@2/?done=1"
    page = browser.get("/offices/procedures/hotline@2/").content.decode()
    assert "朱守正" in page
    assert "更名" in page
    assert "将施行" in page


def test_a_document_comes_as_a_file_too(hotline: SmallCity) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = Client()
    browser.force_login(hotline.users["administrator"])
    text = changed(**RENAMED)
    file = SimpleUploadedFile("hotline.yaml", text.encode("utf-8-sig"))
    page = browser.post("/offices/procedures/new/", {"file": file, "do": "check"}).content.decode()
    assert "检查通过" in page
    assert "待审看" in page
    wrong = browser.post("/offices/procedures/new/", {"file": SimpleUploadedFile("x", b"\xff\xfe"), "do": "check"})
    assert wrong.status_code == 422


def test_everybody_who_works_here_reads_and_nobody_else_changes(hotline: SmallCity) -> None:
    publish(hotline, changed(**RENAMED))
    for who in ("operator", "transport_clerk", "auditor", "security_officer"):
        browser = Client()
        browser.force_login(hotline.users[who])
        for path in ("", "procedures/", "procedures/hotline@1/", "procedures/hotline@1/?state=dispatched",
                     "procedures/hotline@2/compare/", "procedures/hotline@1/compare/", "procedures/hotline@1/text/",
                     "limits/", "limits/jieshou-hotline@1/", "limits/jieshou-hotline@1/compare/"):  # fmt: skip
            assert browser.get(f"/offices/{path}").status_code == 200, path
        assert browser.get("/offices/procedures/new/").status_code == 403
        assert browser.post("/offices/limits/new/", {"text": "x"}).status_code == 403
    assert browser.get("/offices/procedures/nothing@1/").status_code == 404
    assert browser.get("/offices/procedures/hotline@2/compare/?with=consult@1").status_code == 404
    assert browser.get("/offices/limits/hotline@1/").status_code == 404


# Texts to begin an answer with


def test_another_text_is_offered_from_its_day_on(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "in_progress")
    text = changed("jieshou-replies@1", "replies", replies__done__text__zh="您好！{title}已处理，编号{number}。")
    draft = rules.check("replies", text)
    assert [(c.title, [row[0] for row in c.rows]) for s in draft.sections for c in s.changes][-1] == (
        "已办结", ["中文"],
    )  # fmt: skip
    publish(hotline, text, "replies")

    def begun() -> str:
        return next(str(one.text) for one in replies.replies(look(number), "complete") if one.name == "done")

    assert "现场核实" in begun()
    at("2021-03-03 09:30")
    assert begun() == f"您好！{look(number).case.shown_title.rstrip('。')}已处理，编号{number}。"


@pytest.mark.parametrize(
    ("into", "told"),
    [
        ({"replies__done__text__zh": "{name}您好"}, "没有“name”这个名称"),
        ({"replies__done__text__en": "{"}, "花括号要成对"),
        ({"replies__done__text__en": "{}"}, "没有“”这个名称"),
        ({"replies__done__actions": ["nothing"]}, "没有“nothing”"),
        ({"replies__done__field": "evidences"}, "“complete”没有“evidences”"),
    ],
)  # fmt: skip
def test_a_text_that_could_not_be_filled_in_is_refused(hotline: SmallCity, into: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules.check("replies", changed("jieshou-replies@1", "replies", **into))

    assert any(sentence.startswith(told) for _place, sentence in faults.told(caught.value))


def test_texts_are_read_with_an_example_and_published_on_the_page(hotline: SmallCity) -> None:
    browser = Client()
    browser.force_login(hotline.users["administrator"])
    page = browser.get("/offices/replies/jieshou-replies@1/").content.decode()
    assert "您反映的“南园小区门口的路灯不亮”" in page
    text = changed("jieshou-replies@1", "replies", replies__done__text__zh="您好！{title}已处理。")

    shown = browser.post("/offices/replies/new/", {"text": text, "do": "check"}).content.decode()
    assert "您好！南园小区门口的路灯不亮已处理。" in shown
    seen = rules.check("replies", text).digest
    given = {"text": text, "do": "publish", "seen": seen, "reason": "更简短"}
    assert browser.post("/offices/replies/new/", given)["Location"] == "/offices/replies/jieshou-replies@2/?done=1"
    assert browser.get("/offices/replies/").status_code == 200
    assert "已处理" in browser.get("/offices/replies/jieshou-replies@2/compare/").content.decode()


def test_a_home_that_published_no_texts_offers_the_packaged_ones(hotline: SmallCity) -> None:
    Publication.objects.filter(sort="replies").delete()
    rulebook.forget()

    assert replies.in_force().key == "jieshou-replies@1"


# The rota of receptions, and how disputes are graded


def test_the_city_changes_its_rota_from_a_day_on_and_nobody_in_office_falls_out_of_it(hotline: SmallCity) -> None:
    roster.appoint(actor=hotline.reception_secretary, username="leader", rank="head", unit="jieshou")
    text = changed("jieshou-rota@1", "rota", ranks__head__least=2, programmes__four_to_the_grassroots__items__law={
        "zh": "法律服务下基层", "en": "Legal advice on the spot"})  # fmt: skip
    draft = rules.check("rota", text)
    assert [(s.title, c.title, c.rows[0][1:]) for s in draft.sections[1:] for c in s.changes] == [
        ("接访职级", "市长", ("每月至少1次", "每月至少2次")),
        ("活动名目", "四下基层", (
            "宣传政策下基层、调查研究下基层、信访接待下基层、现场办公下基层",
            "宣传政策下基层、调查研究下基层、信访接待下基层、现场办公下基层、法律服务下基层")),
    ]  # fmt: skip

    publish(hotline, text, "rota")

    assert [rota(day).ranks["head"].least for day in (clock.today(), TOMORROW)] == [1, 2]
    with pytest.raises(ConfigError) as caught:
        rules.check("rota", changed("jieshou-rota@2", "rota", ranks__head=None))
    assert faults.told(caught.value) == [("ranks", "还有人按“head”接访，不能没有这个职级；请先登记他们离任。")]
    assert refusal("rota", changed("jieshou-rota@2", "rota", day__capacity=9)) == "bad_document"


def test_a_city_with_another_rank_is_set_up_again(hotline: SmallCity, at: SetClock) -> None:
    another = {"zh": "专职副书记", "en": "Full-time deputy"}
    rank = {"title": another, "least": 1, "period": "month", "source": "市委常委会纪要"}
    publish(hotline, changed("jieshou-rota@1", "rota", ranks__fulltime=rank), "rota")
    at("2021-03-04 09:00")
    roster.appoint(actor=hotline.reception_secretary, username="leader", rank="fulltime", unit="jieshou")

    assert "jieshou-rota@1" in publish_packaged(actor=hotline.administrator, package="huiyin.receptions")

    Receiver.objects.update(valid_to=date(2021, 3, 20))
    without = changed("jieshou-rota@2", "rota", ranks__fulltime=None)
    assert refusal("rota", without) == "bad_rota", "they receive by it until the twentieth"
    assert rules.check("rota", without.replace("2021-03-05", "2021-03-21"))


def test_another_grade_holds_for_what_is_found_from_its_day_on(hotline: SmallCity) -> None:
    new: dict[str, Any] = {"grades__2__persons": 5, "sweeps__1__cycle": "week", "warning__matters": 4}
    with pytest.raises(Refused, match="2021-03-03在一轮排查中间") as caught:
        rules.check("grades", changed("jieshou-grades@1", "grades", **new))
    assert "2021-11-01" in str(caught.value.do), "a Monday with which a month begins"
    monday = {"from": date(2021, 11, 1)}
    publish(hotline, changed("jieshou-grades@1", "grades", in_force=monday, **new), "grades")

    before, after = rule_on(clock.today()), rule_on(date(2021, 11, 1))
    assert [(r.grades[2].persons, str(r.sweeps[1].cycle), r.warning.matters) for r in (before, after)] == [
        (3, "month", 3), (5, "week", 4),
    ]  # fmt: skip
    swapped = yaml.safe_load(rules.next_text("grades", "jieshou-grades@2"))
    swapped["grades"].reverse()
    assert refusal("grades", yaml.safe_dump(swapped, allow_unicode=True)) == "bad_grades"


@pytest.mark.parametrize(("sort", "key"), [("rota", "jieshou-rota"), ("grades", "jieshou-grades")])
def test_both_are_read_by_all_and_published_by_the_administrator_on_a_page(
    hotline: SmallCity, sort: Sort, key: str
) -> None:
    clerk, administrator = Client(), Client()
    clerk.force_login(hotline.users["transport_clerk"])
    administrator.force_login(hotline.users["administrator"])
    text = rules.next_text(sort, f"{key}@1").replace("参照值", "试行")
    for address in ("", f"{key}@1/", f"{key}@1/compare/", f"{key}@1/text/"):
        assert clerk.get(f"/offices/{sort}/{address}").status_code == 200
    assert clerk.get(f"/offices/{sort}/new/").status_code == 403

    shown = administrator.post(f"/offices/{sort}/new/", {"text": text, "do": "check"}).content.decode()
    assert "检查通过" in shown
    given = {"text": text, "do": "publish", "seen": rules.check(sort, text).digest, "reason": "市委常委会纪要"}
    assert administrator.post(f"/offices/{sort}/new/", given)["Location"] == f"/offices/{sort}/{key}@2/?done=1"
    page = clerk.get(f"/offices/{sort}/{key}@2/").content.decode()
    assert "市委常委会纪要" in page
    assert "试行" in clerk.get(f"/offices/{sort}/{key}@2/compare/").content.decode()
