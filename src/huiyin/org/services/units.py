"""Registering, renaming and closing units, and taking in names that only an import knows."""

import hashlib
import re
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Refused
from huiyin.org.enums import UnitKind, UnitLevel
from huiyin.org.models import EARLIEST, Unit, UnitName
from huiyin.org.reference import KnownUnit, normal_name, org
from huiyin.org.services.periods import day_before, require_new_period
from huiyin.org.versions import touch

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNCONFIRMED = "x-"
PATH_MOST = 400
"""What the column holds of a unit's code with those above it."""


def register_unit(
    *, code: str, name: str, kind: UnitKind, level: UnitLevel = UnitLevel.COUNTY, parent: str | None = None,
    area: str | None = None, short_name: str = "", english_name: str = "", source: str = "", since: date | None = None,
) -> Unit:  # fmt: skip
    """A new unit under its parent, in force from `since` (today). The code never changes afterwards."""
    above = _known(parent) if parent is not None else None
    wrong = [*_wrong_code(code), *_wrong_area(area)]
    if not name.strip():
        wrong.append(FieldError("name", _("请填写单位名称。")))
    if wrong:
        raise BadInput(*wrong)
    unit = Unit(
        code=code, kind=kind, level=level, parent_id=parent, path=f"{above.path if above else '/'}{code}/",
        area_id=area, source=source, valid_from=since or clock.today(),
    )  # fmt: skip
    with transaction.atomic():
        unit.save(force_insert=True)
        UnitName.objects.create(
            unit=unit, name=name.strip(), short_name=short_name, english_name=english_name, kind=kind,
            valid_from=unit.valid_from,
        )  # fmt: skip
        touch("org")
    return unit


def rename_unit(
    *, unit: str, name: str, on: date, kind: UnitKind | None = None, short_name: str = "", english_name: str = ""
) -> None:
    """From `on` the unit bears `name` (and is of `kind`); before it keeps the old one. Refuses to rewrite history."""
    known = _known(unit)
    newest = require_new_period(known, on)
    new_kind = kind or UnitKind(newest.kind)
    with transaction.atomic():
        UnitName.objects.filter(unit=unit, valid_from=newest.since).update(valid_to=day_before(on))
        UnitName.objects.create(
            unit_id=unit, name=name, short_name=short_name, english_name=english_name, kind=new_kind, valid_from=on
        )
        Unit.objects.filter(pk=unit).update(kind=new_kind)
        touch("org")


def move_unit(*, unit: str, parent: str | None) -> None:
    """From now on the unit stands under `parent` (None: under nothing), with all that stands under it.

    Paths aren't kept by period: whoever heads a unit reaches what stands under it today. Refused under itself.
    """
    known = _known(unit)
    above = _known(parent) if parent is not None else None
    if parent == known.parent:
        raise Refused("same_parent", _("“%(unit)s”已经在那里。") % {"unit": org().name_of(unit)},
                      do=_("请选择另一个上级单位。"))  # fmt: skip
    if above is not None and above.path.startswith(known.path):
        raise Refused("under_itself", _("不能把“%(unit)s”放到自己或下级之下。") % {"unit": org().name_of(unit)},
                      rule=_("上下级关系不能成环。"), do=_("请选择另一个上级单位。"))  # fmt: skip
    if above is not None and not above.in_force(clock.today()):
        raise Refused("parent_closed", _("“%(unit)s”已不再存在。") % {"unit": org().name_of(above.code)},
                      do=_("请选择在册的上级单位。"))  # fmt: skip
    path = f"{above.path if above else '/'}{unit}/"
    rows = list(Unit.objects.filter(path__startswith=known.path))
    if max(len(row.path) for row in rows) - len(known.path) + len(path) > PATH_MOST:
        raise Refused("too_deep", _("层级太深。"), rule=_("单位代码连起来最多%(most)s个字符。") % {"most": PATH_MOST},
                      do=_("请选择更高的上级单位。"))  # fmt: skip
    for row in rows:
        row.path = path + row.path.removeprefix(known.path)
    with transaction.atomic():
        Unit.objects.filter(pk=unit).update(parent=parent)
        Unit.objects.bulk_update(rows, ["path"], batch_size=200)
        touch("org")


