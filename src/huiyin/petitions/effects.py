"""What acts on a petition leave to be known later: counts, days, letters, findings."""

from dataclasses import replace
from typing import Any

from huiyin.cases import deadlines
from huiyin.cases.deadlines import Calendars, Pause
from huiyin.cases.dossier import Act, Dossier
from huiyin.cases.effects import ROUND, close_case, place_orders, reopen_case
from huiyin.cases.enums import Channel
from huiyin.cases.registry import effect
from huiyin.kernel import clock
from huiyin.petitions.rules import FINAL, OPENING_DOOR, SET_ASIDE


@effect("note_registration")
def note_registration(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """What sort it is, how many came, whether a notice can reach them, and where it was before."""
    given, tally = act.given, dossier.tally
    tally["petition_kind"] = given["petition_kind"]
    if given.get("unclear"):
        tally["unclear"] = True
    if given.get(OPENING_DOOR):
        tally[OPENING_DOOR] = given[OPENING_DOOR]
    _count(dossier, str(dossier.case.channel), given)


def _count(dossier: Dossier, door: str, given: Any) -> None:
    """Three counts: items are cases; here are visits (批次) and persons (人次)."""
    tally = dossier.tally
    tally["persons"] = tally.get("persons", 0) + int(given.get("persons", 1))
    if door == Channel.COUNTER:
        tally["batches"] = tally.get("batches", 0) + 1


@effect("note_again")
def note_again(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The same petition is brought again while it runs: one item, one more visit or letter."""
    _count(dossier, act.given["door"], act.given)
    dossier.tally["again"] = dossier.tally.get("again", 0) + 1


@effect("note_kind")
def note_kind(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The sort was corrected."""
    if act.given.get("petition_kind"):
        dossier.tally["petition_kind"] = act.given["petition_kind"]


@effect("note_urgent")
def note_urgent(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It was reported up."""
    dossier.tally["urgent"] = True


@effect("note_judicial_body")
def note_judicial_body(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It left the petition track."""
    dossier.case.outcome = "litigation"


@effect("note_path")
def note_path(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Which of the five ways it takes."""
    dossier.tally["legal_path"] = act.given["legal_path"]


@effect("note_path_done")
def note_path_done(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The other procedure has come to its end."""
    dossier.case.outcome = "legal_path"


@effect("note_heard")
def note_heard(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The petitioner was heard."""
    dossier.tally["heard"] = dossier.tally.get("heard", 0) + 1


@effect("note_hearing")
def note_hearing(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A hearing was held."""
    dossier.tally["hearings"] = dossier.tally.get("hearings", 0) + 1


@effect("open_hearing")
def open_hearing(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The time that it takes isn't counted."""
    dossier.tally["hearing"] = True
    note_hearing(dossier, act, calendars)


@effect("close_hearing")
def close_hearing(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Counting goes on."""
    dossier.tally.pop("hearing", None)


@effect("note_opinion")
def note_opinion(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Supported, explained or not; upheld, changed or to be decided anew."""
    dossier.tally["opinion"] = act.given["opinion"]


@effect("note_decider")
def note_decider(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Whose opinion it is: the body above this one reviews it."""
    dossier.tally["decided_by"] = act.unit
    dossier.tally.setdefault("handled_by", act.unit)


@effect("note_letter_day")
def note_letter_day(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Which letters of bodies outside the city there are, and of what day: they were served then or later."""
    name = "rereview" if act.origin == "in_rereview" else "review"
    dossier.tally["letters"] = {**dossier.tally.get("letters", {}), name: act.given["letter_on"]}


@effect("note_served")
def note_served(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Which opinion the petitioner received, and when."""
    dossier.tally["served"] = {**dossier.tally.get("served", {}), act.origin: act.given["served_on"]}


@effect("note_settlement")
def note_settlement(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """By when it is to be performed."""
    dossier.tally["perform_by"] = act.given["until"]


@effect("go_on_deciding")
def go_on_deciding(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The agreement wasn't kept: the days to decide that were left when it was made go on, and no new ones begin. What
    was late then stays so.
    """
    stopped = [c for c in dossier.clocks if c.name == "decision" and c.met_at is not None]
    if stopped:
        last = stopped[-1]
        again = replace(last, met_at=None)
        if not last.late:
            stood = Pause(last.met_at or act.at, "settled", act.at)
            again = replace(again, pauses=(*last.pauses, stood), marks_passed=0)
        dossier.clocks[dossier.clocks.index(last)] = deadlines.settled(again, calendars)
    dossier.tally.pop("perform_by", None)


@effect("note_settled")
def note_settled(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It ended in an agreement that was kept."""
    dossier.case.outcome = "settled"


@effect("note_solved")
def note_solved(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """事解: the trouble itself is gone; 案结 is another date."""
    dossier.tally.setdefault("solved_on", clock.local_date(act.at).isoformat())


@effect("note_simple")
def note_simple(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Answered the short way."""
    dossier.case.outcome = "simple"


@effect("take_up_again")
def take_up_again(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """A request that had come in time opens what was closed meanwhile."""
    if dossier.case.closed_at is not None:
        reopen_case(dossier, act, calendars)


@effect("note_unappealed")
def note_unappealed(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It ended with the last opinion."""
    dossier.case.outcome = str(dossier.tally.get("opinion", "unappealed"))


@effect("note_final")
def note_final(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It is closed, and the same facts and reasons aren't accepted again; unless it has to be decided anew."""
    if act.given["opinion"] != SET_ASIDE:
        close_case(dossier, act, calendars)
        dossier.case.outcome = FINAL


@effect("hand_back")
def hand_back(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The body that decided, or the one in its place, has it again, to hear the petitioner and decide anew."""
    given = {**act.given, "lead": act.given.get("lead") or dossier.tally["handled_by"]}
    place_orders(dossier, replace(act, payload={**act.payload, "given": given}), calendars)
    for name in (*ROUND, "extension"):
        dossier.tally.pop(name, None)
    dossier.tally["set_aside"] = dossier.tally.get("set_aside", 0) + 1
    _anew(dossier)


@effect("note_guidance")
def note_guidance(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """What is owed after finality was done once more (art. 37)."""
    dossier.tally["guidance"] = dossier.tally.get("guidance", 0) + 1


@effect("note_new_facts")
def note_new_facts(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """It isn't the same facts any more."""
    dossier.tally["new_facts"] = dossier.tally.get("new_facts", 0) + 1
    _anew(dossier)


@effect("note_redo")
def note_redo(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """Supervision found that it was handled wrongly."""
    dossier.tally["redone"] = dossier.tally.get("redone", 0) + 1
    _anew(dossier)


def _anew(dossier: Dossier) -> None:
    for name in (
        "served",
        "decided_by",
        "handled_by",
        "opinion",
        "drafted_by",
        "heard",
        "hearing",
        "solved_on",
    ):
        dossier.tally.pop(name, None)


@effect("note_proposal")
def note_proposal(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """To better the work, better the policy, or hold somebody to account."""
    dossier.tally["proposal"] = act.given["proposal_kind"]


@effect("answer_proposal")
def answer_proposal(dossier: Dossier, act: Act, calendars: Calendars) -> None:
    """The body said in writing whether it takes it up."""
    dossier.tally.pop("proposal", None)
