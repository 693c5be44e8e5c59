"""A report that comes in: the standard's form, read into a matter and taken in by the service that every door calls."""

import math
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads
from typing import IO, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.cases import registry
from huiyin.cases.enums import Channel
from huiyin.cases.inputs import FILES_MOST
from huiyin.cases.models import Case
from huiyin.cases.places import area_in
from huiyin.cases.services.open import Opened, Opening, Requester, open_case, title_from
from huiyin.cases.services.reread import reread
from huiyin.files.services import store
from huiyin.kernel.errors import BadInput, FieldError, NotFound
from huiyin.open311.models import Report
from huiyin.open311.services import Attribute, Datatype, Mode, Service, code_of, offered, services, words
from huiyin.org.reference import org
from huiyin.people.parties import data_key
from huiyin.vault.box import Stored

DESCRIPTION_MOST = 4_000
FURTHER = "\n\n【补充信息】\n"
"""Between what somebody wrote and what the form told beside it, which strangers don't read."""
ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,64})\](?:\[\d*\])?")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Form:
    """What was posted: values by name, each with all that came under it, and the files."""

    values: Mapping[str, list[str]]
    files: tuple[tuple[str, IO[bytes]], ...] = ()

    def one(self, name: str) -> str:
        """The value of that name; an empty one is as good as none."""
        return next((value.strip() for value in reversed(self.values.get(name, [])) if value.strip()), "")

    def attributes(self) -> dict[str, list[str]]:
        """What was said under `attribute[CODE]`, also as `attribute[CODE][]`."""
        found: dict[str, list[str]] = {}
        for name, values in self.values.items():
            given = [value.strip() for value in values if value.strip()]
            if given and (match := ATTRIBUTE.fullmatch(name)):
                found.setdefault(match[1], []).extend(given)
        return found


def service_named(code: str) -> Service:
    """The service on offer of that code. BadInput without one, NotFound for one that there isn't."""
    if not code:
        raise BadInput(FieldError("service_code", _("请填写。")))
    found = next((one for one in offered() if one.code == code), None)
    if found is None:
        raise NotFound(
            "no_such_service", _("没有这种服务：%(code)s。") % {"code": code[:80]}, do=_("请先读取服务列表。")
        )
    return found


def take_in(*, actor: Actor, form: Form, key: str = "") -> tuple[Report, Opened]:
    """Take a report in. Raises BadInput, NotFound, Refused with nothing written.

    The same idempotency key with the same content finds the first report.
    """
    service = service_named(form.one("service_code"))
    opening, point = _opening(form, service)
    files = tuple(_kept(form, actor, key))
    with transaction.atomic():
        opened = open_case(actor=actor, opening=opening.with_changes(key=key, files=files))
        report = _report(opened.dossier.case, service, point, actor)
    reread(case=report.case_id)  # strangers may read it from now on
    return report, opened


@registry.placed_opening("open311")
def take_in_placed(opening: Opening, point: tuple[float, float]) -> str:
    """Take in an anonymous report that is made already; its number."""
    service = services()[code_of(opening.category or "")]
    with transaction.atomic():
        opened = open_case(actor=ANONYMOUS, opening=opening.with_changes(channel=Channel.API))
        _report(opened.dossier.case, service, point, ANONYMOUS)
    reread(case=opened.dossier.case.pk)
    return opened.number


def _opening(form: Form, service: Service) -> tuple[Opening, tuple[float, float] | None]:
    """The matter, and its place on the globe; all that is wrong with the form at once."""
    errors: list[FieldError] = []
    point = _point(form, errors)
    address, area = form.one("address_string"), _area(form, errors)
    if point is None and not address and area is None and not errors:
        errors.append(FieldError("lat", _("须给出 lat 和 long，或 address_string，或 address_id。")))
    described = form.one("description")
    if len(described) > DESCRIPTION_MOST:
        errors.append(FieldError("description", _("最多%(most)s个字符。") % {"most": DESCRIPTION_MOST}))
    further = [*_answers(form, service, errors), *_link(form, errors)]
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有受理。"))
    body = described or service.category.name
    if point is not None:
        address = f"{address}（{point[0]:.6f}, {point[1]:.6f}）"
        further.append(f"大致位置：{point[0]:.3f}, {point[1]:.3f}")
    opening = Opening(
        title=title_from(body), body=body + (FURTHER + "\n".join(further) if further else ""), channel=Channel.API,
        kind=service.extra.kind, allegation=service.extra.allegation, category=service.category.key, area=area,
        address=address, requester=Requester(name=_name(form), phone=form.one("phone"), email=form.one("email")),
    )  # fmt: skip
    return opening, point


def _point(form: Form, errors: list[FieldError]) -> tuple[float, float] | None:
    said = {"lat": form.one("lat"), "long": form.one("long")}
    if not any(said.values()):
        return None
    found = []
    for name, most in (("lat", 90), ("long", 180)):
        try:
            number = float(said[name])
        except ValueError:
            number = math.nan
        if not -most <= number <= most:
            errors.append(
                FieldError(name, _("应为-%(most)s到%(most)s的度数，lat 和 long 须一并给出。") % {"most": most})
            )
        found.append(number)
    return found[0], found[1]


