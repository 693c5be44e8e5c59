"""Moving a case to another version of its procedure: explicit, with a ground, and an event like any other.

A case otherwise keeps the version it came in under for life.
"""

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import queries, rulebook
from huiyin.cases.dossier import Dossier, refresh
from huiyin.cases.engine import Move
from huiyin.cases.inputs import Given
from huiyin.cases.models import Publication
from huiyin.cases.procedures.spec import Action, Procedure
from huiyin.cases.services.events import append
from huiyin.cases.services.requests import Request
from huiyin.cases.services.write import write
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, Refused

MIGRATED = "procedure_migrated"
MIGRATION = Action.model_validate({"title": {"zh": "变更程序版本", "en": "Change of version"}, "by": ["sweep"]})


def migrate(*, actor: Actor, number: str, to: str, ground: str) -> Dossier:
    """Let the case follow the published version `to` (`hotline@2`) from now on. Its clocks go on as they are.

    Raises NotFound, BadInput without a ground or for an unknown version, Refused where the case doesn't fit it.
    """
    dossier = queries.find(actor, number)
    if not ground.strip():
        raise BadInput(FieldError("ground", _("请写明变更版本的理由。")))
    if not Publication.objects.filter(sort="procedure", key=to).exists():
        raise BadInput(FieldError("to", _("没有发布过“%(key)s”。") % {"key": to}))
    wanted = rulebook.procedure(to)
    _check_fits(dossier, wanted)
    now, state = clock.now(), dossier.case.state
    payload = {"from": state, "to": state, "procedure": wanted.key}
    given = Given({}, {"ground": ground.strip()})
    event = append(
        dossier, actor.key, "", Move(MIGRATED, MIGRATION, state, state), payload, Request(MIGRATED), now, now, given
    )
    follow(dossier, wanted)
    dossier.settle(event)
    write([dossier])
    return dossier


def follow(dossier: Dossier, procedure: Procedure) -> None:
    """The migration's effect, live and replayed."""
    dossier.procedure = procedure
    dossier.case.procedure = procedure.key
    dossier.case.phase = procedure.states[dossier.case.state].phase
    refresh(dossier, queries.calendars(dossier.policy))


def _check_fits(dossier: Dossier, wanted: Procedure) -> None:
    have = dossier.procedure
    clocks = {ticking.name for ticking in dossier.clocks} - set(wanted.clocks)
    if wanted.name == have.name and wanted.key != have.key and dossier.case.state in wanted.states and not clocks:
        return
    raise Refused(
        "does_not_fit",
        _("这件事项不能改用“%(key)s”。") % {"key": wanted.key},
        rule=_("只能改用同一程序的另一版本，且该版本须有事项现在的状态和全部时限。"),
        do=_("请核对版本；需要时在新版本中保留这些状态和时限。"),
        state=dossier.case.state,
        clocks=sorted(clocks),
    )
