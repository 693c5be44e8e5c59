"""The auditor's page: found by who, what, whom and when; every code in words."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from huiyin.audit.details import Detail
from huiyin.audit.models import Entry
from huiyin.audit.services import history, record
from huiyin.cases import worklists
from huiyin.offices import people, role_history
from huiyin.offices.web import audit_words
from huiyin.offices.web.audit_words import ACTIONS, KEYS, about, told
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def words(action: str, detail: dict[str, Any], **names: str) -> str:
    return " · ".join(f"{name} {value}" for name, value in told(detail, {f"user:{who}": n for who, n in names.items()}))


def test_the_audit_is_the_auditor_s_and_is_found_by_who_what_whom_and_when(hotline: SmallCity, client: Client) -> None:
    user = people.add(hotline.administrator, username="newcomer", name="尤新来")
    people.grant(hotline.security_officer, user, unit="transport", role="unit_clerk")
    client.force_login(hotline.users["auditor"])

    def shown(query: str) -> str:
        return client.get(f"/offices/audit/?{query}").content.decode()

    for whom in (user.key, "newcomer", "尤新来"):
        page = shown(f"subject={whom}")
        assert (page.count("<tr>"), "秦安和" in page, "岗位</span> 承办单位经办人" in page) == (3, True, True)
    assert shown("actor=秦安和").count("<tr>") == 2
    assert "新建账号" in shown("action=add_user")
    assert "没有符合的记录" in shown("actor=nobody")
    assert "没有符合的记录" in shown("last=2020-01-01")
    assert shown("first=2020-01-01").count("<tr>") > 2
    for wrong in ("before=x", "since=x", "first=yesterday", "actor=%00"):
        assert client.get(f"/offices/audit/?{wrong}").status_code == 422
    for who in ("administrator", "security_officer", "leader", "operator"):
        client.force_login(hotline.users[who])
        assert client.get("/offices/audit/").status_code == 403
        assert client.get("/offices/audit/?format=csv").status_code == 403


def test_the_audit_leaves_as_a_file_and_that_is_written_down(hotline: SmallCity, client: Client) -> None:
    people.add(hotline.administrator, username="newcomer", name="尤新来")
    client.force_login(hotline.users["auditor"])

    answer = client.get("/offices/audit/?action=add_user&format=jsonl")
    [line] = b"".join(answer).decode().splitlines()

    assert {name: json.loads(line)[name] for name in ("actor", "action", "subject")} == {
        "actor": "朱守正", "action": "新建账号", "subject": "尤新来",
    }  # fmt: skip
    [entry] = Entry.objects.filter(action="export_audit")
    assert (entry.actor, json.loads(entry.detail)) == ("user:auditor", {"as": "jsonl", "rows": 1})
    assert client.get("/offices/audit/?format=pdf").status_code == 422


def test_every_entry_that_is_written_has_a_name() -> None:
    written: set[str] = set()
    texts = (file.read_text(encoding="utf-8") for file in Path(people.__file__).parents[1].rglob("*.py"))
    for text in texts:
        for node in ast.walk(ast.parse(text)) if "audit" in text else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"record", "audit"}:
                given = [word.value for word in node.keywords if word.arg == "action"]
                written |= {
                    str(one.value) for value in given for one in ast.walk(value) if isinstance(one, ast.Constant)
                }

    assert len(written) > 15
    assert written - set(ACTIONS) == set()


def test_every_key_that_an_entry_may_have_has_words_in_both_languages() -> None:
    # What isn't declared in Detail is refused where it is written, by the type checker.
    assert set(KEYS) == set(Detail.__annotations__)
    for language, latin in (("zh-hans", False), ("en", True)):
        with translation.override(language):
            assert {name for name, title in KEYS.items() if str(title).isascii() != latin} == set()


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"by": "password"}, "方式 密码"),
        ({"unit": "transport", "role": "unit_clerk", "since": "2021-09-23", "until": None},
         "单位 界首市交通运输局 · 岗位 承办单位经办人 · 自 2021-09-23"),
        ({"view": "hotline.accepted", "filters": {"kind": "help", "q": "路灯"}},
         "清单 热线工单 · 待派遣 · 筛选 求助、查找“路灯”"),
        ({"view": "open", "rows": 12345, "began": 7}, "清单 全部在办 · 行数 12,345 · 对应导出记录 7"),
        ({"what": "contact", "because": "on_site"}, "看了什么 联系方式 · 理由类别 到现场办理"),
        ({"what": "3/body", "because": "other"}, "看了什么 经过第3条的原文 · 理由类别 其他（请写明）"),
        ({"from": "leader", "to": "operator"}, "自 韩明远 · 移交给 钱小满"),
        ({"figure": "received", "from": "2021-09-01", "until": "2021-09-30"},
         "指标 收件数 · 自 2021-09-01 · 至 2021-09-30"),
        ({"flag": "threats", "ruling": "upheld"}, "标记 威胁 · 核定 属实"),
        ({"scopes": ["audit:entry:read"], "days": 90}, "令牌范围 查看审计 · 天数 90"),
        ({"fields": ["display_name", "phone"]}, "改了 姓名、电话"),
        ({"works": False, "name": "暴雨停休"}, "上班 否 · 名称 暴雨停休"),
        ({"digest": "0f" * 32}, "摘要 0f0f0f0f0f0f"),
        ({"old_key": "as it stands"}, "old_key as it stands"),
    ],
)  # fmt: skip
def test_details_are_told_in_words(hotline: SmallCity, detail: dict[str, Any], said: str) -> None:
    assert words("", detail, leader="韩明远", operator="钱小满") == said


@pytest.mark.parametrize(
    ("action", "subject", "said"),
    [
        ("set_duty", "unit:transport", "单位 界首市交通运输局"),
        ("export_worklist", "hotline.accepted", " 热线工单 · 待派遣"),
        ("export_ended", "received", " 收件数"),
        ("export_hot_issues", "found", " 待研判"),
        ("export_posts", "posts", " 村警和法律顾问名单"),
        ("ring_back", "call:019ddddd-0000-7000-8000-00000000abcd", "来电 00000000abcd"),
        ("add_webhook", "019ddddd-0000-7000-8000-00000000abcd", "推送 00000000abcd"),
        ("reveal_contact", "210923-000001-8", " 210923-000001-8"),
    ],
)
def test_what_an_entry_is_about_is_told_in_words(hotline: SmallCity, action: str, subject: str, said: str) -> None:
    assert "{} {}".format(*about(action, subject, {})) == said


def test_every_worklist_is_called_by_a_name_in_the_audit(hotline: SmallCity) -> None:
    names = {view.name for actor in hotline.everyone() for view in worklists.views(actor)}

    assert "hotline.accepted" in names
    assert {name for name in names if audit_words._view(name) == name} == set()


def test_roles_tell_what_changed_in_them_and_since_when(hotline: SmallCity, client: Client) -> None:
    before = {"operator": {"scope": "unit", "rights": ["cases:case:read_all", "audit:entry:read"]}, "scribe": {
        "scope": "all", "rights": ["people:user:manage"],
    }}  # fmt: skip
    old: Detail = {"edition": "0" * 12, "version": "0.0.1", "roles": before}
    record(actor="system:sweep", action="adopt_roles", subject=role_history.SUBJECT, detail=old)

    assert [role_history.note_roles(), role_history.note_roles()] == [True, False]
    newest, first = role_history.editions()

    assert (first.changed, first.many, len(history(role_history.SUBJECT))) == (None, 2, 2)
    changed = {one.name: one for one in newest.changed or []}
    assert (changed["scribe"].sort, changed["dispatcher"].sort) == ("gone", "new")
    assert [list(map(str, part)) for part in (changed["operator"].less, changed["operator"].reach)] == [
        ["查看审计"], ["限于任职的单位", "全市"],
    ]  # fmt: skip
    user = people.add(hotline.administrator, username="newcomer", name="尤新来")
    people.grant(hotline.security_officer, user, unit="transport", role="unit_clerk")
    client.force_login(hotline.users["security_officer"])
    page = client.get("/offices/roles/").content.decode()
    assert ("取消的角色" in page, "程序0.0.1版" in page, page.count("到任")) == (True, True, 1)
    client.force_login(hotline.users["operator"])
    page = client.get("/offices/roles/").content.decode()
    assert ("取消的角色" in page, "到任" in page) == (True, False)
