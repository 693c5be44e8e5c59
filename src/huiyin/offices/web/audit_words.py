"""The audit in words: what entries are called, what they are about, and each of their details."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from huiyin.calls.enums import Ruling
from huiyin.calls.queries import TITLES as CALLS
from huiyin.calls.web.forms import FLAGS, OUTCOMES
from huiyin.cases import catalogue, rulebook
from huiyin.cases.services.reveal import CONTACT, HEADING, REASONS
from huiyin.cases.web.hot_issues import SHOWN as ISSUES
from huiyin.cases.web.lists import filter_words
from huiyin.cases.worklists import Filters
from huiyin.disputes.web.views import LEVELS
from huiyin.metrics.definitions import DEFINITIONS
from huiyin.offices.role_words import WORDS as RIGHTS
from huiyin.org.reference import org
from huiyin.receptions.counted import FIGURES
from huiyin.receptions.web.words import rank_title
from huiyin.webkit import words
from huiyin.webkit.templatetags.huiyin import role

ACTIONS = {
    "sign_in": _("登录"), "sign_out": _("退出"), "sign_in_failed": _("登录失败"), "idle_out": _("久未操作，自动退出"),
    "end_session": _("结束登录"), "second_factor_on": _("启用第二步验证"),
    "second_factor_off": _("停用第二步验证"), "recovery_codes": _("换恢复码"),
    "add_user": _("新建账号"), "change_user": _("更改账号"), "activate_user": _("恢复账号"),
    "deactivate_user": _("停用账号"), "password_link": _("生成密码链接"), "choose_password": _("设置密码"),
    "grant_posting": _("给岗位"), "end_posting": _("结束任职"), "withdraw_posting": _("撤回任职"),
    "issue_token": _("签发令牌"),
    "revoke_token": _("撤销令牌"), "reveal_contact": _("查看联系方式"), "reveal_heading": _("查看原标题和地址"),
    "reveal_text": _("查看原文"), "open_file": _("打开材料"), "find_by_phone": _("按电话查找"),
    "ask_language_model": _("请语言模型看答复"),
    "personal_copy": _("取个人信息副本"), "export_worklist": _("导出清单"), "export_ended": _("导出结束"),
    "retention_run": _("开始到期删除"), "retention_done": _("到期删除结束"), "erased_again": _("恢复备份后重新删除"),
    "add_webhook": _("新建推送"), "end_webhook": _("停止推送"), "retry_webhook": _("再送"),
    "replay_webhook": _("重送"), "drop_webhook": _("放弃推送"),
    "rotate_webhook": _("换推送密钥"), "rotate_partner": _("换上级平台密钥"),
    "add_partner": _("新增上级平台"), "end_partner": _("停止上级平台"), "retry_partner": _("再试往来消息"),
    "drop_message": _("放弃往来消息"),
    "appoint_receiver": _("登记接访领导"), "end_receiver": _("登记接访领导离任"),
    "plan_reception": _("安排接访"), "publish_reception": _("公布接访"), "move_reception": _("接访改期"),
    "cancel_reception": _("取消接访"), "close_reception": _("登记是否接访"), "reveal_booking": _("查看预约人"),
    "carry_case": _("领导包案"), "hand_over_carry": _("移交包案"), "export_receptions": _("导出接访数据"),
    "print_paper": _("下载文书"), "read_accusation": _("查阅检举控告"),
    "adopt_roles": _("启用角色文件"), "export_audit": _("导出审计"),
    "rotate_keys": _("更换密钥"), "backup_keys": _("备份密钥"), "publish_rules": _("发布规则"),
    "declare_day": _("设定工作日"), "withdraw_day": _("撤销设定的工作日"), "import_year": _("导入放假安排"),
    "add_unit": _("新设单位"), "rename_unit": _("单位更名"), "move_unit": _("调整上级单位"),
    "close_unit": _("撤销单位"), "confirm_unit": _("确认单位"), "add_category": _("新增类别"),
    "set_duty": _("设定责任单位"),
    "end_duty": _("终止责任"),
    "begin_article": _("起草知识"), "write_article": _("修改知识"), "submit_article": _("送审知识"),
    "recall_article": _("撤回送审的知识"), "publish_article": _("审核发布知识"), "return_article": _("退回知识"),
    "confirm_article": _("复核知识"), "withdraw_article": _("停用知识"), "expire_article": _("知识到期失效"),
    "start_article": _("新一稿知识开始使用"),
    "drop_article": _("放弃知识草稿"), "vote_article": _("评价知识"), "export_knowledge": _("导出知识"),
    "score_call": _("评质量分"), "appeal_score": _("申诉质量分"), "rule_score": _("裁定质量分"),
    "export_scores": _("导出质量分"),
    "export_calls": _("导出来电"), "ring_back": _("回拨"), "release_call": _("放开来电"), "end_call": _("补记挂断"),
    "free_seat": _("让出坐席"),
    "reveal_number": _("查看来电号码"), "rule_on_flag": _("复核来电标记"),
    "export_hot_issues": _("导出热点问题"), "export_figure": _("导出指标的清单"),
    "export_sweep": _("导出纠纷排查"), "export_backlog": _("导出信访积案"),
    "export_petition_report": _("导出信访年报"), "export_posts": _("导出村警和法律顾问"),
    "import_posts": _("导入村警和法律顾问"),
}  # fmt: skip
"""What entries are called."""
KEYS: Mapping[str, Any] = {
    "after": _("改为"), "appointed": _("新任命"), "area": _("区域"), "as": _("格式"), "at": _("时间"),
    "because": _("理由类别"), "before": _("原为"), "began": _("对应导出记录"), "bookings": _("涉及预约"),
    "by": _("方式"), "clerk": _("被评人"), "days": _("天数"), "delegated": _("赋权"), "deliveries": _("推送数"),
    "delivery": _("推送编号"), "digest": _("摘要"), "due": _("到期件数"), "edition": _("角色文件"),
    "erased": _("已删除"), "fields": _("改了"), "figure": _("指标"), "file": _("材料"), "filters": _("筛选"),
    "fingerprint": _("密钥指纹"), "flag": _("标记"), "found": _("查到件数"), "from": _("自"), "group": _("清单"),
    "host": _("接访领导"), "into": _("并入"), "kept": _("保留"), "keys": _("密钥数"), "leader": _("领导"),
    "level": _("层级"), "list": _("内容"), "many": _("条数"), "matters": _("事项数"), "message": _("消息编号"),
    "name": _("名称"), "on": _("日期"), "outcome": _("结果"), "paper": _("文书号"), "parent": _("上级单位"),
    "rank": _("职级"), "resume": _("接着上次"), "revision": _("第几稿"), "role": _("岗位"), "roles": _("角色数"),
    "rows": _("行数"), "ruling": _("核定"), "scopes": _("令牌范围"), "score": _("得分"), "sessions": _("登录数"),
    "since": _("自"), "status": _("状态"), "to": _("移交给"), "token": _("令牌"), "took_place": _("已接访"),
    "unit": _("单位"), "until": _("至"), "url": _("网址"), "useful": _("有用"), "user": _("账号"),
    "version": _("程序版本"), "view": _("清单"), "what": _("看了什么"), "works": _("上班"),
}  # fmt: skip
"""What each key of `audit.details.Detail` is called."""
NOBODY: Mapping[str, Any] = {
    "anonymous": _("访客"), "requester": _("诉求人"), "system:sweep": _("定时任务"), "system:shell": _("命令行"),
    "system:import": _("数据导入"), "system:restore": _("恢复备份"),
}  # fmt: skip
"""Who acts without an account."""
PEOPLE = ("clerk", "from", "host", "leader", "to", "user")
"""Keys whose values may name somebody, by username or actor key."""
SUBJECTS = {
    "article": _("知识"), "booking": _("预约"), "call": _("来电"), "category": _("类别"), "check": _("质量抽查"),
    "day": _("日期"), "reception": _("接访"), "roles": _("角色文件"), "rules": _("规则"), "seat": _("分机"),
    "sweep": _("排查"), "unit": _("单位"),
}  # fmt: skip
"""What stands before the key of what an entry is about, in words."""
VIEWS: Mapping[str, Any] = {
    "accusations": _("检举控告待接收"), "all": _("全部事项"), "deserted": _("无人可办"), "echo": _("没有回音"),
    "echo_explained": _("逾期已说明"), "extension": _("延期待批"), "mentioned": _("提到我的"), "open": _("全部在办"),
    "overdue": _("已逾期"), "owed": _("应报结果"), "supervised": _("督办中"), "today": _("今日到期"),
    "unsigned": _("待签收"),
}  # fmt: skip
"""Worklists that belong to no procedure; a state's list is called by the procedure and the state."""
LISTS: Mapping[str, Any] = {
    "posts": _("村警和法律顾问名单"), "backlog": _("信访积案"), "petitions": _("信访年报"), "list": _("知识清单"),
    "in_force": _("全部角色"), "gaps": _("知识缺口"), "overdue": _("没有保持更新的知识"), "notice": _("放假安排"),
}  # fmt: skip
"""Subjects that stand for a whole list."""
FORMS = {"csv": "CSV", "xlsx": "XLSX", "jsonl": "JSON Lines"}
WAYS: Mapping[str, Any] = {"password": _("密码"), "code": _("密码和手机验证码"), "recovery": _("密码和恢复码")}
FIELDS: Mapping[str, Any] = {"display_name": _("姓名"), "phone": _("电话"), "email": _("电子邮箱")}
RULINGS: Mapping[str, Any] = {Ruling.UPHELD: _("属实"), Ruling.REJECTED: _("不属实")}
HALVES: Mapping[str, Any] = {"found": _("发现的纠纷"), "areas": _("各地区的报告")}
LONG_KEY, SHOWN_OF_KEY = 32, 12

