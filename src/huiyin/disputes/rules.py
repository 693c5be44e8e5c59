"""Rules that only disputes have. Articles are those of the People's Mediation Law (PML)."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access.policy import Relation
from huiyin.cases.barriers import unfit
from huiyin.cases.deadlines import Calendars
from huiyin.cases.dossier import Act, Context, Dossier
from huiyin.cases.effects import close_case, place_orders
from huiyin.cases.policies import HANDLE, NOTHING
from huiyin.cases.registry import condition, effect, guard
from huiyin.cases.services.notify import register_desk_recipient
from huiyin.disputes.grading import Grade, grade_of
from huiyin.disputes.ruled import rule_on
from huiyin.kernel import clock
from huiyin.kernel.errors import Refusal
from huiyin.org.reference import org

HANDLE_DISPUTES = "disputes:dispute:handle"
PROCEDURE = "dispute"
KEPT = "kept"

register_desk_recipient("governance_officer", "desk:governance")


FINDER = Relation("finder", lambda actor, _: actor.may(HANDLE), lambda actor: Q() if actor.may(HANDLE) else NOTHING)
"""Whoever handles orders somewhere may report what they find there."""


# Conditions


@condition("court_refused")
def court_refused(context: Context) -> bool:
    """The court found the agreement invalid, in whole or in part (art. 33)."""
    return (context.given or {}).get("court") == "refused"


@condition("seen_kept_now")
def seen_kept_now(context: Context) -> bool:
    """Whoever went there saw it kept in full: nobody owes another look (art. 31)."""
    return (context.given or {}).get("performance") == KEPT


# Guards


@guard("mediator_fits")
def mediator_fits(context: Context) -> Refusal | None:
    """A body that exists today and isn't itself a party. Mediation is every township's own duty (art. 8, 34), so that
    no list is asked.
    """
    mediator, dossier = (context.given or {}).get("mediator"), context.dossier
    if mediator is None:
        return None
    known = org().unit(mediator)
    if known is None or not known.in_force(clock.local_date(context.now)):
        return Refusal(
            "unit_unknown",
            _("没有代码为“%(unit)s”的在册单位。") % {"unit": mediator},
            rule=_("纠纷只能交给当日在册的单位调解。"),
            do=_("请从单位名录中选择。"),
            facts={"unit": mediator},
        )
    case = dossier.case
    return unfit(dossier, mediator, leads=True, allegation=case.allegation, respondent=case.respondent_unit_id)


@guard("both_willing")
def both_willing(context: Context) -> Refusal | None:
    """Nobody is mediated against their word (art. 17)."""
    if (context.given or {}).get("consent") != "refused":
        return None
    return Refusal(
        "party_refuses",
        _("一方当事人明确拒绝调解。"),
        rule=_("一方当事人明确拒绝调解的，不得调解。"),
        do=_("请用“引导法定途径”，告诉当事人可以仲裁、诉讼或者申请行政裁决。"),
    )


@guard("danger_reported")
def danger_reported(context: Context) -> Refusal | None:
    """What may turn violent is told to the police before anybody sits down at a table (art. 25)."""
    tally = context.dossier.tally
    if tally.get("grade") != Grade.RED or tally.get("reported"):
        return None
    return Refusal(
        "danger_untold",
        _("红色纠纷还没有报告。"),
        rule=_("纠纷有可能激化的，应当采取有针对性的预防措施；可能引起治安案件、刑事案件的，及时向公安机关报告。"),
        do=_("请先“报告激化风险”，写明已采取的措施。"),
    )


@guard("agreed_day_fits")
def agreed_day_fits(context: Context) -> Refusal | None:
    """An agreement took effect after the dispute was registered, and not tomorrow; it is performed then or later."""
    if context.given is None:
        return None
    day, until = (date.fromisoformat(context.given[name]) for name in ("effective_on", "until"))
    if clock.local_date(context.dossier.case.received_at) <= day <= min(until, clock.local_date(context.now)):
        return None
    return Refusal(
        "agreed_when",
        _("生效日期%(day)s、履行期限%(until)s不可能。") % {"day": day.isoformat(), "until": until.isoformat()},
        rule=_(
            "书面协议自各方签名之日起生效，口头协议自达成之日起生效，履行期限在此之后；申请司法确认的30日从这一天起算。"
        ),
        do=_("请核对协议书或调解记录。"),
    )


@guard("confirmation_in_time")
def confirmation_in_time(context: Context) -> Refusal | None:
    """Within thirty days of the agreement's effect (art. 33)."""
    running = context.dossier.running("confirmation")
    if running is not None and running.due_at is not None and context.now < running.due_at:
        return None
    return Refusal(
        "confirmation_too_late",
        _("共同申请司法确认的期限已过，或已经申请。"),
        rule=_("双方可以自调解协议生效之日起三十日内共同向人民法院申请司法确认。"),
        do=_("一方不履行的，另一方可以向人民法院提起诉讼；也可以重新调解后再申请。"),
    )


