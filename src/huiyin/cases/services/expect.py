"""The date a matter is expected to be answered by, before anyone has accepted it. Expected, not promised."""

from huiyin.cases import deadlines, queries, rulebook
from huiyin.cases.deadlines import LegalClock
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Kind, Urgency
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services.open import procedure_for
from huiyin.kernel import clock


def expected_answer(dossier: Dossier) -> LegalClock | None:
    """The promise clock as it would start if the case were accepted now; None where the procedure promises nothing."""
    return _promise(dossier.procedure, dossier.policy, dossier.case.kind, dossier.case.urgency)


def expected_for(kind: Kind, urgency: Urgency) -> tuple[Procedure, LegalClock | None]:
    """The same for a matter that isn't written yet, with the procedure that it would follow."""
    today, name = clock.today(), procedure_for(kind)
    procedure = rulebook.procedure(rulebook.in_force("procedure", name, today))
    policy = rulebook.limit_policy(rulebook.in_force("limits", name, today))
    return procedure, _promise(procedure, policy, kind, urgency)


def _promise(procedure: Procedure, policy: LimitPolicy, kind: str, urgency: str) -> LegalClock | None:
    name = next((name for name, spec in procedure.clocks.items() if spec.promise), None)
    if name is None:
        return None
    limit = policy.limit(procedure.name, name, kind, urgency)
    return deadlines.start(name, limit, clock.now(), queries.calendars(policy))
