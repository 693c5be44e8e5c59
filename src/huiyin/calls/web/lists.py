"""Lists of calls, one call, the days' service level; and what is owed to those who were missed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import record
from huiyin.calls import private, queries
from huiyin.calls.enums import LIVE, Direction, State
from huiyin.calls.models import Call
from huiyin.calls.policies import needs_look, others_secret
from huiyin.calls.queries import GROUPS, TITLES, Wanted
from huiyin.calls.services import notes, seats
from huiyin.calls.services.telephone import BY_EVENTS
from huiyin.calls.standard import standard
from huiyin.calls.web.forms import DIRECTIONS, FLAGS, OUTCOMES, STATES
from huiyin.cases.policies import SUPERVISE, TAKE_IN
from huiyin.cases.web.lists_out import cut_off
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.people.services import display_names
from huiyin.webkit.downloads import check_form, table_file

EXPORT_MOST, PAGE = 10_000, 500
DAYS = ("day", "offered", "answered", "in_time", "unanswered", "owed", "without_outcome", "after_call_seconds")
CALLS = ("rang_at", "number", "direction", "state", "wait_seconds", "agent", "outcome", "cases", "recording")


@login_required
@never_cache
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Calls, the latest first, narrowed by the address; numbers are masked."""
    actor = actor_of(request.user)
    needs_look(actor)
    wanted = Wanted.read(request.GET.dict())
    page = queries.page(actor, wanted, request.GET.get("cursor", ""))
    taken_by = f"user:{wanted.agent}"
    names = display_names({taken_by, *(call.agent for call in page.rows)})
    context = {
        "rows": [(call, _number(call), names.get(call.agent, "")) for call in page.rows],
        "taken_by": names.get(taken_by, wanted.agent),
        "next": page.next_cursor, "wanted": wanted, "groups": [(name, TITLES[name]) for name in GROUPS],
        "title": TITLES.get(wanted.group, _("全部来电")), "states": STATES, "outcomes": OUTCOMES,
    }  # fmt: skip
    return render(request, "calls/calls.html", context)


@login_required
@never_cache
@require_GET
def owed(request: HttpRequest) -> HttpResponse:
    """Whom we must ring back, by when it is due."""
    actor = actor_of(request.user)
    needs_look(actor)
    page, now = queries.owed_page(actor, request.GET.get("cursor", "")), clock.now()
    names = display_names({call.worked_by for call in page.rows})
    context = {
        "rows": [
            (call, _number(call), call.next_at is not None and call.next_at < now, names.get(call.worked_by, ""))
            for call in page.rows
        ],
        "next": page.next_cursor, "mine": actor.key, "states": STATES, "standard": standard(),
        "may_take": actor.may(TAKE_IN),
    }  # fmt: skip
    return render(request, "calls/owed.html", context)


@login_required
@never_cache
@require_GET
def call(request: HttpRequest, key: UUID) -> HttpResponse:
    """One call: how it went, what came of it, what was whispered."""
    actor, row = actor_of(request.user), seats.found(key)
    needs_look(actor)
    row.shut = queries.seen(actor, Call.objects.filter(pk=key)).get().shut
    events = list(row.events.order_by("at", "id")[:200])
    whispers, flags = [] if row.shut else notes.whispers(actor, row), list(row.flags.all())
    people = [row.agent, row.worked_by, row.outcome_by, *(e.agent for e in events), *(w.by for w, _text in whispers)]
    names = display_names(people)
    if whispers:
        notes.seen(actor, row)
    context = {
        "call": row, "number": _number(row), "states": STATES, "outcomes": OUTCOMES,
        "events": [
            (_what(one.kind), one.at, *(("", "") if row.shut else (names.get(one.agent, ""), one.other)))
            for one in events
        ],
        "matters": [] if row.shut else list(queries.matters_for(actor).filter(call=row)), "flags": flags,
        "flag_words": FLAGS,
        "agent": names.get(row.agent, ""), "worked_by": names.get(row.worked_by, ""),
        "by": _("由通话记录得出") if row.outcome_by == BY_EVENTS else names.get(row.outcome_by, ""),
        "whispers": [(w, text, names.get(w.by, w.by)) for w, text in whispers],
        **_may(actor, row),
    }  # fmt: skip
    return render(request, "calls/call.html", context)


