"""The cockpit: who is calling, what they say, what it seems to be about, and what comes of it, by keyboard."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.calls import heard, private, queries
from huiyin.calls.enums import LIVE, UNANSWERED, FlagKind, Outcome, SeatState
from huiyin.calls.models import Call
from huiyin.calls.policies import needs_seat
from huiyin.calls.queries import Wanted
from huiyin.calls.scripts import scripts
from huiyin.calls.services import drafts, notes, seats
from huiyin.calls.services.finish import HOW, NUMBERS, Saved, finish, not_reached
from huiyin.calls.standard import standard
from huiyin.calls.web.forms import FLAGS, OUTCOMES, STATES, CallForm, may_dispatch, sends_listed_only
from huiyin.calls.web.simulator import said_in
from huiyin.cases import rulebook
from huiyin.cases.enums import Phase
from huiyin.cases.models import Case
from huiyin.cases.places import places
from huiyin.cases.policies import TAKE_IN
from huiyin.cases.queries import known_numbers
from huiyin.cases.services.callers import matters_of
from huiyin.cases.web.forms import KINDS, URGENCIES
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotAllowed, NotFound, Refused
from huiyin.knowledge.queries import no_such_article, of_key, published
from huiyin.people.services import display_names

HISTORY, LATELY = 6, 8
LEFT = {
    "body", "title", "area", "address", "lead", "ground", "reply", "name", "phone", "respondent_unit", "explanation",
}  # fmt: skip
"""What somebody has typed themselves, shown again where it couldn't be saved."""
SEEN, CLEAR = "told_call", "clear_call"
"""In the session: what was saved of a call last, and the call whose number the next page shows in clear, once."""
STALE = gettext_noop("（此答复超过复核日期，请核实后再说）")


@login_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The call on the screen with the caller's matters and what was typed; or the queue, while there is none."""
    actor = actor_of(request.user)
    needs_seat(actor)
    call = _chosen(actor, request.GET.get("call", ""))
    if call is None:
        return render(request, "calls/cockpit.html", _frame(request, actor, None))
    typed = drafts.kept(actor, call)
    form = CallForm(initial=_initial(typed), may_dispatch=may_dispatch(actor))
    return render(request, "calls/cockpit.html", _of_call(request, actor, call, form, typed))


def _chosen(actor: Actor, key: str) -> Call | None:
    hand = seats.at_hand(actor)
    return next((call for call in hand if str(call.pk) == key), hand[0] if hand else None)


def _initial(typed: Mapping[str, str]) -> dict[str, Any]:
    return {**typed, **{name: True for name in ("anonymous", "again") if typed.get(name)}}


def _frame(request: HttpRequest, actor: Actor, call: Call | None) -> dict[str, Any]:
    told = request.session.pop(SEEN, None)
    if told and told.get("by"):
        told["by"] = datetime.fromisoformat(told["by"])
    idle = _idle(actor) if call is None else {}
    return {
        "call": call, "told": told, "outcomes": OUTCOMES, "rehearsal_calls": settings.REHEARSAL,
        "scripts": scripts(), "clock_now": clock.now(), **idle, **_news(actor, call),
    }  # fmt: skip


def _idle(actor: Actor) -> dict[str, Any]:
    """While nobody is on the line: how the hotline's day goes, and what one took oneself."""
    today, me = clock.today(), actor.key.removeprefix("user:")
    mine = queries.page(actor, Wanted(day=today, agent=me), most=LATELY).rows
    return {"today": queries.level_of(today), "mine": mine, "me": me}


