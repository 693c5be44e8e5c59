"""What the keyboard does at the desk: one list, shown by `?` and on a page of its own, obeyed by `keys.js`."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Key:
    """One key, and what it does."""

    press: str
    does: Any


KEYS: tuple[tuple[Any, tuple[Key, ...]], ...] = (
    (
        _("随处"),
        (
            Key("Ctrl K", _("命令面板：去哪里、做什么，打几个字就行")),
            Key("/", _("查找：编号、标题、地点")),
            Key("g", _("回到工作清单")),
            Key("?", _("这张键盘表")),
            Key("Esc", _("关闭面板，离开输入框")),
        ),
    ),
    (
        _("清单"),
        (
            Key("j", _("下一件；在别的表里是下一行")),
            Key("k", _("上一件，上一行")),
            Key("Enter", _("打开，宽屏时在右边打开")),
            Key("o", _("打开整页")),
            Key("x", _("选中或取消选中")),
            Key("b", _("批量办理选中的事项")),
        ),
    ),
    (
        _("事项"),
        (
            Key("r", _("写答复或填写当前操作")),
            Key("a", _("派单、改派、指定单位")),
            Key("Alt 1–5", _("插入知识或同类事项的答复")),
            Key("n", _("写内部备注")),
            Key(".", _("看全部操作")),
            Key("t", _("看时限怎么算的")),
            Key("Ctrl Enter", _("提交正在填写的表单")),
        ),
    ),
    (
        _("回访台"),
        (
            Key("d", _("看号码并拨打")),
            Key("1–9", _("按顺序选回访结果")),
        ),
    ),
    (
        _("来电"),
        (
            Key("Enter", _("接听正在响的来电")),
            Key("Alt P", _("把建议填进表单")),
            Key("Alt 1–5", _("选中可能是同一件的事项，按 Enter 并入")),
            Key("Alt K", _("用知识库的第一条答复")),
            Key("Alt M", _("来电人的事项：就为这件，或催办")),
            Key("Alt N", _("回到记录")),
            Key("Alt G", _("找地点")),
            Key("Alt L", _("选派给的单位")),
            Key("Alt R", _("写当场答复（直办）")),
            Key("Alt B", _("不予受理")),
            Key("Alt Z", _("转接紧急电话")),
            Key("Alt X", _("没有诉求")),
            Key("Alt W", _("悄悄话")),
            Key("Alt H", _("挂断")),
            Key("Ctrl Enter", _("保存来电")),
        ),
    ),
)
