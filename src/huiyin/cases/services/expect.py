"""The date a matter is expected to be answered by, before anyone has accepted it. Expected, not promised."""

from huiyin.cases import deadlines, queries
from huiyin.cases.deadlines import LegalClock
from huiyin.cases.dossier import Dossier
from huiyin.kernel import clock


def expected_answer(dossier: Dossier) -> LegalClock | None:
    """The promise clock as it would start if the case were accepted now; None where the procedure promises nothing."""
    case, procedure = dossier.case, dossier.procedure
    name = next((name for name, spec in procedure.clocks.items() if spec.promise), None)
    if name is None:
        return None
    limit = dossier.policy.limit(procedure.name, name, case.kind, case.urgency)
    return deadlines.start(name, limit, clock.now(), queries.calendars(dossier.policy))
