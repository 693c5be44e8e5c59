"""Nobody judges themselves: which people a case is kept from, and which units may not handle it.

By what is alleged. A complaint of *service* goes to the unit whose duty it is, even if it is the one complained
of, but a second complaint of the same is led by its superior. One of *conduct* is kept from the body complained
of and handled above it. An accusation of *wrongdoing* is known to the body that examines it alone. A report on a
firm or person goes to the enforcing unit, which doesn't learn who reported. Pure but for the city's units.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Allegation, Confidentiality
from huiyin.cases.models import Case
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.kernel.errors import Refusal
from huiyin.org.reference import org


def implicating(actor: Actor) -> frozenset[str]:
    """The units that, complained of, implicate the actor: those they are posted in and those above, up to but not
    including the head of the city, under which everybody stands.
    """
    found: set[str] = set()
    for post in actor.postings:
        above = [code for code in post.unit_path.strip("/").split("/") if code]
        found.update(code for code in above if code == post.unit or _has_parent(code))
    return frozenset(found)


def _has_parent(unit: str) -> bool:
    known = org().unit(unit)
    return known is not None and known.parent is not None


def is_barred(actor: Actor, case: Case) -> bool:
    """Whether the case is kept from the actor by name, or because their unit is complained of."""
    if actor.key in case.tally.get("barred", ()):
        return True
    restricted = case.confidentiality in {Confidentiality.RESTRICTED, Confidentiality.SEALED}
    return restricted and case.respondent_unit_id in implicating(actor)


def below(unit: str, respondent: str | None) -> bool:
    """Whether a unit is the one complained of, or stands under it."""
    one, other = org().unit(unit), org().unit(respondent) if respondent else None
    if one is None or other is None:
        return False
    return one.code == other.code or (other.parent is not None and one.path.startswith(other.path))


def superiors(unit: str, policy: LimitPolicy) -> frozenset[str]:
    """The units above one, each with whoever acts for it."""
    known = org().unit(unit)
    above = [code for code in known.path.strip("/").split("/") if code and code != unit] if known else []
    return frozenset(above) | {policy.acts_for[code] for code in above if code in policy.acts_for}


def unfit(dossier: Dossier, unit: str, *, leads: bool, allegation: str, respondent: str | None) -> Refusal | None:
    """Why the unit may not have a part in a case of that allegation against that respondent; None if it may."""
    bodies = dossier.policy.examining_bodies
    if allegation == Allegation.WRONGDOING:
        return None if unit in bodies and not below(unit, respondent) else _only_bodies(bodies, respondent)
    if allegation == Allegation.CONDUCT and below(unit, respondent):
        return _concerned(unit, _("反映工作人员作风的，由上级或纪检机构办理，被反映单位不得经手。"))
    if not leads:
        return None
    if allegation == Allegation.CONDUCT and respondent and unit not in superiors(respondent, dossier.policy) | bodies:
        return _concerned(unit, _("反映工作人员作风的，由被反映单位的上级或纪检机构主办。"))
    again = int(dossier.tally.get("repeats", 0)) > 0
    if allegation == Allegation.SERVICE and again and respondent and unit not in superiors(respondent, dossier.policy):
        return _concerned(unit, _("同一事项再次投诉的，由被投诉单位的上级主办。"))
    return None


def _only_bodies(bodies: Iterable[str], respondent: str | None) -> Refusal:
    fit = [org().name_of(body) for body in sorted(bodies) if org().unit(body) and not below(body, respondent)]
    return Refusal(
        "examining_body_only",
        _("检举控告不能交给这个单位。"),
        rule=_("检举控告只交有权审查、且与被反映单位无隶属关系的机构。"),
        do=_("请选择：%(units)s。") % {"units": _("、").join(fit) or "—"},
    )


def _concerned(unit: str, rule: object) -> Refusal:
    return Refusal(
        "unit_concerned",
        _("“%(unit)s”不能办理这件事项。") % {"unit": org().name_of(unit)},
        rule=rule,
        do=_("请选择上级单位或其他有权单位。"),
        facts={"unit": unit},
    )
