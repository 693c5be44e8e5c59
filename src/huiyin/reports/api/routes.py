"""Figures over HTTP: the same definitions and the same scope as on the screen."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from huiyin.apikit.auth import Bearer, caller
from huiyin.apikit.problems import READING, problems
from huiyin.cases.api.routes import READ
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import By
from huiyin.reports import figures
from huiyin.reports.counted import counted

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
    """Figures of a period, from the record until `as_of`. `anew`: what came since is being counted; ask again soon."""

    since: str
    until: str
    as_of: str
    anew: bool
    figures: list[FigureOut]


class BehindOut(Schema):
    """One case behind a figure."""

    number: str
    title: str
    state: str
    hit: bool | None = Field(description="Whether it counts in the numerator.")
    value: float | None = Field(description="Its days, where the figure is a mean.")


class ListedOut(Schema):
    """A page of the list behind a figure: of `shown_of` cases on it, those that one may open today."""

    items: list[BehindOut]
    total: int
    shown_of: int
    as_of: str = Field(description="The list is from the record until then; the figure's own `as_of` may be another.")


class BehindIn(Schema):
    """Which part of a figure's list."""

    since: str = ""
    until: str = ""
    by: By | None = None
    key: str | None = Field(default=None, description="The group's key; without it and with `by`, those without value.")
    hit: bool | None = Field(default=None, description="Only those (not) in the numerator.")
    limit: int = Field(default=50, ge=1, le=500)
    offset: int = Field(default=0, ge=0, le=10_000_000)


@router.get("/figures/{name}/cases", auth=Bearer(*READ), response={200: ListedOut} | problems(*READING))
def list_behind_figure(request: HttpRequest, name: str, asked: Query[BehindIn]) -> ListedOut:
    """The cases behind a figure, as far as the caller may open them today."""
    if asked.key is not None and not asked.key.isprintable():
        raise BadInput(FieldError("key", _("没有这个分组。")))
    first, last = figures.period_from({"from": asked.since, "until": asked.until})
    found = figures.listed(
        caller(request), figures.definition(name), figures.period_of(first, last), by=asked.by, key=asked.key,
        hit=asked.hit, limit=asked.limit, offset=asked.offset,
    )  # fmt: skip
    items = [
        {"number": c.number, "title": c.title, "state": c.state, "hit": row.hit, "value": row.value}
        for row, c in found.rows
    ]
    told = {"items": items, "total": found.total, "shown_of": found.shown_of, "as_of": found.as_of.isoformat()}
    return ListedOut.model_validate(told)


@router.get("/figures", auth=Bearer(*READ), response={200: FiguresOut} | problems(*READING))
def list_figures(
    request: HttpRequest, since: str = "", until: str = "", name: str = "", by: str = ""
) -> dict[str, Any]:
    """Figures of the days `since` to `until`, both included: all, or the one of `name`; grouped `by` a dimension.

    By `dispatcher` only for who supervises the hotline.
    """
    actor = caller(request)
    first, last = figures.period_from({"from": since, "until": until})
    chosen = [figures.definition(name)] if name else list(DEFINITIONS.values())
    grouped = figures.dimension(actor, by) if by else None
    english = (get_language() or "").startswith("en")
    found = counted(actor, [(one, figures.period_of(first, last), grouped) for one in chosen])
    told = [
        {
            "name": one.name, "unit": str(one.unit), "title": one.title.en if english else one.title.zh,
            "formula": one.formula.en if english else one.formula.zh, "source": one.source,
            "numerator": figure.numerator, "denominator": figure.denominator, "value": figure.value,
            "groups": [vars(group) for group in figure.groups],
        }
        for (one, _period, _by), figure in found.figures.items()
    ]  # fmt: skip
    as_of = found.as_of.isoformat()
    return {"since": first.isoformat(), "until": last.isoformat(), "as_of": as_of, "anew": found.anew, "figures": told}