def _of_call(
    request: HttpRequest, actor: Actor, call: Call, form: CallForm, typed: Mapping[str, str],
    error: HuiyinError | None = None,
) -> dict[str, Any]:  # fmt: skip
    rang, upheld = queries.calls_of_caller(call)
    number = private.number_of(call)
    matters = matters_of(actor=actor, phone=number)[:HISTORY] if call.phone_index else []
    states = {case.pk: rulebook.procedure(case.procedure).states[case.state].title for case in matters}
    rows = [(case, states[case.pk], case.phase == Phase.OPEN) for case in matters]
    return {
        **_frame(request, actor, call), "form": form, "error": error, "rang": rang, "upheld": upheld,
        "number": private.masked_number(call), "rows": rows, "kinds": KINDS, "places": places(),
        "may_dispatch": form.may_dispatch, "missed": call.state in UNANSWERED, "flags": FLAGS.items(),
        "flagged": call.flags.filter(by=actor.key).exists(), "numbers": NUMBERS,
        "clear": number if request.session.pop(CLEAR, "") == str(call.pk) else "",
        "transcript": said_in(call), "cited": _cited(typed.get("article", "")), **_heard(actor, typed),
    }  # fmt: skip


def _cited(article: str) -> str:
    """The question of the article that the reply rests on."""
    key = _uuid(article) if article else None
    found = of_key(key) if key else None
    return found.question if found else ""


def _heard(actor: Actor, typed: Mapping[str, str]) -> dict[str, Any]:
    place = heard.place_meant(typed.get("area", "") or typed.get("address", "")) or ""
    found = heard.heard(
        actor, typed.get("body", ""), place=place, kind=typed.get("chose_kind", ""), category=typed.get("category", "")
    )
    return {
        "heard": found, "stale": STALE, "kinds": KINDS, "urgencies": URGENCIES, "listed_only": sends_listed_only(actor),
        "place_label": heard.place_label(found.area) if found and found.area else "",
    }  # fmt: skip


def _news(actor: Actor, call: Call | None) -> dict[str, Any]:
    waiting, hand = queries.waiting(), seats.at_hand(actor)
    others = queries.others_with(call, actor) if call else []
    whispered = notes.whispers(actor, call) if call else []
    if call and whispered:
        notes.seen(actor, call)
    names = display_names([*(one.worked_by for one in others), *(row.by for row, _text in whispered)])
    current = next((one for one in hand if call and one.pk == call.pk), None)
    return {
        "now": current, "gone": call is not None and current is None,
        "waiting": [(one, private.masked_number(one)) for one in waiting],
        "hand": [(one, private.masked_number(one)) for one in hand if not call or one.pk != call.pk],
        "others": [(one, names.get(one.worked_by, one.worked_by)) for one in others],
        "whispers": [(row, text, names.get(row.by, row.by)) for row, text in whispered],
        "owed": queries.owed().count(), "seat_now": seats.seat_of(actor), "states": STATES, "live": LIVE,
        "outcomes": OUTCOMES, "standard": standard(),
    }  # fmt: skip