@guard("confirmation_asked")
def confirmation_asked(context: Context) -> Refusal | None:
    """The court answers what it was asked."""
    if context.dossier.tally.get("court") == "asked":
        return None
    return Refusal(
        "not_asked", _("没有申请过司法确认。"), rule=_("先有双方共同申请，才有确认结果。"), do=_("请先记录申请。")
    )


@guard("seen_kept")
def seen_kept(context: Context) -> Refusal | None:
    """It counts as kept once somebody went and saw it (art. 31)."""
    if context.dossier.tally.get("performance") == KEPT:
        return None
    return Refusal(
        "not_seen_kept",
        _("最近一次回访没有记录已全部履行。"),
        rule=_("人民调解委员会应当对调解协议的履行情况进行监督，督促当事人履行约定的义务。"),
        do=_("请先“回访履行情况”。"),
    )


# What acts leave in the file


@effect("note_grade")
def note_grade(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The colour follows from how many, how much, and whether it may turn violent, by the rule of the day of receipt;
    nobody chooses it. What a new look doesn't say stays.
    """
    tally: dict[str, Any] = dossier.tally
    for name in ("persons", "money", "violence"):
        if name in act.given:
            tally[name] = act.given[name]
    rule = rule_on(clock.local_date(dossier.case.received_at))
    found = grade_of(
        rule, persons=tally.get("persons", 0), money=tally.get("money", 0), violence=bool(tally.get("violence"))
    )
    tally["grade"] = str(found)


@effect("note_origin")
def note_origin(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """How it came to light."""
    dossier.tally["found_by"] = act.given["found_by"]
    if act.given.get("first_from"):
        dossier.tally["first_from"] = act.given["first_from"]


@effect("place_mediator")
def place_mediator(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The body that mediates leads; whoever led before is out of it."""
    given = {**act.given, "lead": act.given["mediator"]}
    place_orders(dossier, replace(act, payload={**act.payload, "given": given}), calendars)


@effect("note_danger")
def note_danger(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The police, or whoever stands above, know."""
    dossier.tally["reported"] = act.given["told"]


@effect("note_agreement")
def note_agreement(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """In writing or by word, from which day on, and until when to be performed."""
    tally = dossier.tally
    tally["agreement"] = "written" if act.name == "agree_in_writing" else "oral"
    tally["effective_on"], tally["perform_by"] = act.given["effective_on"], act.given["until"]
    for name in ("court", "performance"):
        tally.pop(name, None)


@effect("note_court")
def note_court(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Asked by both, and then what the court said."""
    dossier.tally["court"] = act.given.get("court", "asked")


@effect("note_performance")
def note_performance(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """What somebody saw who went there; how often is counted."""
    dossier.tally["performance"] = act.given["performance"]
    dossier.tally["follow_ups"] = dossier.tally.get("follow_ups", 0) + 1


@effect("note_path_shown")
def note_path_shown(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Where the parties were led."""
    dossier.case.outcome = act.given["legal_path"]


@effect("note_kept")
def note_kept(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Performed: the trouble itself is gone."""
    dossier.case.outcome = "performed"
    dossier.tally.setdefault("solved_on", clock.local_date(act.at).isoformat())


@effect("note_confirmed")
def note_confirmed(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The court's confirmation ends it, its refusal doesn't."""
    if act.given["court"] == "confirmed":
        close_case(dossier, act, calendars)
        dossier.case.outcome = "confirmed"
    else:
        for name in ("agreement", "effective_on", "perform_by"):
            dossier.tally.pop(name, None)


@effect("note_anew")
def note_anew(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It wasn't kept, or is there again: what was agreed holds no longer as settled."""
    for name in ("court", "performance", "solved_on"):
        dossier.tally.pop(name, None)
