"""What of cases can be found by words: what their requesters said, and what they were told.

Redacted texts alone, and nothing of a matter that is or was kept shut (an accusation, a complaint of somebody's
conduct) or was erased; notes between colleagues are looked up in their case. Whoever may know of a case finds it: the
desk, the units with a part in it, but nobody it is kept from by name.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import feed, policies, rulebook
from huiyin.cases.enums import Audience, Confidentiality
from huiyin.cases.models import Case, Event, Order, Passage
from huiyin.org.reference import org
from huiyin.search import sources
from huiyin.search.marks import ASIDE
from huiyin.search.query import any_code, term_of
from huiyin.search.sources import Document, Scope, Shown, Source

SOURCE, CASE, REPLY = "cases", "case", "reply"
KINDS = {CASE: _("诉求"), REPLY: _("答复")}
FINDABLE = (Confidentiality.OPEN, Confidentiality.PROTECTED)
BETWEEN = " · "
PUBLISHED = "public_"
"""Beginning of the fields whose texts are published: another source has them."""
_COLUMNS = (
    "pk", "number", "title", "address", "kind", "phase", "category_id", "area_id", "lead_unit_id", "received_at",
    "tally",
)  # fmt: skip


def facet(name: str, code: str) -> str:
    """The term by which cases are narrowed: `kind`, `phase`, `unit` that leads, `area` or `category` with all in it."""
    return term_of("f", f"{name}-{code}")


@dataclass
class _Said:
    """The texts of a case: the requester's own, and what they were told, with the instant of the last."""

    words: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    replied_at: datetime | None = None


def documents(keys: Sequence[str]) -> Iterator[Document]:
    """The documents of those of the cases that may be found. Four statements."""
    rows = _findable().filter(pk__in=[UUID(key) for key in keys]).values_list(*_COLUMNS)
    cases = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    cases = [case for case in cases if not case["tally"].get("kept")]
    units = defaultdict[UUID, set[str]](set)
    for case_id, unit in Order.objects.filter(case__in=[case["pk"] for case in cases]).values_list("case", "unit"):
        units[case_id].add(unit)
    said = _said([case["pk"] for case in cases])
    for case in cases:
        yield from _documents_of(case, units[case["pk"]], said[case["pk"]])


def is_findable(case: Case) -> bool:
    """Whether the matter's redacted words may be read by more than its page: it neither is nor was kept shut."""
    return case.confidentiality in FINDABLE and bool(case.title) and not case.tally.get("kept")


def _findable() -> QuerySet[Case]:
    return Case.objects.filter(confidentiality__in=FINDABLE).exclude(title="")


def _said(cases: Sequence[UUID]) -> dict[UUID, _Said]:
    """What was said in each case."""
    found = defaultdict[UUID, _Said](_Said)
    texts = Passage.objects.filter(case__in=cases).exclude(text="").exclude(field__startswith=PUBLISHED)
    told = Q(audience__in=[Audience.REQUESTER, Audience.PUBLIC]) | Q(seq=1, field="body")
    rows = list(texts.filter(told).order_by("seq", "field").values_list("case", "seq", "field", "text"))
    events = Event.objects.filter(case__in={case for case, *_rest in rows}, seq__in={row[1] for row in rows})
    acts = {
        (case, seq): (actor, at) for case, seq, actor, at in events.values_list("case", "seq", "actor", "occurred_at")
    }
    for case, seq, name, text in rows:
        actor, at = acts[case, seq]
        if (seq, name) == (1, "body") or actor.startswith(("requester:", "anonymous")):
            found[case].words.append(text)
        else:
            found[case].replies.append(text)
            found[case].replied_at = at
    return found


def _documents_of(case: dict[str, Any], units: set[str], said: _Said) -> Iterator[Document]:
    area, lead = case["area_id"], case["lead_unit_id"]
    who = {term_of("u", unit) for unit in units}
    who.update(term_of("b", actor) for actor in case["tally"].get("barred", ()))
    names = (org().area_name_of(area) if area else "", org().name_of(lead) if lead else "")
    common = {
        "key": str(case["pk"]), "title": case["title"], "who": frozenset(who), "number": case["number"],
        "facets": frozenset(_facets(case)), "names": tuple(filter(None, names)),
    }  # fmt: skip
    words = "\n".join(said.words) + ASIDE + BETWEEN.join(filter(None, (case["address"], *names)))
    yield Document(kind=CASE, at=case["received_at"], body=words, **common)
    if said.replied_at:
        yield Document(kind=REPLY, at=said.replied_at, body="\n".join(said.replies), **common)


def _facets(case: dict[str, Any]) -> Iterator[str]:
    yield facet("kind", case["kind"])
    yield facet("phase", case["phase"])
    if case["lead_unit_id"]:
        yield facet("unit", case["lead_unit_id"])
    area = org().area(case["area_id"]) if case["area_id"] else None
    if area is not None:
        yield from (facet("area", code) for code in area.path.strip("/").split("/"))
    if case["category_id"]:
        parts = case["category_id"].split(".")
        yield from (facet("category", ".".join(parts[: n + 1])) for n in range(len(parts)))


def scope(actor: Actor) -> Scope | None:
    """What the index is asked so that it gives only cases that the actor may know of: `policies.visible` for cases that
    can be found at all.
    """
    kept = frozenset({term_of("b", actor.key)})
    if actor.may(policies.READ_ALL):
        return Scope(kept=kept)
    units = actor.units_with(policies.READ_OWN)
    return Scope(any_code("u", units), kept) if units else None


def shown(actor: Actor, keys: Sequence[str]) -> dict[str, Shown]:
    """Where hits lead, those of them that the actor may know of as the record stands now. One statement."""
    rows = _findable().filter(policies.visible(actor), pk__in=[UUID(key) for key in keys])
    found = rows.values_list("pk", "number", "title", "procedure", "state", "lead_unit_id", "area_id", "tally")
    return {
        str(pk): Shown(reverse("cases:case", args=[number]), tuple(_facts(number, procedure, state, lead, area)), title)
        for pk, number, title, procedure, state, lead, area, tally in found
        if not tally.get("kept")
    }


def _facts(number: str, procedure: str, state: str, lead: str | None, area: str | None) -> Iterable[str]:
    yield number
    yield rulebook.procedure(procedure).states[state].title.in_(get_language() or "zh")
    yield from filter(None, (org().label_of(lead) if lead else "", org().area_name_of(area) if area else ""))


def all_keys(after: str, most: int) -> list[str]:
    """All cases, the oldest first."""
    rows = Case.objects.order_by("pk").values_list("pk", flat=True)
    return [str(pk) for pk in (rows.filter(pk__gt=UUID(after)) if after else rows)[:most]]


def changed(state: str) -> tuple[str, list[str]]:
    """The cases with an event since the state, and where the record stands."""
    now = str(feed.mark())
    return now, [str(pk) for pk in feed.cases_since(int(state))] if state else []


def register() -> None:
    """Called once, when the app is ready."""
    sources.register(Source(SOURCE, KINDS, all_keys, documents, scope, shown, changed))
