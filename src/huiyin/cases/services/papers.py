"""Official papers of a matter: issued with an act, put together from the record as it stood then.

A ring brings its templates (`papers/*.yaml`); each makes a deed `issue_<name>` that an action may name. A paper says
what the chain says up to its act, whoever looks at it later: the matter is replayed to that point.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import policies, queries, registry
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience
from huiyin.cases.models import Case, Event
from huiyin.cases.originals import read_heading
from huiyin.cases.procedures.spec import InputType, Procedure
from huiyin.cases.services.replay import replay
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError, NotAllowed, NotFound, Refused
from huiyin.org.reference import org
from huiyin.papers.models import Paper
from huiyin.papers.numbers import next_number
from huiyin.papers.sheet import Sheet, fill
from huiyin.papers.template import Template, parse
from huiyin.people.masking import mask_name
from huiyin.people.parties import contact_of

TEMPLATES: dict[str, Template] = {}
"""Every template that a ring brought, by key."""


def bring(package: str) -> None:
    """Make a ring's templates known, and for each the deed that issues it."""
    for item in sorted((files(package) / "papers").iterdir(), key=lambda one: one.name):
        if item.name.endswith(".yaml"):
            template = parse(item.read_text(encoding="utf-8"), item.name)
            if TEMPLATES.get(template.key, template) != template:
                raise ConfigError("double_template", f"{item.name}: {template.key} is there already.")
            TEMPLATES[template.key] = template
            _deed(template)


def _deed(template: Template) -> None:
    name = f"issue_{template.name.rpartition('.')[2]}"

    def issue(actor: Actor, dossier: Dossier) -> None:
        _issue(actor, dossier, template)

    registry.deed[name] = issue


def _issue(actor: Actor, dossier: Dossier, template: Template) -> None:
    """Number the paper that the act just written issues. Refused with the parts that it lacks."""
    case, events = dossier.case, queries.history(dossier.case)
    event = events[-1]
    facts, texts = _content(case, events, originals=True)
    gaps = template.missing(facts, texts)
    if gaps:
        raise Refused(
            "paper_incomplete",
            _("“%(paper)s”还缺：%(parts)s。") % {"paper": template.title.zh, "parts": _("、").join(gaps)},
            rule=_("文书应当载明法定内容，缺一不得签发。"),
            do=_("请补齐后再签发。"),
            missing=gaps,
        )
    issuer = _issuer(dossier, event.unit) if template.for_principal else event.unit
    unit, day = org().unit(issuer), clock.local_date(event.occurred_at)
    short = (unit.named(day).short_name or unit.named(day).name) if unit else ""
    Paper.objects.create(
        number=next_number(short, template.series, day.year), template=template.key, subject=case.number,
        seq=event.seq, unit=issuer, issued_by=actor.key, issued_at=event.occurred_at,
    )  # fmt: skip


def _issuer(dossier: Dossier, unit: str) -> str:
    """The body in whose name a unit signs: the one that it acts for, if that is one; else itself."""
    bodies = [body for body, agent in dossier.policy.acts_for.items() if agent == unit]
    return bodies[0] if len(bodies) == 1 else unit


@dataclass(frozen=True)
class Issued:
    """A paper in a matter's list."""

    paper: Paper
    template: Template


def papers_of(actor: Actor, case: Case) -> list[Issued]:
    """The papers of a matter that the actor has found, the oldest first. One statement."""
    shut = policies.kept_shut(actor, case)
    rows = Paper.objects.filter(subject=case.number).order_by("seq", "id")
    return [Issued(row, TEMPLATES[row.template]) for row in rows if not shut(row.seq)]


def sheet_of(actor: Actor, number: str, key: Any, *, whole: bool = False) -> Sheet:
    """The paper as the actor reads it: its own requester word for word, staff without what is masked.

    `whole` gives staff all of it, to be served, and is written down in the audit. NotFound for what they may not know
    of; NotAllowed where the requester is protected from them.
    """
    dossier = queries.find(actor, number)
    case, theirs = dossier.case, actor.key == f"requester:{dossier.case.number}"
    found = next((one for one in papers_of(actor, case) if one.paper.pk == key), None)
    if found is None:
        raise NotFound("no_such_paper", _("没有找到这份文书。"), do=_("请从事项页面重新打开。"))
    if whole and not theirs:
        if not policies.sees_identity(actor, case):
            raise NotAllowed("reporter_protected", _("举报人的身份不公开。"), do=_("请由承办机构办理。"))
        record(actor=actor.key, action="print_paper", subject=case.number, detail={"paper": found.paper.number})
    events = [event for event in queries.history(case) if event.seq <= found.paper.seq]
    facts, texts = _content(case, events, originals=whole or theirs)
    unit, day = found.paper.unit, clock.local_date(found.paper.issued_at)
    known = org().unit(unit)
    return fill(
        found.template, facts=facts, texts=texts, number=found.paper.number,
        signed=known.named(day).name if known else unit, day=day, matter=case.number,
    )  # fmt: skip