type Names = Mapping[str, str]
"""Actor key → name."""


def who(key: str, names: Names) -> str:
    """Who did it: by name, else in words; an account that there isn't any more by its key."""
    return names.get(key) or str(NOBODY.get("requester" if key.startswith("requester:") else key, key))


def people_in(detail: Mapping[str, object]) -> Iterable[str]:
    """Actor keys of whom an entry's details may name."""
    return (_actor_key(str(detail[key])) for key in PEOPLE if detail.get(key))


def told(detail: Mapping[str, Any], names: Names) -> list[tuple[Any, str]]:
    """Each detail in the words of the page: what it is called, and what it says. Empty ones are left out; a key from
    before it had words stands as it is.
    """
    return [
        (KEYS.get(key, key), _value(key, value, names))
        for key, value in detail.items()
        if value is not None and value not in ("", [], {})
    ]


def _value(key: str, value: Any, names: Names) -> str:
    if key in PEOPLE:
        return names.get(_actor_key(str(value)), str(value))
    if key in VALUES:
        return str(VALUES[key](value))
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, int):
        return words.number(value)
    return short(str(value))


def about(action: str, subject: str, names: Names) -> tuple[Any, str]:
    """What kind of thing an entry is about, and which one, in words: the end of a long key tells them apart."""
    kind, colon, key = subject.partition(":")
    if subject in names:
        return "", names[subject]
    if colon and kind in SUBJECTS:
        return SUBJECTS[kind], _named(kind, key)
    if action in _LISTED:
        return "", str(_LISTED[action](subject))
    if action == "sign_in_failed":
        return _("用户名"), subject
    if action.endswith("_webhook"):
        return _("推送"), short(subject)
    return (_("上级平台"), subject) if action.endswith(("_partner", "_message")) else ("", subject)