@login_required
@never_cache
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """What changed at the seat: the queue, the call's state, whispers, another seat with the same caller. Polled."""
    actor = actor_of(request.user)
    needs_seat(actor)
    key = _uuid(request.GET.get("call", ""))
    call = Call.objects.filter(pk=key, worked_by=actor.key).first() if key else None
    context = _news(actor, call) | {"call": call}
    if key and call is None:
        context["gone"] = True  # on another's screen now
    return render(request, "calls/_news.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@login_required
@never_cache
@require_POST
def listen(request: HttpRequest) -> HttpResponse:
    """What the notes so far seem to be about: a part of the page, while somebody types. Keeps nothing."""
    actor = actor_of(request.user)
    needs_seat(actor)
    return render(request, "calls/_heard.html", _heard(actor, request.POST.dict()))


@login_required
@never_cache
@require_POST
def find_place(request: HttpRequest) -> HttpResponse:
    """Streets, towns and villages by a part of their name."""
    needs_seat(actor_of(request.user))
    found = heard.find_places(request.POST.get("area", ""))
    return render(request, "calls/_places.html", {"found": found})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def seat(request: HttpRequest) -> HttpResponse:
    """Sit down, be ready or away, get up, or write down a call that no telephone system tells of."""
    actor = actor_of(request.user)
    needs_seat(actor)
    asked = request.POST
    try:
        match asked.get("do", ""):
            case "sit":
                seats.sit_down(actor=actor, extension=asked.get("extension", ""))
            case "ready" | "away" as state:
                seats.be(actor=actor, state=SeatState(state))
            case "leave":
                seats.be(actor=actor, state=None)
            case "write":
                call = seats.write_down(actor=actor, number=asked.get("number", "").strip())
                return _to(call.pk)
    except (BadInput, Refused) as error:
        context = _frame(request, actor, None) | {"error": error, "asked": asked.dict()}
        return render(request, "calls/cockpit.html", context, status=error.status)
    return redirect("calls:cockpit")


def _to(key: UUID) -> HttpResponse:
    return redirect(f"{reverse('calls:cockpit')}?call={key}")


@login_required
@never_cache
@require_POST
def save(request: HttpRequest, key: UUID) -> HttpResponse:
    """Save what came of the call; a mistake shows the form again with nothing lost."""
    actor, asked = actor_of(request.user), request.POST
    there, typed = seats.found(key), _typed(asked)
    if there.worked_by != actor.key and actor.may(TAKE_IN):
        return _moved(request, actor, typed)
    call = seats.mine(actor, key)
    needs_seat(actor)
    if asked.get("step") in {"keep", "see"}:
        drafts.keep(actor=actor, key=key, typed=typed)
        return _to(key)
    if asked.get("use"):
        drafts.keep(actor=actor, key=key, typed=typed | _answer(actor, asked["use"]))
        return _to(key)
    how, more = _how(asked)
    form = CallForm(asked, how=how, may_dispatch=may_dispatch(actor))
    error: HuiyinError | None = None
    if form.is_valid():
        try:
            saved = finish(actor=actor, key=key, turn=_turn(asked), wish=form.wish(more))
            return _saved(request, actor, saved, form)
        except BadInput as refused:
            form.take_over(refused)
        except (Refused, NotAllowed, NotFound) as refused:
            error = refused
    if seats.found(key).worked_by != actor.key:
        return _moved(request, actor, typed)  # while it was being saved
    drafts.keep(actor=actor, key=key, typed=typed)
    context = _of_call(request, actor, call, form, typed, error)
    return render(request, "calls/cockpit.html", context, status=error.status if error else 422)


def _moved(request: HttpRequest, actor: Actor, typed: Mapping[str, str]) -> HttpResponse:
    """What was typed of a call that is on another's screen by now: nothing is saved, and nothing lost."""
    error = Refused(
        "call_moved", _("这个来电已转到别的坐席，没有保存。"), rule=_("一个来电由它所在的坐席保存。"),
        do=_("您写的在下面，请告诉接手的坐席。"),
    )  # fmt: skip
    labels = {name: field.label for name, field in CallForm.base_fields.items() if field.label}
    left = [(label, typed[name]) for name, label in labels.items() if name in LEFT and typed.get(name)]
    context = _frame(request, actor, None) | {"error": error, "left": left}
    return render(request, "calls/cockpit.html", context, status=error.status)


def _answer(actor: Actor, article: str) -> dict[str, str]:
    """The reply that an article gives, with a word of warning where it is past its review date. NotFound."""
    key = _uuid(article)
    if key is None:
        raise no_such_article()
    found = published(actor, key)
    return {"reply": found.answer + (_(STALE) if found.late_days else ""), "article": str(found.key)}


def _how(asked: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The outcome that a button stands for, and what it names. "": what the filled fields say."""
    for name, how in (("join", Outcome.JOINED), ("follow", Outcome.FOLLOWED), ("urge", Outcome.FOLLOWED)):
        if asked.get(name):
            return how, {"main": asked[name]} | ({"urge": "1"} if name == "urge" else {})
    if asked.get("connect"):
        return Outcome.EMERGENCY, {"connected": asked["connect"]}
    step = asked.get("step", "")
    if step and step not in {str(how) for how in HOW}:
        raise BadInput(FieldError("step", _("没有这个操作。")))
    return step, {}


def _turn(asked: Mapping[str, str]) -> int:
    turn = asked.get("turn", "")
    return int(turn) if turn.isascii() and turn.isdecimal() and len(turn) < 5 else 0


def _typed(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: asked[name] for name in (*CallForm.base_fields, "chose_kind") if asked.get(name)}


def _saved(request: HttpRequest, actor: Actor, saved: Saved, form: CallForm) -> HttpResponse:
    again = form.cleaned_data["again"] and not saved.before
    request.session[SEEN] = {
        "how": str(saved.how), "number": saved.number, "code": saved.access_code, "before": saved.before,
        **_promised(actor, saved.case),
    }  # fmt: skip
    return _to(saved.call.pk) if again else redirect("calls:cockpit")


def _promised(actor: Actor, case: Case | None) -> dict[str, str]:
    """Who handles the matter, and by when its caller is answered unless that is past: of an open one that the actor may
    know of.
    """
    if case is None or case.phase != Phase.OPEN or not known_numbers(actor, [case.number]):
        return {}
    by = case.promise_at
    return {"unit": case.lead_unit_id or "", "by": by.isoformat() if by and by > clock.now() else ""}


@login_required
@never_cache
@require_POST
def draft(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep what is typed, while it is being typed."""
    actor = actor_of(request.user)
    seats.found(key)
    needs_seat(actor)
    kept = drafts.keep(actor=actor, key=key, typed=_typed(request.POST))
    return render(request, "calls/_kept.html", {"kept": kept})


@login_required
@never_cache
@require_POST
def do(request: HttpRequest, key: UUID) -> HttpResponse:
    """Pick up, hang up, ring back, flag, whisper and the like; then back to the call."""
    actor, asked = actor_of(request.user), request.POST
    act = DOING.get(asked.get("do", ""))
    if act is None:
        seats.found(key)
        raise BadInput(FieldError("do", _("没有这个操作。")))
    return act(request, actor, key, asked)


type Doing = Callable[[HttpRequest, Actor, UUID, Mapping[str, str]], HttpResponse]


def _pick_up(_request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.pick_up(actor=actor, key=key)
    return _to(key)


def _hang_up(_request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.hang_up(actor=actor, key=key)
    return _to(key)


def _ring_back(request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.ring_back(actor=actor, key=key)
    request.session[CLEAR] = str(key)
    return _to(key)


def _take_over(_request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.take_over(actor=actor, key=key)
    return _to(key)


def _release(_request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.release(actor=actor, key=key)
    return redirect("calls:call", key)


def _end(_request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.end(actor=actor, key=key)
    return redirect("calls:call", key)


def _show(request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    seats.number_shown(actor=actor, key=key)
    request.session[CLEAR] = str(key)
    return _to(key)


def _unreached(_request: HttpRequest, actor: Actor, key: UUID, _asked: Mapping[str, str]) -> HttpResponse:
    not_reached(actor=actor, key=key)
    return redirect("calls:owed")


def _flag(_request: HttpRequest, actor: Actor, key: UUID, asked: Mapping[str, str]) -> HttpResponse:
    kind = asked.get("kind", "")
    if kind not in set(FlagKind):
        raise BadInput(FieldError("kind", _("没有这种标记。")))
    notes.flag(actor=actor, key=key, kind=FlagKind(kind), note=asked.get("note", ""))
    return _to(key)


def _whisper(_request: HttpRequest, actor: Actor, key: UUID, asked: Mapping[str, str]) -> HttpResponse:
    row = notes.whisper(actor=actor, key=key, text=asked.get("text", ""))
    return _to(key) if row.call.worked_by == actor.key else redirect("calls:call", key)


DOING: Mapping[str, Doing] = {
    "pick_up": _pick_up, "hang_up": _hang_up, "ring_back": _ring_back, "take_over": _take_over, "release": _release,
    "end": _end, "show": _show, "unreached": _unreached, "flag": _flag, "whisper": _whisper,
}  # fmt: skip