def _content(case: Case, events: Sequence[Event], *, originals: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Facts and texts of the matter as it stood after those events. A draft is for staff; the paper that it becomes is
    not: the template says which texts stand in it.
    """
    then, seq = replay(events), events[-1].seq
    texts: dict[str, str] = {}
    for (at, field), said in sorted(queries.passages(case, list(Audience), originals=originals).items()):
        if at <= seq:
            texts[field] = said.text
    return _facts(case, then, events, originals=originals), texts


def _facts(case: Case, then: Dossier, events: Sequence[Event], *, originals: bool) -> dict[str, str]:
    heading = read_heading(case) if originals else None
    name = contact_of(case.requester).name
    known = name if originals else mask_name(name)
    lead = then.case.lead_unit_id
    found = {
        "number": case.number,
        "title": (heading.title if heading and heading.title else case.shown_title).rstrip("。"),
        "addressee": known or "信访人",
        "received": words_of_day(clock.local_date(case.received_at)),
        "unit": org().name_of(lead) if lead else "",
    }
    for ticking in then.clocks:
        if ticking.running and ticking.due_at is not None:  # not the limit of a round before
            found[f"due_{ticking.name}"] = words_of_day(clock.local_date(ticking.due_at - timedelta(microseconds=1)))
    found |= {f"basis_{key}": cited(then.procedure, spec.basis) for key, spec in then.procedure.clocks.items()}
    acted = then.procedure.actions.get(events[-1].kind)
    found["basis"] = cited(then.procedure, acted.basis) if acted else ""
    found[f"by_{events[-1].kind}"] = "yes"
    found |= _choices(then.procedure, events)
    for bring_facts in registry.paper_facts.values():
        found |= bring_facts(then)
    return found


def words_of_day(day: Any) -> str:
    """`2022年5月1日`, as papers write a day."""
    return f"{day.year}年{day.month}月{day.day}日"


def cited(procedure: Procedure, basis: str) -> str:
    """`PR 34` as a paper cites it, in Chinese whoever looks."""
    said = []
    for part in (one.strip() for one in basis.split(";")):
        source, _space, articles = part.partition(" ")
        known = procedure.sources.get(source)
        told = "、".join(f"第{_counted(article)}条" for article in articles.split(", "))
        said.append(f"{known.zh}{told}" if known else part)
    return "、".join(said)


def _counted(article: str) -> str:
    """`35` as laws number their articles: 三十五. What is no such number stands as it is."""
    if not article.isdecimal() or not 0 < int(article) < 1000:
        return article
    digits, (hundreds, rest) = "零一二三四五六七八九", divmod(int(article), 100)
    tens, ones = divmod(rest, 10)
    ten = f"{digits[tens] if tens > 1 or hundreds else ''}十" if tens else "零" if hundreds and ones else ""
    return (
        f"{digits[hundreds]}百{ten}{digits[ones] if ones else ''}"
        if hundreds
        else f"{ten}{digits[ones] if ones else ''}"
    )


def _choices(procedure: Procedure, events: Iterable[Event]) -> dict[str, str]:
    """What was last chosen in each input, in words, as `given_<input>`; what that rests on as `basis_<input>`."""
    found: dict[str, str] = {}
    for event in events:
        action = procedure.actions.get(event.kind)
        given: Mapping[str, Any] = json.loads(event.payload).get("given", {})
        for name, value in given.items():
            asked = action.inputs.get(name) if action else None
            choice = asked.choices.get(str(value)) if asked else None
            dated = asked is not None and asked.type is InputType.DATE
            said = words_of_day(date.fromisoformat(value)) if dated else str(value)
            found[f"given_{name}"] = choice.zh if choice else said
            if choice and action:
                found[f"basis_{name}"] = cited(procedure, choice.basis or action.basis)
    return found
