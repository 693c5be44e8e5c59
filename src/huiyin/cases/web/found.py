"""The page of what was found, whatever it is: matters, answers, units, places, and what other rings bring."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.access.actor import Actor
from huiyin.cases.enums import Kind, Phase
from huiyin.cases.findable import facet
from huiyin.cases.search import is_phone
from huiyin.cases.web.forms import KINDS
from huiyin.kernel import clock, text
from huiyin.org.reference import org
from huiyin.search import index
from huiyin.search.find import Narrowed, Page, find
from huiyin.search.sources import sources

MOST_TYPED = 80
FIRST_SHOWN = 6
LATE = timedelta(minutes=2)
"""How far behind the index may be before the page says so."""
PHASES = {Phase.OPEN.value: gettext_lazy("在办"), Phase.CLOSED.value: gettext_lazy("已办结")}
CHOICES = ("sort", "kind", "phase", "area", "since", "until")


def found_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What fits the words in the address, narrowed as the address says."""
    typed = " ".join(text.shown(request.GET.get("q", "")).split())[:MOST_TYPED]
    chosen = {name: request.GET.get(name, "").strip() for name in CHOICES}
    kinds = {kind: title for one in sources() if not one.first for kind, title in one.kinds.items() if one.scope(actor)}
    narrowed, chosen = _narrowed(chosen, set(kinds))
    phone = is_phone(typed)
    asked = bool(typed) and not phone
    below = _number(request.GET.get("below", ""))
    page = find(actor, typed, narrowed=narrowed, below=below) if asked else Page()
    first = (
        find(actor, typed, limit=FIRST_SHOWN, first=True) if asked and not below and not _is_narrow(chosen) else Page()
    )
    at = index.looked_at()
    context: dict[str, Any] = {
        "typed": "" if phone else typed, "asked": asked, "is_phone": phone, "page": page, "first": first,
        "chosen": chosen,
        "sorts": _sorts(typed, chosen, kinds), "kinds": KINDS, "phases": PHASES,
        "towns": [area for area in org().areas.values() if area.level == "township"],
        "is_narrow": _is_narrow(chosen), "on": _address(typed, chosen, below=page.below) if page.below else "",
        "again": _address(typed, chosen) if below else "", "whole": at is not None and index.whole(), "at": at,
        "late": at is not None and clock.now() - at > LATE,
    }  # fmt: skip
    return render(request, "cases/found.html", context)


def _narrowed(asked: dict[str, str], kinds: set[str]) -> tuple[Narrowed, dict[str, str]]:
    """What the address narrows to, and the choices that could be read; what can't be is no choice."""
    chosen = {
        "sort": asked["sort"] if asked["sort"] in kinds else "",
        "kind": asked["kind"] if asked["kind"] in list(Kind) else "",
        "phase": asked["phase"] if asked["phase"] in PHASES else "",
        "area": asked["area"] if org().area(asked["area"]) else "",
        "since": asked["since"] if _day(asked["since"]) else "",
        "until": asked["until"] if _day(asked["until"]) else "",
    }
    facets = frozenset(facet(name, chosen[name]) for name in ("kind", "phase", "area") if chosen[name])
    since, until = _day(chosen["since"]), _day(chosen["until"])
    narrowed = Narrowed(
        kinds=frozenset({chosen["sort"]} if chosen["sort"] else ()), facets=facets,
        since=clock.start_of_day(since) if since else None, until=clock.end_of_day(until) if until else None,
    )  # fmt: skip
    return narrowed, chosen


def _is_narrow(chosen: dict[str, str]) -> bool:
    return any(chosen.values())


def _sorts(typed: str, chosen: dict[str, str], kinds: dict[str, object]) -> list[tuple[str, str, bool]]:
    """Tabs: everything, and each kind of what was found."""
    names = {"": _("全部"), **{kind: str(title) for kind, title in kinds.items()}}
    return [
        (_address(typed, {**chosen, "sort": name}), title, chosen["sort"] == name) for name, title in names.items()
    ]  # fmt: skip


def _address(typed: str, chosen: dict[str, str], **also: object) -> str:
    return "?" + urlencode({"q": typed, **{name: value for name, value in chosen.items() if value}, **also})


def _day(said: str) -> date | None:
    try:
        return clock.asked_day(said)
    except ValueError:
        return None


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 19 else 0
