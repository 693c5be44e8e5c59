"""Figures over HTTP: the same definitions and the same scope as on the screen."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from huiyin.access.actor import Actor
from huiyin.apikit.auth import Bearer
from huiyin.apikit.problems import PROBLEMS
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.reports import figures

router = Router(tags=["figures"])


class GroupOut(Schema):
    """One group of a figure; `key` is null for cases without a value."""

    key: str | None
    numerator: float
    denominator: int
    value: float | None


class FigureOut(Schema):
    """A figure: a rate between 0 and 1, a count, or a mean of days; null where nothing could be divided."""

    name: str
    unit: str
    title: str = Field(description="In the language asked for.")
    formula: str
    source: str
    numerator: float
    denominator: int
    value: float | None
    groups: list[GroupOut]


class FiguresOut(Schema):
    """Figures of a period, from the record until `as_of`."""

    since: str
    until: str
    as_of: str
    figures: list[FigureOut]


@router.get("/figures", auth=Bearer(), response={200: FiguresOut} | PROBLEMS)
def list_figures(
    request: HttpRequest, since: str = "", until: str = "", name: str = "", by: str = ""
) -> dict[str, Any]:
    """Figures of the days `since` to `until`, both included: all, or the one of `name`; grouped `by` a dimension."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    first, last = figures.period_from({"from": since, "until": until})
    chosen = [figures.definition(name)] if name else list(DEFINITIONS.values())
    english = (get_language() or "").startswith("en")
    with figures.session(actor) as session:
        counted = [(one, session.run(one, figures.period_of(first, last), by=by or None)) for one in chosen]
        as_of = session.view.instant
    told = [
        {
            "name": one.name, "unit": str(one.unit), "title": one.title.en if english else one.title.zh,
            "formula": one.formula.en if english else one.formula.zh, "source": one.source,
            "numerator": figure.numerator, "denominator": figure.denominator, "value": figure.value,
            "groups": [vars(group) for group in figure.groups],
        }
        for one, figure in counted
    ]  # fmt: skip
    return {"since": first.isoformat(), "until": last.isoformat(), "as_of": as_of.isoformat(), "figures": told}
