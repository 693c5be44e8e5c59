"""A sheet as PDF, set by Typst, with the machine's own Chinese font embedded."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import Refused
from huiyin.papers.sheet import Sheet

FAMILIES = (
    "FangSong", "仿宋", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun", "宋体", "Noto Sans CJK SC",
    "Source Han Sans SC", "WenQuanYi Zen Hei",
)  # fmt: skip
"""Chinese fonts that a machine may have, the best first. None comes with the program."""


@lru_cache(maxsize=1)
def families() -> tuple[str, ...]:
    """Those of the fonts that this machine has; read once a process."""
    known = set(_fonts().families())
    return tuple(name for name in FAMILIES if name in known)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst  # noqa: PLC0415 - a large library that only papers need

    return typst.Fonts()


def as_pdf(sheet: Sheet) -> bytes:
    """The paper. Refused where the machine has no Chinese font: boxes in place of words are no letter."""
    import typst  # noqa: PLC0415 - as above

    found = families()
    if not found:
        raise Refused(
            "no_chinese_font",
            _("这台服务器没有中文字体，不能生成PDF。"),
            rule=_("文书须能辨认，不用方框代替文字。"),
            do=_("请管理员安装 fonts-noto-cjk；在此之前可下载DOCX或打印网页。"),
        )
    told = {
        "title": sheet.title, "number": sheet.number, "addressee": sheet.addressee, "signed": sheet.signed,
        "day": sheet.day_text, "matter": sheet.matter,
        "parts": [{"heading": part.heading, "lines": part.lines} for part in sheet.parts],
    }  # fmt: skip
    source = (files("huiyin.papers") / "layout" / "paper.typ").read_bytes()
    inputs = {"sheet": json.dumps(told, ensure_ascii=False), "fonts": json.dumps(found)}
    made: bytes = typst.compile(source, format="pdf", sys_inputs=inputs, font_paths=_fonts())
    return made