def close_unit(*, unit: str, on: date) -> None:
    """The unit's last day is `on`. Refused while a unit under it would outlive it."""
    known = _known(unit)
    if on < known.since:
        raise BadInput(FieldError("on", _("撤销日不得早于设立日。")))
    left = [u for u in org().children(unit) if u.until is None or u.until > on]
    if left:
        raise Refused(
            "units_below",
            _("“%(unit)s”还有下级单位：%(left)s。")
            % {"unit": org().name_of(unit), "left": _("、").join(org().name_of(u.code) for u in left[:5])},
            rule=_("有在册下级单位的单位不能撤销。"),
            do=_("请先撤销下级单位。"),
        )
    with transaction.atomic():
        Unit.objects.filter(pk=unit).update(valid_to=on)
        touch("org")


def unconfirmed_code(name: str) -> str:
    """The code of a unit that only an import knows: the same name gives the same code everywhere."""
    return UNCONFIRMED + hashlib.sha256(normal_name(name).encode()).hexdigest()[:12]


def unconfirmed_unit(name: str, source: str) -> Unit:
    """The unit an import means by `name`: the registered one, or one taken in as unconfirmed."""
    return Unit.objects.get(pk=unconfirmed_units([name], source)[name])


def unconfirmed_units(names: Iterable[str], source: str, *, foreign: bool = False) -> dict[str, str]:
    """Name → code for many names at once. What nobody registered comes in unconfirmed, in two statements.

    `foreign` names are those of another city: its finance bureau is not ours, whatever it is called.
    """
    wanted = dict.fromkeys(name for name in names)
    if any(not normal_name(name) for name in wanted):
        raise BadInput(FieldError("name", _("单位名称不能为空。")))
    codes = {name: unconfirmed_code(f"{source}/{name}") if foreign else _code_for(name) for name in wanted}
    fresh = {code: name for name, code in reversed(codes.items()) if org().unit(code) is None}
    if fresh:
        _take_in(fresh, source)
    return codes


def confirm_unit(*, unit: str, into: str | None = None) -> None:
    """Accept an unconfirmed unit as it is, or as another name of the unit `into`.

    Merged, it stays for what already points at it; its names lead to `into` from now on.
    """
    known = _known(unit)
    if known.confirmed:
        raise Refused(
            "already_confirmed", _("“%(unit)s”已经确认。") % {"unit": org().name_of(unit)}, do=_("无需再次确认。")
        )
    if into is not None and (org().current(_known(into).code) == unit or not _known(into).confirmed):
        raise Refused(
            "merge_target",
            _("不能并入“%(unit)s”。") % {"unit": org().name_of(into)},
            rule=_("只能并入已确认的其他单位。"),
        )
    with transaction.atomic():
        Unit.objects.filter(pk=unit).update(confirmed=True, merged_into=into)
        touch("org")


def _known(code: str) -> KnownUnit:
    known = org().unit(code)
    if known is None:
        raise NotFound("no_such_unit", _("没有代码为“%(unit)s”的单位。") % {"unit": code}, do=_("请从单位名录中选择。"))
    return known


def _wrong_code(code: str) -> list[FieldError]:
    if not CODE.fullmatch(code) or len(code) > 64:
        return [FieldError("code", _("代码由小写字母、数字和连字符组成，最多64个字符。"))]
    if org().unit(code) is not None:
        return [FieldError("code", _("代码“%(code)s”已被使用。") % {"code": code})]
    return []


def _wrong_area(area: str | None) -> list[FieldError]:
    if area is None or org().area(area) is not None:
        return []
    return [FieldError("area", _("没有代码为“%(area)s”的区划。") % {"area": area})]


def _code_for(name: str) -> str:
    known = org().find_unit(name)
    return known.code if known else unconfirmed_code(name)


def _take_in(fresh: dict[str, str], source: str) -> None:
    with transaction.atomic():
        Unit.objects.bulk_create(
            [
                Unit(code=code, kind=UnitKind.OTHER, level=UnitLevel.COUNTY, path=f"/{code}/", confirmed=False,
                     valid_from=EARLIEST, source=source)
                for code in fresh
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        UnitName.objects.bulk_create(
            [UnitName(unit_id=code, name=name.strip(), kind=UnitKind.OTHER) for code, name in fresh.items()],
            ignore_conflicts=True,
        )
        touch("org")
