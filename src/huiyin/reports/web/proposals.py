"""The page of the proposals: the model in use, how its proposals are taken, and what the duty list could learn."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from huiyin.access.actor import actor_of
from huiyin.cases.policies import READ_ALL
from huiyin.kernel import clock
from huiyin.kernel.errors import NotAllowed
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.metrics.run import By, Group
from huiyin.reports import figures as counting
from huiyin.reports import proposals
from huiyin.reports.web.views import value_text
from huiyin.routing import versions
from huiyin.routing.measure import SURE
from huiyin.routing.model import SEASONED

HEADS: dict[str, Any] = {
    "unit": gettext_lazy("承办单位"), "category": gettext_lazy("类别"), "kind": gettext_lazy("诉求类型"),
    "urgency": gettext_lazy("紧急程度"),
}  # fmt: skip
A_YEAR = timedelta(days=364)


@login_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """For whoever reads all matters: a unit's own people see their part among the figures."""
    actor = actor_of(request.user)
    if not actor.may(READ_ALL):
        raise NotAllowed("not_yours", _("您不能查看派单建议的统计。"), do=_("本单位的指标在“数据”里。"))
    begun = request.GET.get("from") or (clock.today() - A_YEAR).isoformat()
    first, last = counting.period_from({"from": begun, "until": request.GET.get("until", "")})
    persons = By.DISPATCHER in counting.dimensions(actor)
    period, query = counting.period_of(first, last), urlencode({"from": first.isoformat(), "until": last.isoformat()})
    with counting.session(actor) as session:
        counted, months = proposals.rates(session, period), proposals.months(session, period)
        units = proposals.accuracy(session, period, By.LEAD)
        senders = proposals.accuracy(session, period, By.DISPATCHER) if persons else []
        changes, as_of = proposals.changes(session, period), session.as_of
    kept = versions.kept()
    context = {
        "rates": [(DEFINITIONS[f.name], value_text(f.unit, f), f) for f in counted], "months": months,
        "units": _named(By.LEAD, units, query), "senders": _named(By.DISPATCHER, senders, query), "persons": persons,
        "changes": [(one, _opens(query, By.CATEGORY, one.category.key, hit="0")) for one in changes],
        "models": [(one, [(HEADS.get(name, name), told) for name, told in one.told["heads"].items()]) for one in kept],
        "using": next((one for one in kept if one.in_use), None), "heads": HEADS,
        "seasoned": SEASONED, "least": SURE,
        "first": first, "last": last, "as_of": as_of, "query": query, "spans": _spans(),
        "fewest": proposals.FEWEST, "right": DEFINITIONS[proposals.RIGHT],
        "taken": reverse("reports:cases", args=[proposals.TAKEN]),
        "covered": reverse("reports:cases", args=[proposals.RATES[0]]),
    }  # fmt: skip
    return render(request, "reports/proposals.html", context)


def _spans() -> list[tuple[str, str]]:
    today = clock.today()
    return [
        (_("近30天"), urlencode({"from": (today - timedelta(days=29)).isoformat(), "until": today.isoformat()})),
        (_("近一年"), urlencode({"from": (today - A_YEAR).isoformat(), "until": today.isoformat()})),
    ]


def _named(by: By, groups: Any, query: str) -> list[tuple[str, Group, str, str, str]]:
    labels = counting.labels_of(by, [group.key for group in groups])
    unit = DEFINITIONS[proposals.RIGHT].unit
    return [
        (labels[group.key], group, value_text(unit, group), _opens(query, by, group.key, hit="1"),
         _opens(query, by, group.key))
        for group in groups
    ]  # fmt: skip


def _opens(query: str, by: By, key: str, *, hit: str = "") -> str:
    more = urlencode({"by": by, "key": key} | ({"hit": hit} if hit else {}))
    return f"{reverse('reports:cases', args=[proposals.RIGHT])}?{query}&{more}"
