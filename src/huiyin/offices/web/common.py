"""What all pages of administration have in common."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.access.actor import actor_of
from huiyin.audit.models import Entry
from huiyin.audit.services import history
from huiyin.org.reference import org
from huiyin.people.services import display_names

type View = Callable[..., HttpResponse]

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
DETAILS: Mapping[str, Any] = {
    "works": _("上班"), "name": _("名称"), "unit": _("单位"), "area": _("区域"), "since": _("自"), "until": _("至"),
    "before": _("原为"), "after": _("改为"), "parent": _("上级单位"), "delegated": _("赋权"), "into": _("并入"),
    "category": _("类别"),
}  # fmt: skip
"""What details of an entry are called where they are shown; others aren't."""
UNITS = ("unit", "parent", "into")
"""Details that are codes of units."""


@dataclass(frozen=True)
class Told:
    """An entry of the audit about something of the city, as its page tells it."""

    subject: str
    at: datetime
    who: str
    action: Any
    reason: str
    details: Sequence[tuple[Any, str]]


def office(view: View) -> View:
    """For people who have signed in; nothing is kept by the browser."""

    @login_required
    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, actor_of(request.user), *args, **kwargs)

    return shown


def told_history(*subjects: str) -> list[Told]:
    """What was done to things of the city, with the names of who did it. Two statements."""
    rows = history(*subjects)
    names = display_names(row.actor for row in rows)
    return [_told(row, names.get(row.actor, _("命令行") if row.actor.startswith("system:") else row.actor))
            for row in rows]  # fmt: skip


def _told(row: Entry, who: Any) -> Told:
    detail: dict[str, object] = json.loads(row.detail)
    details = [(DETAILS[name], _value(name, detail[name])) for name in DETAILS if detail.get(name) not in (None, "")]
    return Told(row.subject, row.at, str(who), ACTIONS.get(row.action, row.action), row.reason, details)


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name in UNITS:
        return org().label_of(str(value))
    return org().area_name_of(str(value)) if name == "area" else str(value)
