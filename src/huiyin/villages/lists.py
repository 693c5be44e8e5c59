"""A list of officers and lawyers as a file: read, shown with what each line would change, and taken in whole or not at
all. Every line is an appointment by `services.appoint`; the file adds no way round it.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases.services.tables import OLD, PACKED, rows_of
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, Refused
from huiyin.kernel.text import as_typed, one_line
from huiyin.org.models import Area
from huiyin.org.reference import KnownArea, normal_name, org
from huiyin.villages import duty, services
from huiyin.villages.models import Post, PostKind
from huiyin.villages.services import Appointment

COLUMNS: Mapping[str, Any] = {
    "kind": _("岗位"), "town": _("乡镇（街道）"), "area": _("村（社区）"), "code": _("区域代码"), "name": _("姓名"),
    "office": _("单位"), "phone": _("公开电话"), "since": _("任期从"), "until": _("任期到"),
    "duty_days": _("每月几号值班"),
}  # fmt: skip
"""Field → heading. A file has them in any order, in any language that pages have or as the field's name."""
NEEDED = ("kind", "name", "office", "phone", "since", "until", "duty_days")
ALSO_CALLED: Mapping[str, str] = {"村居法律顾问": PostKind.LAWYER}
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
BYTES_MOST, LINES_MOST = 2 * 1024 * 1024, 3000
CELLS_MOST, UNPACKED_MOST = LINES_MOST * 100, 64 * 1024 * 1024
ENCODINGS = {"utf-8-sig": "UTF-8", "gb18030": "GB18030"}


@dataclass(frozen=True)
class Line:
    """One line of the file: whom it would appoint, whom that replaces, or why it can't be taken in."""

    number: int
    """In the file; the headings are line 1."""
    said: Appointment | None
    cells: Mapping[str, str]
    before: Post | None
    """Who leaves the post the day before."""
    unchanged: bool
    faults: tuple[tuple[object, object], ...]
    """Heading and what is wrong."""


def read(data: bytes, name: str, encoding: str) -> list[dict[str, str]]:
    """The lines of a CSV file or a spreadsheet by field. BadInput for one that can't be read or has no such columns."""
    packed = data.startswith((PACKED, OLD))
    if not data.strip() or len(data) > BYTES_MOST:
        raise BadInput(FieldError("file", _("文件是空的，或者超过2 MB。")))
    if encoding not in ENCODINGS:
        raise BadInput(FieldError("encoding", _("请选择文件的编码。")))
    if not packed:
        try:
            data.decode(encoding)
        except UnicodeError as error:
            told = _("这个文件不是%(encoding)s编码。请选择它的编码，或另存为XLSX。") % {"encoding": ENCODINGS[encoding]}
            raise BadInput(FieldError("file", told)) from error
    with TemporaryDirectory() as folder:
        path = Path(folder) / ("list.xlsx" if packed else "list.csv")
        path.write_bytes(data)
        try:
            with rows_of(path, encoding, whole=True, cells=CELLS_MOST, unpacked=UNPACKED_MOST) as (header, rows):
                fields = _fields(header)
                found = ({fields[head]: as_typed(row.get(head, "").strip()) for head in fields} for row in rows)
                lines = list(islice((one for one in found if any(one.values())), LINES_MOST + 1))
        except BadInput as error:
            raise error if error.fields else BadInput(FieldError("file", error.what)) from error
    if not lines or len(lines) > LINES_MOST:
        raise BadInput(FieldError("file", _("文件没有数据行，或者超过%(most)s行。") % {"most": LINES_MOST}))
    return lines


def _fields(header: Iterable[str]) -> dict[str, str]:
    """Heading → field, of those that are known. BadInput where one is missing or stands there twice."""
    names = _in_every_language(COLUMNS)
    heads = [head for head in header if normal_name(head) in names]
    known = {head: names[normal_name(head)] for head in heads}
    missing = [COLUMNS[field] for field in NEEDED if field not in known.values()]
    if not {"area", "code"} & set(known.values()):
        missing.append(COLUMNS["area"])
    if missing:
        told = _("缺少这些列：%(columns)s。") % {"columns": _("、").join(map(str, missing))}
        raise BadInput(FieldError("file", told))
    if len(set(known.values())) < len(heads):
        raise BadInput(FieldError("file", _("有的列写了两次。")))
    return known


def _in_every_language(words: Mapping[str, Any]) -> dict[str, str]:
    """What each key is called on pages of every language, and the key itself → key."""
    found = {normal_name(key): key for key in words}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {normal_name(str(word)): key for key, word in words.items()}
    return found


def preview(actor: Actor, rows: list[dict[str, str]]) -> list[Line]:
    """What each line would do. NotAllowed for whoever doesn't keep the lists. One statement."""
    services.manages(actor)
    places, kinds = _Places(), {**ALSO_CALLED, **_in_every_language(dict(PostKind.choices))}
    known = [_said(row, places, kinds) for row in rows]
    codes = {said.area for said, _faults in known if said}
    posts: dict[tuple[str, str], list[Post]] = {}
    for post in Post.objects.filter(area__in=codes).order_by("since"):
        posts.setdefault((post.area_id, post.kind), []).append(post)
    seen: dict[tuple[str, str], int] = {}
    lines = []
    for number, (row, (said, wrong)) in enumerate(zip(rows, known, strict=True), start=2):
        before, unchanged, faults = None, False, wrong
        if said is not None:
            key = said.area, said.kind
            held = posts.get(key, [])
            unchanged = any(_same(post, said) for post in held)
            if key in seen:
                faults = [(COLUMNS["kind"], _("第%(line)s行已经写了这个村的这个岗位。") % {"line": seen[key]})]
            elif not unchanged and any(post.since >= said.since for post in held):
                faults = [(COLUMNS["since"], _("从这一天起已经任命了别人；改电话、换人都从改变的那一天起写新的任期。"))]
            seen.setdefault(key, number)
            before = next((post for post in held if post.since < said.since <= post.until), None)
        lines.append(Line(number, said, row, None if unchanged or faults else before, unchanged, tuple(faults)))
    return lines


