"""Reading what an actor gives with an action, by the procedure's own description of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeGuard
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.cases import catalogue
from huiyin.cases.enums import Audience
from huiyin.cases.procedures.spec import Action, Input, InputType
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.kernel.ids import normal_case_number
from huiyin.kernel.text import HALF, UNREADABLE
from huiyin.org.reference import org

TEXT_MOST = 10_000
FILES_MOST = 9
CASES_MOST = 20


@dataclass(frozen=True)
class Given:
    """Codes and numbers go into the event; texts and files go beside it, under commitments."""

    codes: dict[str, Any]
    texts: dict[str, str]
    files: dict[str, list[UUID]] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    """Keys of the kept texts that a reply rests on."""


CITES, CITES_MOST = "cites", 5
"""What an act that speaks to the requester may also name, whatever its procedure: the kept texts it rests on."""
NAMES_MOST, NAME_MOST, KEY_MOST = 50, 64, 200


def check_plain(raw: Mapping[str, Any]) -> None:
    """Whether it can be input at all, before anything is compared, hashed or repeated back. BadInput otherwise."""
    if len(raw) > NAMES_MOST or any(len(name) > NAME_MOST or UNREADABLE.search(name) for name in raw):
        raise BadInput(FieldError("given", _("最多%(most)s项，每项的名称须能读懂。") % {"most": NAMES_MOST}))
    errors = [
        FieldError(name, _("应为能读懂的文字、整数、是否，或它们的列表。"))
        for name, value in raw.items()
        if not (all(map(_is_plain, value)) if isinstance(value, list) else _is_plain(value))
    ]
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有保存。"))


def check_key(key: str) -> None:
    """BadInput for an idempotency key that can't be kept."""
    if len(key) > KEY_MOST or UNREADABLE.search(key):
        raise BadInput(FieldError("Idempotency-Key", _("最多%(most)s个能读懂的字符。") % {"most": KEY_MOST}))


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return HALF.search(value) is None
    return value is None or isinstance(value, (int, UUID, date))


def speaks(action: Action) -> bool:
    """Whether the action says something to the requester in words that somebody writes."""
    heard = {Audience.REQUESTER, Audience.PUBLIC}
    return any(asked.type is InputType.TEXT and asked.audience in heard for asked in action.inputs.values())


def read(action: Action, raw: Mapping[str, Any], *, citing: bool = False) -> Given:
    """Check and sort the input. Raises BadInput naming every wrong field; unknown fields are wrong. With `citing`, what
    speaks to the requester may name what it rests on.
    """
    also = {CITES} if citing and speaks(action) else set[str]()
    errors = [
        FieldError(name, _("没有这一项；可填：%(known)s。") % {"known": _("、").join(action.inputs) or "—"})
        for name in raw
        if name not in action.inputs and name not in also
    ]
    cites, wrong = _cites(raw.get(CITES)) if also else ((), [])
    errors += wrong
    codes: dict[str, Any] = {}
    texts: dict[str, str] = {}
    files: dict[str, list[UUID]] = {}
    for name, asked in action.inputs.items():
        value = _trimmed(raw.get(name))
        if value in (None, "", []):
            if asked.required:
                errors.append(FieldError(name, _("请填写。")))
            continue
        try:
            if asked.type is InputType.TEXT:
                texts[name] = _text(value)
            elif asked.type is InputType.FILES:
                files[name] = file_ids(value)
            else:
                codes[name] = _READERS[asked.type](value, asked)
        except ValueError as error:
            errors.append(FieldError(name, error.args[0]))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有保存。"))
    return Given(codes, texts, files, cites)


def _cites(value: object) -> tuple[tuple[str, ...], list[FieldError]]:
    items = [value] if isinstance(value, str) else value or []
    if isinstance(items, list) and len(items) <= CITES_MOST and all(map(_is_code, items)):
        return tuple(dict.fromkeys(map(str, items))), []
    return (), [FieldError(CITES, _("应为知识编号的列表，最多%(most)s条。") % {"most": CITES_MOST})]


def _trimmed(value: object) -> object:
    """Without blanks around it; a list without its blank entries."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip()
    if isinstance(value, list):
        return [one for item in value if (one := _trimmed(item)) != ""]
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(_("应为文字。"))
    if len(value) > TEXT_MOST:
        raise ValueError(_("过长：%(has)s字，最多%(most)s字。") % {"has": len(value), "most": TEXT_MOST})
    if UNREADABLE.search(value):
        raise ValueError(_("含有无法读取的字符。"))
    return value


def _choice(value: object, field: Input) -> str:
    if not isinstance(value, str) or value not in field.choices:
        raise ValueError(_("没有这个选项；可选：%(known)s。") % {"known": _("、").join(field.choices)})
    return value


def _code(value: object, _field: Input) -> str:
    if not _is_code(value):
        raise ValueError(_("应为单位代码。"))
    return value


def _is_code(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable() and " " not in value


def _codes(value: object, field: Input) -> list[str]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > 20:
        raise ValueError(_("应为单位代码的列表，最多20个。"))
    return [_code(item, field) for item in items]


def _people(value: object, _field: Input) -> list[str]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > 20 or not all(map(_is_code, items)):
        raise ValueError(_("应为工作人员账号的列表，最多20个。"))
    return items


def _category(value: object, _field: Input) -> str:
    if not isinstance(value, str) or value not in catalogue.categories():
        raise ValueError(_("没有这个类别。"))
    return value


def _area(value: object, _field: Input) -> str:
    if not isinstance(value, str) or org().area(value) is None:
        raise ValueError(_("没有这个地区代码。"))
    return value


def _date(value: object, _field: Input) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(_("应为日期，形如2021-03-09。")) from None


def _case(value: object, _field: Input) -> str:
    number = normal_case_number(value) if isinstance(value, str) else None
    if number is None:
        raise ValueError(_("应为事项编号，形如 210718-000123-4。"))
    return number


def _cases(value: object, field: Input) -> list[str]:
    items = value.replace("、", " ").replace("，", " ").replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(items, list) or not 0 < len(items) <= CASES_MOST:
        raise ValueError(_("应为事项编号，最多%(most)s个。") % {"most": CASES_MOST})
    return list(dict.fromkeys(_case(item, field) for item in items))


def file_ids(value: object) -> list[UUID]:
    """Ids of files as given; ValueError for anything else, for too many, and for one named twice."""
    items = [value] if isinstance(value, str) else value
    try:
        assert isinstance(items, list)
        found = [UUID(item) for item in items]
    except (AssertionError, ValueError, AttributeError, TypeError):
        found = []
    if not 0 < len(set(found)) == len(found) <= FILES_MOST:
        raise ValueError(_("应为文件编号的列表，最多%(most)s个。") % {"most": FILES_MOST})
    return found


def _count(value: object, field: Input) -> int:
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    if not text.isascii() or not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= field.most:
        raise ValueError(_("应为1到%(most)s的整数。") % {"most": field.most})
    return int(text)


def _flag(value: object, _field: Input) -> bool:
    if value in (True, "true", "on", "1", "yes"):
        return True
    if value in (False, "false", "off", "0", "no"):
        return False
    raise ValueError(_("应为是或否。"))


_READERS = {
    InputType.CHOICE: _choice,
    InputType.UNIT: _code,
    InputType.UNITS: _codes,
    InputType.PEOPLE: _people,
    InputType.CATEGORY: _category,
    InputType.AREA: _area,
    InputType.DATE: _date,
    InputType.CASE: _case,
    InputType.CASES: _cases,
    InputType.COUNT: _count,
    InputType.FLAG: _flag,
}