def _may(actor: Actor, row: Call) -> dict[str, bool]:
    open_, over, mine = (
        not row.outcome and row.direction == Direction.IN,
        row.state not in LIVE,
        row.worked_by == actor.key,
    )
    free = not row.worked_by and not (row.shut and Call.objects.filter(others_secret(actor), pk=row.pk).exists())
    return {
        "may_release": actor.may(SUPERVISE) and bool(row.worked_by) and open_ and over,
        "may_take": actor.may(TAKE_IN) and open_ and row.state != State.RINGING and (mine or free),
        "over": over,
        "may_end": actor.may(SUPERVISE) and not over,
        "is_mine": mine and open_,
        "may_whisper": bool(row.worked_by) and open_ and not row.shut,
    }


def _number(row: Call) -> str:
    """The number, masked; "" where it was withheld, and of a call whose matter the reader may not know of."""
    return "" if row.shut else private.masked_number(row)


def _what(kind: str) -> str:
    return {
        "ringing": _("响铃"), "answered": _("接听"), "held": _("保持"), "resumed": _("恢复通话"),
        "transferred": _("转接"), "three_way": _("三方通话"), "missed": _("未接到"), "voicemail": _("留言"),
        "ended": _("挂断"), "recorded": _("录音就绪"),
    }.get(kind, kind)  # fmt: skip


@login_required
@never_cache
@require_GET
def days(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The service level day by day, as a page or (with `format`) a file. Every number opens its calls."""
    actor = actor_of(request.user)
    needs_look(actor)
    until = _day(request.GET.get("until", "")) or clock.today()
    since = _day(request.GET.get("since", "")) or until - timedelta(days=queries.DAYS - 1)
    rows, kind = queries.levels(since, until), request.GET.get("format", "")
    if kind:
        return table_file(
            kind, title=_("接通情况"), file=f"huiyin-days-{clock.today()}", rows=_level_rows(rows), keys=DAYS,
        )  # fmt: skip
    context = {"rows": rows, "since": since, "until": until, "standard": standard()}
    return render(request, "calls/days.html", context)


def _day(text: str) -> date | None:
    try:
        return clock.asked_day(text)
    except ValueError as error:
        raise BadInput(FieldError("since", _("应为日期，如 2021-09-23。"))) from error


def _level_rows(rows: Sequence[queries.Level]) -> Iterator[Sequence[object]]:
    yield [_("日期"), _("打进来"), _("接通"), _("及时接通"), _("没接到"), _("欠回拨"), _("无结果"), _("话后秒数")]
    for row in rows:
        seconds = round(row.after_call.total_seconds()) if row.after_call else ""
        yield [row.day, row.offered, row.answered, row.quick, row.unanswered, row.owed, row.open, seconds]


@login_required
@never_cache
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the list shows, as CSV or (with `format`) a workbook or JSON Lines, numbers masked; into the audit."""
    actor = actor_of(request.user)
    needs_look(actor)
    wanted, kind = Wanted.read(request.GET.dict()), request.GET.get("format", "csv")
    check_form(kind)
    record(actor=actor.key, action="export_calls", detail={"group": wanted.group, "outcome": wanted.outcome})
    return table_file(
        kind, title=_("来电"), file=f"huiyin-calls-{clock.today()}", rows=_call_rows(actor, wanted), keys=CALLS,
        widths=(18, 16, 8, 12, 10, 14, 18, 24, 22),
    )  # fmt: skip


def _call_rows(actor: Actor, wanted: Wanted) -> Iterator[Sequence[object]]:
    yield [_("来电时间"), _("号码"), _("方向"), _("状态"), _("等待秒数"), _("坐席"), _("结果"), _("事项"), _("录音")]
    cursor, written = "", 0
    while written < EXPORT_MOST:
        page = queries.page(actor, wanted, cursor, most=PAGE)
        names = display_names({call.agent for call in page.rows})
        for one in page.rows:
            yield _cells(one, names.get(one.agent, ""))
        written, cursor = written + len(page.rows), page.next_cursor
        if not cursor:
            return
    yield [cut_off(written)]


def _cells(call: Call, agent: str) -> Sequence[object]:
    told = [
        agent, OUTCOMES.get(call.outcome, ""), " ".join(one.case.number for one in call.matters.all()), call.recording,
    ]  # fmt: skip
    return [
        clock.local(call.rang_at).strftime("%Y-%m-%d %H:%M:%S"), _number(call), DIRECTIONS[call.direction],
        STATES.get(call.state, call.state),
        "" if call.wait_seconds is None else call.wait_seconds, *(["", "", "", ""] if call.shut else told),
    ]  # fmt: skip