def take_in(actor: Actor, rows: list[dict[str, str]]) -> int:
    """Appoint everybody of the list who isn't in office so already; how many. All of them or, where a line can't be
    taken in, none: Refused. The audit keeps it. Of two at once the second finds what the first has written.
    """
    services.manages(actor)
    with transaction.atomic():
        _one_at_a_time(rows)
        lines = preview(actor, rows)
        wrong = [line.number for line in lines if line.faults]
        if wrong:
            raise _not_whole(wrong)
        new = [line for line in lines if line.said is not None and not line.unchanged]
        for line in new:
            assert line.said is not None
            try:
                services.appoint(actor=actor, said=line.said)
            except HuiyinError as error:
                raise _not_whole([line.number]) from error
        record(actor=actor.key, action="import_posts", subject="posts",
               detail={"rows": len(lines), "appointed": len(new)})  # fmt: skip
    return len(new)


def _one_at_a_time(rows: list[dict[str, str]]) -> None:
    """Hold the villages that the list names, always in the same order, so that two lists never wait for each other."""
    places = _Places()
    named = {area.code for row in rows if isinstance(area := places.area(row), KnownArea)}
    list(Area.objects.select_for_update().filter(pk__in=named).order_by("pk").values_list("pk"))


def _not_whole(lines: list[int]) -> Refused:
    told = _("、").join(map(str, lines[:20]))
    return Refused(
        "list_not_whole", _("第%(lines)s行不能导入，什么都没有写入。") % {"lines": told},
        rule=_("名单整份导入：有一行不对，一行也不写。"), do=_("请改正后重新选择文件。"),
    )  # fmt: skip


def as_text(rows: list[dict[str, str]]) -> str:
    """The lines as they travel from the preview to the act, which reads and checks them again."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[row.get(field, "") for field in COLUMNS] for row in rows])
    return out.getvalue()


def kept() -> list[list[object]]:
    """Everybody in office as a list that can be taken in again, headings first. One statement."""
    posts = services.holders(services.villages())
    rows: list[list[object]] = [list(COLUMNS.values())]
    for code, by_kind in posts.items():
        area = org().areas[code]
        rows += [
            [post.get_kind_display(), org().area_name_of(area.parent or ""), org().area_name_of(code), code, post.name,
             post.office, post.phone, post.since, post.until, "、".join(map(str, post.duty_days))]
            for post in by_kind.values()
        ]  # fmt: skip
    return rows


def _said(
    row: Mapping[str, str], places: "_Places", kinds: Mapping[str, str]
) -> tuple[Appointment | None, list[tuple[object, object]]]:  # fmt: skip
    faults: list[tuple[object, object]] = []
    days: dict[str, date] = {}
    for field in ("since", "until"):
        try:
            days[field] = _day(row.get(field, ""))
        except ValueError:
            faults.append((COLUMNS[field], _("应为日期，形如2021-03-09。")))
    kind = kinds.get(normal_name(row.get("kind", "")), "")
    area = places.area(row)
    if isinstance(area, str):
        faults.append((COLUMNS["area"], _TOLD[area]))
    if faults or isinstance(area, str):
        return None, faults
    said = Appointment(
        str(kind), area.code, row.get("name", ""), row.get("office", ""), row.get("phone", ""), days["since"],
        days["until"], row.get("duty_days", ""),
    )  # fmt: skip
    try:
        services.checked(said)
    except BadInput as refused:
        return None, [(COLUMNS[one.field], one.message) for one in refused.fields]
    return said, []


_TOLD = {"none": _("没有这个村（社区）。"), "many": _("有几个同名的村，请写明乡镇（街道）或区域代码。"),
         "other": _("区域代码和村名对不上。")}  # fmt: skip


class _Places:
    """The villages that there are today, found by code or name."""

    def __init__(self) -> None:
        self.codes = {area.code: area for area in services.villages()}
        self.names: dict[str, list[KnownArea]] = {}
        for area in self.codes.values():
            for name in _names(area):
                self.names.setdefault(name, []).append(area)

    def area(self, row: Mapping[str, str]) -> KnownArea | str:
        """The village that a line names, by code or by name within its town; or why there is none."""
        code, name, town = row.get("code", ""), normal_name(row.get("area", "")), normal_name(row.get("town", ""))
        if code:
            known = self.codes.get(code)
            return "none" if known is None else known if not name or name in _names(known) else "other"
        found = [one for one in self.names.get(name, []) if not town or town in _names(org().area(one.parent or ""))]
        return found[0] if len(found) == 1 else "many" if found else "none"


def _names(area: KnownArea | None) -> set[str]:
    return {normal_name(one.name) for one in area.names} if area else set()


def _day(text: str) -> date:
    found = DAY.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return date(*map(int, found.groups()))


def _same(post: Post, said: Appointment) -> bool:
    told = (one_line(said.name), one_line(said.office), one_line(said.phone), said.since, said.until)
    held = (post.name, post.office, post.phone, post.since, post.until)
    return told == held and duty.read_days(said.duty_days) == list(post.duty_days)
