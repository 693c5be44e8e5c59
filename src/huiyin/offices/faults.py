"""Faults of rule documents in the page's language. The checks themselves know no language: they run without Django."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.kernel.errors import ConfigError

SAID: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"unknown name '(?P<name>.*)'; known: (?P<known>.*)\.", gettext_lazy("没有“%(name)s”这个名称。")),
        (r"no action leads here\.", gettext_lazy("没有办理能到这个状态。")),
        (r"no action leads out; .*", gettext_lazy("没有办理能离开这个状态；已归档的也要能重开。")),
        (r"an opening action has no origin, .*", gettext_lazy("新收的办理没有 from，其他的至少要有一个。")),
        (r"an opening action says where .*", gettext_lazy("新收的办理须写明到哪个状态（to）。")),
        (r"from closed (?P<a>\S+) to open (?P<b>\S+) only .*",
         gettext_lazy("从已办结的“%(a)s”回到在办的“%(b)s”，须写 reopens: true。")),
        (r"no action starts it\.", gettext_lazy("没有办理起算这个时限。")),
        (r"nothing ends it\.", gettext_lazy("没有办理结束这个时限。")),
        (r"each says either percent or late_workdays\.",
         gettext_lazy("每个提醒只写 percent 或 late_workdays 之一。")),
        (r"only one may be the promise, not (?P<names>.*)\.", gettext_lazy("承诺时限只能有一个，现有：%(names)s。")),
        (r"neither an opening action nor one .*", gettext_lazy("新收的和自动的办理不能有 deeds。")),
        (r"no limit for: (?P<gaps>.*)\.", gettext_lazy("没有为这些规定长度：%(gaps)s。")),
        (r"unknown words: (?P<words>.*)\.", gettext_lazy("不认识：%(words)s。")),
        (r"braces stand alone\.", gettext_lazy("花括号要成对，里面只写 number、title 或 unit。")),
        (r"(?P<action>\w+) asks for no text '(?P<name>.*)'\.", gettext_lazy("“%(action)s”没有“%(name)s”这个文字项。")),
        (r"an agreed clock needs the day .*",
         gettext_lazy("到所定日期为止的时限，须用 until 写明是哪个日期项；新收的不能起算它。")),
        (r"no agreed clock starts here\.", gettext_lazy("这里没有起算到所定日期为止的时限，不要写 until。")),
        (r"somebody in office receives by '(?P<rank>.*)', which isn't here\.",
         gettext_lazy("还有人按“%(rank)s”接访，不能没有这个职级；请先登记他们离任。")),
        (r"the gravest comes first, and each stands once\.", gettext_lazy("从最重的写起，每个等级只写一次。")),
        (r"the last one has no measure: .*", gettext_lazy("最后一个等级不写条件，其余的都归它。")),
        (r"only the last one may have no measure\.", gettext_lazy("只有最后一个等级可以不写条件。")),
        (r"each level stands once\.", gettext_lazy("每个层级只写一次。")),
        (r"Value error, the turns don't fit .*", gettext_lazy("一场的起止时间里排不下这么多批。")),
        (r"Field required", gettext_lazy("缺这一项。")),
        (r"Extra inputs are not permitted", gettext_lazy("没有这一项，请核对拼写。")),
        (r"Input should be (?P<what>.*)", gettext_lazy("应为%(what)s。")),
        (r"String should have at least .*", gettext_lazy("不能为空。")),
        (r"there is no part '(?P<name>.*)'\.", gettext_lazy("没有名为“%(name)s”的共用部分。")),
        (r"there is no group '(?P<name>.*)'; there are (?P<known>.*)\.",
         gettext_lazy("没有名为“%(name)s”的状态组；有：%(known)s。")),
    )
)  # fmt: skip
"""What the checks say → the same for people."""


def told(error: ConfigError) -> list[tuple[str, str]]:
    """Each fault of a document as place and sentence."""
    if error.code == "bad_yaml":
        lines = re.findall(r"line (\d+)", str(error.what))
        place = _("第%(line)s行") % {"line": lines[-1]} if lines else ""
        return [(place, _("不是有效的YAML：请核对缩进、冒号、引号和日期，同一处不要写两个相同的键。"))]
    listed = error.facts.get("faults")
    given = [str(one) for one in listed] if isinstance(listed, list) else [str(error.what).removeprefix(": ")]
    return [_one(fault) for fault in given]


def _one(fault: str) -> tuple[str, str]:
    place, colon, sentence = fault.partition(": ")
    if not colon or " " in place.split("(")[0].strip():
        place, sentence = "", fault
    for pattern, text in SAID:
        found = pattern.fullmatch(sentence)
        if found:
            parts = {name: value.replace(" or ", _(" 或 ")) for name, value in found.groupdict().items()}
            return place, str(text) % parts + _near(parts)
    return place, sentence


def _near(parts: Mapping[str, str | Any]) -> str:
    """Names like the one that isn't known, or a few of those that are."""
    if "known" not in parts or "name" not in parts:
        return ""
    known = str(parts["known"]).split(", ")
    close: Iterable[str] = get_close_matches(str(parts["name"]), known, n=3)
    return _("是不是：%(names)s？") % {"names": _("、").join(close)} if close else ""
