"""What anybody may know: the rules, the responsibility list, units and areas, what to expect; and rating by a link."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status

from huiyin.access import limits
from huiyin.access.actor import Actor
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.apikit.problems import problems
from huiyin.cases import catalogue, queries, rulebook, story
from huiyin.cases.api.published import (
    AreaOut,
    CategoryOut,
    DiagramOut,
    DutyOut,
    ExpectedIn,
    ExpectedOut,
    ProcedureOut,
    ProcedureRowOut,
    RateIn,
    RatingOut,
    UnitOut,
    WorkdaysIn,
    WorkdaysOut,
)
from huiyin.cases.procedures.draw import mermaid
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.act import act, options
from huiyin.cases.services.expect import expected_for
from huiyin.cases.services.invite import rater
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.kernel.text import Plain
from huiyin.org.reference import org
from huiyin.workdays.arithmetic import add_workdays
from huiyin.workdays.services import calendar

router = Router(tags=["public"])

RATE = "rate"


def _language() -> str:
    return get_language() or "zh"


@router.get("/units", response={200: list[UnitOut]} | problems())
def list_units(request: HttpRequest) -> list[UnitOut]:
    """All confirmed units in force today."""
    today = clock.today()
    return [
        UnitOut(code=u.code, name=org().label_of(u.code), kind=u.named().kind, level=u.level, parent=u.parent)
        for u in org().units.values()
        if u.confirmed and u.in_force(today)
    ]


@router.get("/areas", response={200: list[AreaOut]} | problems())
def list_areas(request: HttpRequest) -> list[AreaOut]:
    """All areas in force today, from the county down."""
    today = clock.today()
    return [
        AreaOut(code=a.code, name=org().area_name_of(a.code), level=a.level, parent=a.parent)
        for a in org().areas.values()
        if a.in_force(today)
    ]


@router.get("/categories", response={200: list[CategoryOut]} | problems(422))
def list_categories(request: HttpRequest, scheme: Plain = "jieshou") -> list[CategoryOut]:
    """The categories of a scheme, from the top. An unknown scheme has none."""
    return [
        CategoryOut(key=c.key, name=catalogue.label_of(c), path=c.path, level=c.level, parent=c.parent_id)
        for c in catalogue.in_scheme(scheme)
    ]


@router.get("/duties", response={200: list[DutyOut]} | problems(422))
def list_duties(request: HttpRequest, scheme: Plain = "jieshou") -> list[DutyOut]:
    """The responsibility list in force today: whose duty each category is, since when, and on what ground."""
    return [
        DutyOut(
            category=line.category.key, name=catalogue.label_of(line.category), units=list(line.units),
            areas=line.areas, level=line.level, delegated=line.delegated, since=line.since, until=line.until,
            source=line.source,
        )
        for _group, lines in catalogue.listed(scheme, clock.today())
        for line in lines
    ]  # fmt: skip


@router.get("/expected-answer", response={200: ExpectedOut} | problems(422))
def read_expected_answer(request: HttpRequest, asked: Query[ExpectedIn]) -> dict[str, Any]:
    """By when a matter would be answered if it were accepted now, with every day counted.

    Expected, not promised: the promise is made on acceptance. `clock` is null where the procedure promises nothing.
    """
    procedure, found = expected_for(asked.kind, asked.urgency)
    told = None
    if found is not None:
        limits_of = rulebook.limit_policy(rulebook.in_force("limits", procedure.name, clock.today()))
        told = story.clock_data(found, procedure, queries.calendars(limits_of), _language())
    return {"procedure": procedure.key, "clock": told}


@router.get("/workdays", response={200: WorkdaysOut} | problems(409, 422))
def count_workdays(request: HttpRequest, asked: Query[WorkdaysIn]) -> WorkdaysOut:
    """The so-many-th working day after a day, with every day in between and why it counts or not.

    Refused where the count leaves the years whose calendar can be known.
    """
    counted = add_workdays(calendar(), asked.after, asked.count)
    return WorkdaysOut.model_validate(
        {
            "day": counted.steps[-1].date,
            "steps": [story.step_data(step, _language()) for step in counted.steps],
        }
    )


@router.get("/procedures", response={200: list[ProcedureRowOut]} | problems())
def list_procedures(request: HttpRequest) -> list[ProcedureRowOut]:
    """Every published version of every procedure."""
    return [_row(rulebook.procedure(key)) for key in rulebook.published_procedures()]


@router.get("/procedures/{key}", response={200: ProcedureOut} | problems(404, 422))
def read_procedure(request: HttpRequest, key: str) -> ProcedureOut:
    """A published version: its states, what may be done in them and by whom, its clocks, and the law behind each."""
    procedure, language = _published(key), _language()
    states = [
        {"name": name, "title": state.title.in_(language), "phase": state.phase, "holder": state.holder}
        for name, state in procedure.states.items()
    ]
    actions = [
        {
            "name": name, "title": action.title.in_(language), "origins": list(action.origins),
            "to": sorted({*filter(None, [action.to]), *(branch.to for branch in action.branches)}),
            "by": list(action.by), "guards": list(action.guards), "inputs": story.inputs_data(action, language),
            "basis": story.basis_text(procedure, action.basis) if action.basis else "",
        }
        for name, action in procedure.actions.items()
    ]  # fmt: skip
    clocks = [
        {"name": name, "title": one.title.in_(language), "promise": one.promise, "pausable": one.pausable,
         "basis": story.basis_text(procedure, one.basis)}
        for name, one in procedure.clocks.items()
    ]  # fmt: skip
    row = _row(procedure).model_dump()
    return ProcedureOut.model_validate({**row, "states": states, "actions": actions, "clocks": clocks})


@router.get("/procedures/{key}/diagram", response={200: DiagramOut} | problems(404, 422))
def draw_procedure(request: HttpRequest, key: str) -> DiagramOut:
    """The diagram of a published version, as Mermaid source."""
    english = _language().startswith("en")
    return DiagramOut(mermaid=mermaid(_published(key), "en" if english else "zh"))


def _published(key: str) -> Procedure:
    if key not in rulebook.published_procedures():
        raise NotFound("no_such_procedure", _("没有发布过这个程序版本。"), do=_("请从程序列表中选择。"))
    return rulebook.procedure(key)


def _row(procedure: Procedure) -> ProcedureRowOut:
    return ProcedureRowOut(
        key=procedure.key, name=procedure.name, version=procedure.version, title=procedure.title.in_(_language()),
        kinds=list(procedure.kinds), since=procedure.in_force.since, until=procedure.in_force.until,
        basis=procedure.basis,
    )  # fmt: skip


def _rater(request: HttpRequest, token: str) -> Actor:
    with limits.failures(Limit.GUESSES, client_address(request), NotFound):
        return rater(token)


@router.get("/ratings/{token}", response={200: RatingOut} | problems(404, 422))
def read_rating(request: HttpRequest, token: str) -> RatingOut:
    """What the link of a message asks its receiver: the questions, and nothing else of the matter."""
    actor = _rater(request, token)
    dossier = queries.find(actor, actor.key.removeprefix("requester:"))
    option = next((o for o in options(actor, [dossier])[0] if o.name == RATE), None)
    asked = story.option_data(dossier.procedure, option, _language()) if option else None
    return RatingOut.model_validate({"title": dossier.case.title, "action": asked})


@router.post("/ratings/{token}", response={204: None} | problems(400, 404, 409, 422))
def give_rating(request: HttpRequest, token: str, given: RateIn) -> Status[None]:
    """Rate an answer by the link that was sent. It may be done again while the procedure lets one."""
    actor = _rater(request, token)
    act(actor=actor, number=actor.key.removeprefix("requester:"), action=RATE, given=given.given)
    return Status(204, None)
