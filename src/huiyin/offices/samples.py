"""Which answered orders are called back: what the rule gave in the last thirty days, and changing it.

The rule stands in the limits (`callback_samples`); a change is a new version of them, checked and published as any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import yaml
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import rulebook
from huiyin.cases.enums import Urgency
from huiyin.cases.models import Case, Publication
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.parts import Dumper
from huiyin.cases.procedures.spec import Procedure
from huiyin.kernel import clock
from huiyin.kernel.errors import ConfigError, NotFound
from huiyin.offices import rules
from huiyin.offices.touched import COUNTED

DAYS = 30
SAMPLED = "callback_sampled"
"""The guard by which a procedure follows the sample."""


@dataclass(frozen=True)
class Expected:
    """A kind of matters: how many came in, and how many of them the rule would have called back."""

    kind: str
    received: int
    share: int | None
    """In a hundred; None where it differs by urgency."""
    called: float
    then: float
    """The same under the rule that is wanted."""


def sampled() -> tuple[Procedure, LimitPolicy]:
    """The procedure that calls back by sample, and the limits in force for it. NotFound where there is none."""
    for procedure in rulebook.current_procedures():
        if any(SAMPLED in action.guards for action in procedure.actions.values()):
            try:
                return procedure, rulebook.limit_policy(rulebook.in_force("limits", procedure.name, clock.today()))
            except ConfigError:
                continue
    raise NotFound("no_samples", _("没有按样本回访的流程。"), do=_("请先发布这样的流程和它的办理时限。"))


def expected(procedure: Procedure, policy: LimitPolicy, wanted: Mapping[str, int] | None = None) -> list[Expected]:
    """By kind, from what was received in the last thirty days. One statement."""
    since = clock.now() - timedelta(days=DAYS)
    keys = rulebook.versions_of(procedure.name)
    rows = Case.objects.filter(COUNTED, received_at__gte=since, procedure__in=keys)
    counts: dict[tuple[str, str], int] = {
        (kind, urgency): count for kind, urgency, count in rows.values_list("kind", "urgency").annotate(Count("id"))
    }
    found = []
    for kind in procedure.kinds:
        shares = {urgency: share_of(policy, kind, urgency) for urgency in Urgency}
        received = sum(counts.get((kind, urgency), 0) for urgency in Urgency)
        called = sum(counts.get((kind, urgency), 0) * share for urgency, share in shares.items()) / 100
        then = received * wanted[kind] / 100 if wanted else called
        found.append(Expected(kind, received, one_of(set(shares.values())), called, then))
    return found


def share_of(policy: LimitPolicy, kind: str, urgency: str) -> int:
    """How many of a hundred such orders are called back."""
    for row in policy.callback_samples:
        if (not row.kinds or kind in row.kinds) and (not row.urgencies or urgency in row.urgencies):
            return row.share
    return 100


def one_of(shares: set[int]) -> int | None:
    """The only one, or None."""
    return next(iter(shares)) if len(shares) == 1 else None


def new_text(policy: LimitPolicy, wanted: Mapping[str, int], *, since: date, source: str) -> str:
    """The limits with another sample, as a new version from that day on: one line for each share below all."""
    raw = yaml.safe_load(rules.next_text("limits", policy.key))
    by_share: dict[int, list[str]] = {}
    for kind, share in wanted.items():
        by_share.setdefault(share, []).append(str(kind))
    kept = {(tuple(row.kinds), row.share): row.source for row in policy.callback_samples if not row.urgencies}
    lines = [
        {"kinds": kinds, "share": share, "source": kept.get((tuple(kinds), share), source)}
        for share, kinds in sorted(by_share.items())
        if share < 100
    ]
    whole = next((row.source for row in policy.callback_samples if not row.kinds and row.share == 100), source)
    raw["callback_samples"] = [*lines, {"share": 100, "source": whole}]
    raw["in_force"] = {"from": since}
    return yaml.dump(raw, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120)


def publish(actor: Actor, policy: LimitPolicy, wanted: Mapping[str, int], *, since: date, source: str) -> Publication:
    """Make the sample law for matters received from that day on. Writes the audit."""
    rules.needs(actor)
    text = new_text(policy, wanted, since=since, source=source)
    return rules.publish(actor, "limits", text, seen=rules.check("limits", text).digest, reason=source)
