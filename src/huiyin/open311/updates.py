"""mySociety's service request updates: each change of stage that strangers may see, and what a reporter adds.

Not part of GeoReport v2; FixMyStreet follows and adds to reports with it.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from huiyin.access.actor import ANONYMOUS, Actor, requester
from huiyin.cases import rulebook
from huiyin.cases.models import Event
from huiyin.cases.services.act import act
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.letters import published
from huiyin.open311.models import Report
from huiyin.open311.reports import DESCRIPTION_MOST, Form, has_number
from huiyin.open311.requests import SPAN, instant, letters, moment, reports, stage_of, stage_text, whole_second

LATELY = timedelta(days=1)
"""The window where nothing is asked."""
MOST = 1_000
CHUNK = 500
STATEMENT = "add_statement"


def updates(given: Any) -> list[dict[str, Any]]:
    """The updates recorded in a window, the earliest first; at most a thousand, then ask on from the last one."""
    errors: list[FieldError] = []
    since, until = instant(given, "start_date", errors), whole_second(instant(given, "end_date", errors))
    until = until or clock.now()
    since = since or until - LATELY
    if not errors and until - since > SPAN + timedelta(seconds=1):
        errors.append(FieldError("end_date", _("时间跨度最多%(days)s天。") % {"days": SPAN.days}))
    if errors:
        raise BadInput(*errors, what=_("查询条件有误。"))
    found = [*_of_reports(since, until), *_of_letters(since, until)]
    return [told for _at, told in sorted(found, key=lambda pair: (pair[0], pair[1]["update_id"]))][:MOST]


def _of_reports(since: datetime, until: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """The events of shown reports after which a stranger sees another stage."""
    rows = Event.objects.filter(
        recorded_at__gte=since, recorded_at__lte=until, seq__gt=1, case__in=reports().values("case")
    ).order_by("recorded_at", "case", "seq")
    columns = ("recorded_at", "seq", "payload", "case__number", "case__procedure")
    many = 0
    for at, seq, payload, number, procedure in rows.values_list(*columns).iterator(chunk_size=CHUNK):
        said = json.loads(payload)
        before, after = said.get("from") or "", said.get("to") or ""
        if not before or not after:
            continue
        stage = stage_of(procedure, after)
        if stage != stage_of(procedure, before):
            yield at, _update(number, seq, stage == "closed", at, stage_text(stage))
            many += 1
            if many == MOST:
                return


def _of_letters(since: datetime, until: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Publications: the answer is the update."""
    titles = letters().filter(case__closed_at__gte=since, case__closed_at__lte=until).order_by("case__closed_at")
    cases = dict(titles.values_list("case__number", "case_id")[:MOST])
    for letter in published.of_cases(cases.values()):
        assert letter.closed_at is not None
        yield letter.closed_at, _update(letter.number, 0, True, letter.closed_at, letter.reply)


def _update(number: str, seq: int, closed: bool, at: datetime, said: str) -> dict[str, Any]:
    return {
        "update_id": f"{number}-{seq}",
        "service_request_id": number,
        "status": "closed" if closed else "open",
        "updated_datetime": moment(at),
        "description": said,
        "media_url": None,
    }


def add(*, actor: Actor, form: Form) -> str:
    """Add what the reporter says later, in the name of the program that sent the report; the update's id.

    The same `update_id` is added once. Raises NotAllowed for strangers, NotFound for a report that isn't theirs,
    BadInput, Refused where the matter takes no more.
    """
    if actor is ANONYMOUS:
        raise NotAllowed("key_missing", _("须给出 api_key。"), rule=_("只有提交该请求的程序可以补充。"))
    number, text = normal_case_number(form.one("service_request_id")), form.one("description")
    errors = [FieldError(name, _("请填写。")) for name in ("service_request_id", "description") if not form.one(name)]
    if len(text) > DESCRIPTION_MOST:
        errors.append(FieldError("description", _("最多%(most)s个字符。") % {"most": DESCRIPTION_MOST}))
    instant({"updated_datetime": form.one("updated_datetime")}, "updated_datetime", errors)
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有保存。"))
    report = Report.objects.select_related("case").filter(case__number=number, sender=actor.key).first()
    if number is None or report is None or not has_number(report, report.case):
        raise NotFound("no_such_request", _("没有找到这项服务请求。"), do=_("只有提交该请求的程序可以补充。"))
    rules, given = rulebook.procedure(report.case.procedure), {"statement": text}
    assert STATEMENT in rules.actions, "a procedure that takes reports lets their requester add to them"
    own = form.one("update_id")
    key = f"open311:{own}" if own else ""
    done = act(actor=requester(number), number=number, action=STATEMENT, given=given, key=key)
    return own or f"{number}-{done.case.version}"
