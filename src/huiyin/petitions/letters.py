"""What the letters of a petition say beside its own record: who reviews, what is reviewed, what was set aside."""

from collections.abc import Mapping

from huiyin.cases.deadlines import LegalClock
from huiyin.cases.dossier import Dossier
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.registry import paper_facts
from huiyin.cases.services.papers import words_of_day
from huiyin.kernel import clock
from huiyin.org.reference import org
from huiyin.papers.models import Paper
from huiyin.petitions.rules import SET_ASIDE, bodies_above, stands_outside

NAMES = {"decision": "信访事项处理意见书", "review": "信访事项复查意见书", "rereview": "信访事项复核意见书"}
REVIEWED = {"review": "decision", "rereview": "review"}
"""Time to review → the letter that is reviewed."""


@paper_facts("petitions")
def paper_facts_of(dossier: Dossier) -> dict[str, str]:
    """Who is asked for the next review, by name; and what came before. One statement."""
    decided = dossier.tally.get("decided_by") or dossier.case.lead_unit_id
    if not decided:
        return {}
    before = _before(dossier)
    return {
        "decided_by": org().name_of(decided),
        "above": _above(decided, dossier.policy),
        **_what_a_ruling_means(dossier), **_what_is_reviewed(dossier, before), **_what_was_set_aside(dossier, before),
    }  # fmt: skip


def _above(decided: str, policy: LimitPolicy) -> str:
    """The name of whoever reviews what that unit decided."""
    above = bodies_above(decided, policy)
    if stands_outside(decided, policy):
        principal = next((body for body, agent in policy.acts_for.items() if agent == decided), decided)
        return policy.outside.get(principal, "上一级机关")
    agents = {agent for body, agent in policy.acts_for.items() if body in above}
    return "或".join(org().name_of(code) for code in sorted(above - agents) if org().unit(code)) or "上一级机关"


def _before(dossier: Dossier) -> dict[str, Paper]:
    """The last letter of each name that was there before the act."""
    rows = Paper.objects.filter(subject=dossier.case.number, seq__lt=dossier.case.version).order_by("seq")
    return {row.template.partition("@")[0].removeprefix("petition."): row for row in rows}


def _last_clock(dossier: Dossier, *names: str) -> LegalClock | None:
    return next((one for one in reversed(dossier.clocks) if one.name in names), None)


def _what_a_ruling_means(dossier: Dossier) -> dict[str, str]:
    """`anew`, the words for it, where a review sets the decision aside; else `stands`."""
    body = dossier.tally.get("handled_by") or dossier.case.lead_unit_id or ""
    aside = dossier.tally.get("opinion") == SET_ASIDE
    anew = f"原处理意见予以撤销，由{org().name_of(body)}重新处理，另行书面告知您；不服新的处理意见的，可以再请求复查。"
    return {"anew": anew} if aside else {"stands": "stands"}


def _what_is_reviewed(dossier: Dossier, before: Mapping[str, Paper]) -> dict[str, str]:
    """Whose letter of which day and number, and the day on which the review was asked for."""
    asked = _last_clock(dossier, *REVIEWED)
    letter = before.get(REVIEWED[asked.name]) if asked else None
    if asked is None or letter is None:
        return {}
    by, day = org().name_of(letter.unit, clock.local_date(letter.issued_at)), clock.local_date(letter.issued_at)
    name = NAMES[REVIEWED[asked.name]]
    return {
        "reviewed_letter": f"{by}{words_of_day(day)}作出的《{name}》（{letter.number}）",
        "asked_on": words_of_day(clock.local_date(asked.started_at)),
    }


def _what_was_set_aside(dossier: Dossier, before: Mapping[str, Paper]) -> dict[str, str]:
    """`anew_of`, where the decision that is written takes the place of one that a ruling set aside."""
    decision, back = before.get("decision"), _last_clock(dossier, "hand_back")
    if decision is None or back is None or back.met_at is None or back.met_at < decision.issued_at:
        return {}
    rulings = [row for name, row in before.items() if name in REVIEWED and row.seq > decision.seq]
    by = max(rulings, key=lambda row: row.seq, default=None)
    name = NAMES[by.template.partition("@")[0].removeprefix("petition.")] if by else ""
    how = f"经《{name}》（{by.number}）撤销" if by else "已由上级机关撤销"
    return {"anew_of": f"原处理意见（{decision.number}）{how}，本意见为重新作出的处理意见。"}