def _area(form: Form, errors: list[FieldError]) -> str | None:
    code = form.one("address_id")
    if code and org().area(code) is None:
        errors.append(FieldError("address_id", _("没有这个地区代码。")))
    return code or area_in(form.one("address_string"))


def _name(form: Form) -> str:
    first, last = form.one("first_name"), form.one("last_name")
    return f"{last}{first}" if _CHINESE.search(first + last) else f"{first} {last}".strip()


def _link(form: Form, errors: list[FieldError]) -> Iterator[str]:
    """The address of a picture elsewhere: kept as words, never called."""
    address = form.one("media_url")
    if not address:
        return
    try:
        known = urlsplit(address)
    except ValueError:
        known = None
    if known is None or known.scheme not in {"http", "https"} or not known.netloc or len(address) > 1000:
        errors.append(FieldError("media_url", _("应为 http 或 https 的网址。")))
    yield f"图片网址：{address}"


def _answers(form: Form, service: Service, errors: list[FieldError]) -> Iterator[str]:
    """The attributes in words, in the order of the definition."""
    said = form.attributes()
    asked = {code: one for code, one in service.extra.attributes.items() if one.variable}
    errors += [FieldError(f"attribute[{code}]", _("这种服务没有这一项。")) for code in said if code not in asked]
    for code, one in asked.items():
        values = said.get(code, [])
        if not values:
            if one.required:
                errors.append(FieldError(f"attribute[{code}]", _("请填写。")))
            continue
        try:
            yield f"{one.description.zh}：{'、'.join(_read(one, values))}"
        except ValueError as error:
            errors.append(FieldError(f"attribute[{code}]", error.args[0]))


def _read(one: Attribute, values: list[str]) -> Iterable[str]:
    if len(values) > 1 and one.datatype is not Datatype.MANY:
        raise ValueError(_("只能填一项。"))
    match one.datatype:
        case Datatype.ONE | Datatype.MANY:
            chosen = [
                part for value in values for part in (value.split(",") if one.datatype is Datatype.MANY else [value])
            ]
            if any(part not in one.values for part in chosen):
                raise ValueError(_("没有这个选项；可选：%(known)s。") % {"known": _("、").join(one.values)})
            return [one.values[part].zh for part in dict.fromkeys(chosen)]
        case Datatype.NUMBER:
            if re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", values[0], re.ASCII) is None:
                raise ValueError(_("应为数字。"))
        case Datatype.DATETIME:
            try:
                datetime.fromisoformat(values[0])
            except ValueError:
                raise ValueError(_("应为日期或时间，形如2021-03-09T08:00:00+08:00。")) from None
        case Datatype.STRING if "\n" in values[0] or len(values[0]) > 200:
            raise ValueError(_("最多%(most)s个字符。") % {"most": 200})
        case Datatype.TEXT if len(values[0]) > 1000:
            raise ValueError(_("最多%(most)s个字符。") % {"most": 1000})
    return values


def _kept(form: Form, actor: Actor, key: str) -> Iterator[UUID]:
    if len(form.files) > FILES_MOST:
        raise BadInput(FieldError("media", _("最多%(most)s个文件。") % {"most": FILES_MOST}))
    for name, stream in form.files:
        yield store(stream, name=name, actor=actor.key, once=key).pk


def _report(case: Case, service: Service, point: tuple[float, float] | None, actor: Actor) -> Report:
    sealing = data_key(case.requester) if point else None
    sealed = sealing.seal(dumps(point), place_of(case.pk)) if sealing else None
    report, _made = Report.objects.get_or_create(
        case=case,
        defaults={
            "received_at": case.received_at, "mode": service.extra.type, "token": secrets.token_urlsafe(24),
            "point": sealed, "sender": actor.key,
        },
    )  # fmt: skip
    return report


def place_of(case: UUID) -> str:
    """Where a point is sealed."""
    return f"case/{case}/point"


def point_of(case: Case, sealed: Stored | None) -> tuple[float, float] | None:
    """The point as given; None without one, or once erased."""
    key = data_key(case.requester) if sealed is not None else None
    if key is None or sealed is None:
        return None
    lat, long = loads(key.open(sealed, place_of(case.pk)))
    return lat, long


def notice(report: Report, opened: Opened, service: Service) -> str | None:
    """What the reporter is told at once: what the service says, and how to follow the matter on the portal."""
    said = [text for text in [words(service.extra.notice)] if text]
    if opened.access_code and report.mode == Mode.REALTIME:
        follow = _("请记下查询码 %(code)s：凭编号和查询码可在门户查询进度、补充情况和评价。")
        said.append(follow % {"code": opened.access_code})
    return " ".join(said) or None


def token_of(token: str) -> dict[str, Any]:
    """What a token gives: the number, unless the desk hasn't accepted it yet or never gives one. NotFound otherwise."""
    report = Report.objects.select_related("case").filter(token=token).first() if token.isprintable() else None
    if report is None:
        raise NotFound("no_such_token", _("没有这个凭据。"), do=_("请核对提交时得到的 token。"))
    return {"service_request_id": report.case.number if has_number(report, report.case) else None, "token": token}


def has_number(report: Report, case: Case) -> bool:
    """Whether the reporter may know the number by now."""
    return report.mode == Mode.REALTIME or (report.mode == Mode.BATCH and case.accepted_at is not None)