def short(key: str) -> str:
    """A key without meaning by its end, a digest by its beginning; anything else whole."""
    if len(key) < LONG_KEY or not all(c in "0123456789abcdef-" for c in key):
        return key
    return key[-SHOWN_OF_KEY:] if "-" in key else key[:SHOWN_OF_KEY]


def _named(kind: str, key: str) -> str:
    if kind == "unit":
        return org().label_of(key)
    if kind == "category":
        known = catalogue.categories().get(key)
        return catalogue.label_of(known) if known else key
    if kind == "sweep":
        level, _colon, day = key.partition(":")
        return f"{LEVELS.get(level, level)} {day}"
    return str(LISTS[key]) if key in LISTS else short(key)


def _actor_key(name: str) -> str:
    return name if ":" in name else f"user:{name}"


def _view(name: str) -> str:
    procedure, dot, state = name.partition(".")
    if not dot:
        return str(VIEWS.get(name, name))
    found = next((one for one in rulebook.current_procedures() if one.name == procedure), None)
    if found is None or state not in found.states:
        return name
    language = get_language() or "zh"
    return f"{found.title.in_(language)} · {found.states[state].title.in_(language)}"


def _figure(name: str) -> str:
    if name in FIGURES:
        return str(FIGURES[name].title)
    known = DEFINITIONS.get(name)
    english = (get_language() or "").startswith("en")
    return name if known is None else known.title.en if english else known.title.zh


def _filters(given: Mapping[str, str]) -> str:
    known = {name: text for name, text in given.items() if name in vars(Filters())}
    return gettext("、").join(filter_words(Filters(**known)).values())


def _shown(what: str) -> Any:
    """What of a matter somebody had shown."""
    if what in (CONTACT, HEADING):
        return {CONTACT: _("联系方式"), HEADING: _("原标题和地址")}[what]
    return gettext("经过第%(n)s条的原文") % {"n": what.partition("/")[0]}


def _moment(text: str) -> str:
    return words.moment(datetime.fromisoformat(text))


def _of(table: Mapping[Any, Any]) -> Callable[[Any], Any]:
    return lambda value: table.get(value, value)


def _each(table: Mapping[Any, Any]) -> Callable[[Iterable[str]], str]:
    return lambda values: gettext("、").join(str(table.get(one, one)) for one in values)


VALUES: Mapping[str, Callable[[Any], Any]] = {
    "area": lambda code: org().area_name_of(code), "as": _of(FORMS), "at": _moment, "because": _of(REASONS),
    "by": _of(WAYS), "fields": _each(FIELDS), "figure": _figure, "filters": _filters, "flag": _of(FLAGS),
    "group": _of(CALLS), "into": lambda code: org().label_of(code), "level": _of(LEVELS), "list": _of(HALVES),
    "outcome": _of(OUTCOMES), "parent": lambda code: org().label_of(code), "rank": rank_title, "role": role,
    "roles": len, "ruling": _of(RULINGS), "scopes": _each(RIGHTS), "status": _of(ISSUES),
    "unit": lambda code: org().label_of(code), "view": _view, "what": _shown,
}  # fmt: skip
"""How a value that is a code is said, by its key."""
_LISTED: Mapping[str, Callable[[str], Any]] = {
    "export_worklist": _view, "export_ended": lambda name: _figure(name) if name in DEFINITIONS else _view(name),
    "export_figure": _figure, "export_receptions": _figure, "export_hot_issues": _of(ISSUES),
    "export_posts": lambda code: LISTS.get(code) or org().area_name_of(code), "import_posts": _of(LISTS),
    "export_backlog": _of(LISTS), "export_petition_report": _of(LISTS),
}  # fmt: skip
"""How the subject of such an entry is said."""
