"""What is found in replies before they leave, on short texts of our own. No database."""

import pytest

from huiyin.cases.reply_check import _RULES, Reply, check, words

LAMP = "东城路小学门口的路灯坏了三天"
GOOD = (
    "您好！您反映的东城路路灯不亮，我局3月2日到现场查看，是电缆被挖断。已更换电缆20米，当晚恢复照明。"
    "如再有问题请拨打0558-4812345。"
)


def found(text: str, about: str = LAMP, *, field: str = "reply", action: str = "complete", **more: object) -> list[str]:
    reply = Reply(text, field, about, str(more.get("procedure", "hotline")), action, more.get("own", ()))  # type: ignore[arg-type]
    return [one.name for one in check(reply)]


def test_a_good_reply_has_no_findings() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("经查，您的医保缴费记录完整，3月1日已到账，可在窗口打印凭证。", "off_topic"),
        ("路灯的事我们知道了，请您放心。", "no_facts"),
        ("经现场核实，您要求增加的路灯不予安装。", "no_basis"),
        ("经现场核实，路灯电缆被挖断，正在联系施工单位，将尽快修好。", "no_next_step"),
        ("感谢您的来电。我局高度重视，将进一步加强管理，敬请谅解。", "platitudes"),
        ("您好！您反映的路灯，我局已于[日期]到现场核实并处理。", "gap"),
        ("路灯坏了不归我们管，你自己想办法。", "rude"),
        ("经现场核实，路灯已修复，电工手机13900000001，可随时联系。", "personal_data"),
        ("经现场核实，路灯已修复，报修人身份证号11010519491231002X已登记。", "personal_data"),
    ],
)
def test_each_finding_is_found(text: str, finding: str) -> None:
    assert finding in found(text)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("经核实，路灯已更换。", "no_facts"),
        ("按照《城市道路照明设计标准》，该处暂不增设路灯。", "no_basis"),
        ("经核实路灯电缆被挖断，正在抢修，3月5日前恢复。", "no_next_step"),
        ("经核实路灯电缆被挖断，正在抢修，三个工作日内恢复。", "no_next_step"),
        ("路灯已修复，今后将加强巡查。", "no_next_step"),
        (f"感谢您的来电。{GOOD}", "platitudes"),
        ("请拨打0558-4812345或12345咨询路灯维修，工作时间8:00至18:00。", "personal_data"),
        ("经核实，照明设施已修好，路口也一并检查。", "off_topic"),
    ],
)
def test_what_is_said_properly_is_no_finding(text: str, finding: str) -> None:
    assert finding not in found(text, about=LAMP if finding != "off_topic" else "路口路灯照明设施")


def test_a_finding_says_where_it_stands() -> None:
    text = "路灯坏了不归我们管，请联系13900000001。"
    spans = {
        one.name: [text[a:b] for a, b in one.spans] for one in check(Reply(text, "reply", LAMP, "hotline", "complete"))
    }

    assert spans["rude"] == ["不归我们管"]
    assert spans["personal_data"] == ["13900000001"]


def test_what_the_requester_gave_of_themselves_is_not_to_be_repeated() -> None:
    assert "personal_data" in found("已电话回访4812345，路灯已修复。", own=("王建国", "4812345"))
    assert "personal_data" not in found("王建国您好，路灯已修复。", own=("王建国", "4812345"))


def test_the_way_against_a_refusal_is_asked_for_where_it_is_owed() -> None:
    refused = "依据个人信息保护法，保存期限未满，暂不删除。"

    assert "no_review_right" in found(refused, field="explanation", action="refuse", procedure="personal_data")
    told = refused + "不服可以向人民法院提起诉讼。"
    assert "no_review_right" not in found(told, field="explanation", action="refuse", procedure="personal_data")
    assert "no_review_right" not in found(refused, field="explanation", action="refuse")


def test_nothing_is_said_of_nothing() -> None:
    assert found("  ") == found("路灯", field="statement") == []
    assert "off_topic" not in found("经核实已处理。", about="")


def test_the_file_and_the_rules_know_the_same_findings() -> None:
    known = words()

    assert set(_RULES) == set(known.findings) == {name for names in known.fields.values() for name in names}
