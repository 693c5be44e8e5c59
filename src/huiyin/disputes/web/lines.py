"""What a dispute adds to the facts on its page, and what other matters say of the dispute they became."""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Confidentiality
from huiyin.cases.models import Case
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.registry import beside, case_lines
from huiyin.disputes import services
from huiyin.disputes.grading import Grade
from huiyin.disputes.rules import HANDLE_DISPUTES, PROCEDURE
from huiyin.webkit.words import ten_thousands

GRADES: dict[str, Any] = {
    Grade.RED: gettext_lazy("红色（重大）"), Grade.ORANGE: gettext_lazy("橙色（较大）"),
    Grade.YELLOW: gettext_lazy("黄色（一般）"), Grade.GREEN: gettext_lazy("绿色（轻微）"),
}  # fmt: skip
"""A colour is never alone: the word says it too."""

type Line = tuple[Any, str, str]


@beside("dispute")
def _disputes(_key: UUID, number: str) -> QuerySet[Case]:
    return Case.objects.filter(origin=services.BEFORE, origin_key=number)


@case_lines("disputes")
def lines(actor: Actor, dossier: Dossier, there: Collection[str]) -> Iterator[Line]:
    """Of a dispute its grade and what it follows from; of any other open matter the dispute that it became or may
    become.
    """
    if dossier.procedure.name == PROCEDURE:
        yield from _of_dispute(actor, dossier)
        return
    case = dossier.case
    if not actor.may(HANDLE_DISPUTES) or case.confidentiality != Confidentiality.OPEN:
        return
    became = services.became(actor, case.number) if "dispute" in there else ""
    if became:
        yield _("矛盾纠纷"), became, reverse("cases:case", args=[became])
    elif "dispute" not in there:  # it became one that they may not know of: registering it again would be refused
        yield _("矛盾纠纷"), _("登记为纠纷"), f"{reverse('disputes:register')}?from={case.number}"


def _of_dispute(actor: Actor, dossier: Dossier) -> Iterator[Line]:
    tally = dossier.tally
    yield _("纠纷等级"), str(GRADES[tally.get("grade", Grade.GREEN)]), ""
    persons = tally.get("persons", 1)
    measures = [ngettext("%(n)s人", "%(n)s人", persons) % {"n": persons}]
    measures += [ten_thousands(tally["money"])] if tally.get("money") else []
    measures += [_("有激化苗头")] if tally.get("violence") else []
    yield _("定级依据"), _("，").join(measures), ""
    yield _("纠纷来源"), _chosen(dossier.procedure, "register", "found_by", tally.get("found_by")), ""
    before = services.was(actor, dossier.case)
    if before:
        yield _("原事项"), before, reverse("cases:case", args=[before])
    if tally.get("agreement"):
        form = _("书面协议") if tally["agreement"] == "written" else _("口头协议")
        told = {"form": form, "since": tally["effective_on"], "until": tally["perform_by"]}
        yield _("调解协议"), _("%(form)s，%(since)s生效，%(until)s前履行") % told, ""
    if tally.get("court"):
        found = _chosen(dossier.procedure, "record_court", "court", tally["court"])
        yield _("司法确认"), found or _("已共同申请"), ""
    if tally.get("performance"):
        seen = _chosen(dossier.procedure, "follow_up", "performance", tally["performance"])
        yield _("履行情况"), _("%(seen)s（回访%(n)s次）") % {"seen": seen, "n": tally["follow_ups"]}, ""
    if tally.get("solved_on"):
        yield _("事解日期"), tally["solved_on"], ""


def _chosen(procedure: Procedure, action: str, name: str, value: Any) -> str:
    """A choice in the language of the page; "" for none."""
    known = procedure.actions[action].inputs[name].choices.get(str(value))
    return known.in_(get_language() or "zh") if known else ""
