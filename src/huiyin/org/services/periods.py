"""Names in periods: a new one ends the one before on the day before."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import Refused
from huiyin.org.reference import Known, Named


def require_new_period(known: Known, on: date) -> Named:
    """The newest name, which `on` must follow; Refused otherwise. History is added at its end only."""
    newest = known.names[-1]
    if newest.since < on:
        return newest
    raise Refused(
        "name_not_newer",
        _("“%(name)s”自%(since)s起使用，新名称不能从%(on)s起。")
        % {"name": newest.name, "since": newest.since.isoformat(), "on": on.isoformat()},
        rule=_("更名只能接在现有名称之后。"),
        do=_("请核对更名日期。"),
    )


def day_before(on: date) -> date:
    """The last day of what ends when `on` begins."""
    return on - timedelta(days=1)
