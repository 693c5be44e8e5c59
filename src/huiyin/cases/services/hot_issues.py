"""What people do with hot issues: adopt one with an owner and a day, join its cases, dismiss, merge, split, rename.

Each is kept with who did it. Cases are joined through `act`, one by one and each judged by itself, so that their record
holds it and the answer to the main case goes to all.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases import hot_issues, policies
from huiyin.cases.enums import IssueStatus, Phase
from huiyin.cases.models import Case, HotIssue, HotIssueAct, Reading
from huiyin.cases.services.act import act
from huiyin.cases.services.act_on_each import Outcome
from huiyin.cases.services.bars import known_people
from huiyin.cases.services.gather import count_anew
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotAllowed, Refused, Stale
from huiyin.kernel.ids import normal_case_number
from huiyin.kernel.text import UNREADABLE, one_line
from huiyin.notices.services import draft
from huiyin.org.reference import org
from huiyin.redaction.text import redacted

NOTE_MOST, TITLE_MOST = 400, 60
LONGEST = timedelta(days=366)
JOINED_AT_ONCE, TRIED_AT_ONCE = 50, 200
"""Of cases that refuse more are tried, so that they don't keep the others out."""
TAKING = (IssueStatus.FOUND, IssueStatus.ADOPTED)
"""Issues into which others may go."""


def adopt(
    *, actor: Actor, issue: HotIssue, version: int, owner: str, unit: str, due_on: date | None, main: str
) -> HotIssue:  # fmt: skip
    """Take an issue on: who answers for it until when, and the case to which the others are joined. The owner is told.

    Also once it was answered, with a case that came since. Raises NotAllowed, BadInput, Refused once it ended, Stale.
    """
    _check(actor, issue, IssueStatus.FOUND, IssueStatus.ADOPTED, IssueStatus.ANSWERED, IssueStatus.DISMISSED)
    errors = []
    if not owner:
        errors.append(FieldError("owner", _("请选择负责人。")))
    if unit and org().unit(unit) is None:
        errors.append(FieldError("unit", _("没有这个单位。")))
    if due_on is None or not clock.today() < due_on <= clock.today() + LONGEST:
        errors.append(FieldError("due_on", _("答复期限须在明天起的一年以内。")))
    case = _main(actor, issue, main)
    if case is None:
        errors.append(FieldError("main", _("主件须是本问题中在办、未并入他件的一件。")))
    if errors:
        raise BadInput(*errors)
    assert case is not None
    person = known_people([owner], "owner")[0]
    changed = {"status": IssueStatus.ADOPTED, "owner": person.key, "unit_id": unit or None, "due_on": due_on,
               "main_id": case.pk, "overdue_told": False}  # fmt: skip
    facts = {"owner": person.key, "unit": unit, "due_on": str(due_on), "main": case.number}
    with transaction.atomic():
        _change(actor, issue, version, "adopt", changed, facts=facts)
        with translation.override(settings.LANGUAGE_CODE):
            draft(
                kind="hot_issue", recipient_key=person.key, language=settings.LANGUAGE_CODE,
                subject=_("请负责答复热点问题：%(title)s") % {"title": issue.title},
                body=_("请于%(due)s前答复；主件 %(main)s 的答复会一并送达所有并入的事项。/desk/hot-issues/%(key)s/")
                % {"due": due_on, "main": case.number, "key": issue.pk},
            ).save()  # fmt: skip
    return issue


def _main(actor: Actor, issue: HotIssue, number: str) -> Case | None:
    """The case of that number, if the issue's others can be joined to it."""
    rows = hot_issues.seen_readings(actor).filter(
        issue=issue, case__number=normal_case_number(number) or "", case__phase=Phase.OPEN, case__main=None
    )
    row = rows.select_related("case").first()
    return row.case if row else None


def join_all(*, actor: Actor, issue: HotIssue, key: str) -> list[Outcome]:
    """Join the issue's open cases to its main one, fifty at once, each by an act of its own; what became of each."""
    _check(actor, issue, IssueStatus.ADOPTED)
    if issue.main is None or issue.main.phase != Phase.OPEN:
        raise Refused("main_closed", _("主件已办结，不能再并入。"), do=_("请另选主件，或逐件答复。"))
    if not (actor.may(policies.DISPATCH) or actor.may(policies.SUPERVISE)):
        raise NotAllowed("not_yours", _("并案由派单员或热线主管办理。"), do=_("请联系派单员。"))
    given = {"main": issue.main.number, "reason": _("同属热点问题“%(title)s”") % {"title": issue.title}}
    rows = hot_issues.joinable(actor, issue).select_related("case").order_by("pk")
    done, joined = [], list[str]()
    for row in rows[:TRIED_AT_ONCE]:
        if len(joined) == JOINED_AT_ONCE:
            break
        refused: tuple[str, ...] = ()
        try:
            act(actor=actor, number=row.case.number, action="merge", given=given, key=f"{key}/{row.case.number}"[:80])
        except HuiyinError as error:
            if error.status >= 500:
                raise
            refused = tuple(error.sentences())
        done.append(Outcome(row.case.number, row.case.shown_title, refused))
        joined += [] if refused else [row.case.number]
    if joined:
        _note(actor, issue, "join", facts={"joined": joined})
    return done


def dismiss(*, actor: Actor, issue: HotIssue, version: int, reason: str) -> HotIssue:
    """It is no issue: it leaves the list, keeps its cases, and nobody is told of it any more."""
    _check(actor, issue, IssueStatus.FOUND)
    note = _said("reason", reason)
    _change(actor, issue, version, "dismiss", {"status": IssueStatus.DISMISSED}, note=note)
    return issue


def take_up_again(*, actor: Actor, issue: HotIssue, version: int) -> HotIssue:
    """Put an issue that was dismissed, adopted or answered back among those found."""
    _check(actor, issue, IssueStatus.DISMISSED, IssueStatus.ADOPTED, IssueStatus.ANSWERED)
    changed = {"status": IssueStatus.FOUND, "owner": "", "unit_id": None, "due_on": None, "main_id": None}
    _change(actor, issue, version, "restore", changed)
    return issue


def merge(*, actor: Actor, issue: HotIssue, version: int, into: HotIssue) -> HotIssue:
    """The issue's cases go over to another issue, which it leads to from then on. Stale where that one ended since."""
    _check(actor, issue, IssueStatus.FOUND, IssueStatus.DISMISSED)
    _check(actor, into, *TAKING)
    if into.pk == issue.pk:
        raise BadInput(FieldError("into", _("不能并入自身。")))
    with transaction.atomic():
        list(HotIssue.objects.filter(pk__in=[issue.pk, into.pk]).order_by("pk").select_for_update())
        changed = {"status": IssueStatus.ENDED, "into_id": into.pk, "people": 0, "heat": 0}
        _change(actor, issue, version, "merge", changed, facts={"into": str(into.pk)})
        if not HotIssue.objects.filter(pk=into.pk, status__in=TAKING).update(counted=False):
            raise _changed_meanwhile()
        Reading.objects.filter(issue=issue).update(issue=into, placed=True)
        _note(actor, into, "gain", facts={"from": str(issue.pk), "title": issue.title})
        count_anew()
    return into


def split(*, actor: Actor, issue: HotIssue, version: int, numbers: Sequence[str]) -> HotIssue:
    """The chosen cases become an issue of their own; the machine puts them together with the rest no more."""
    _check(actor, issue, IssueStatus.FOUND, IssueStatus.ADOPTED)
    wanted = {known for text in numbers if (known := normal_case_number(text))}
    rows = hot_issues.seen_readings(actor).filter(issue=issue, case__number__in=wanted)
    chosen = list(rows.exclude(case=issue.main_id).values_list("pk", flat=True))
    left = Reading.objects.filter(issue=issue).exclude(pk__in=chosen)
    if not chosen or not left.exists():
        raise BadInput(FieldError("number", _("请选择要拆出的事项，不能全选，也不能选主件。")))
    with transaction.atomic():
        apart = HotIssue.objects.create(created_at=clock.now())
        _change(actor, issue, version, "split", {}, facts={"into": str(apart.pk), "cases": len(chosen)})
        _note(actor, apart, "split_off", facts={"from": str(issue.pk), "title": issue.title})
        left.update(placed=True)
        Reading.objects.filter(pk__in=chosen).update(issue=apart, placed=True)
        HotIssue.objects.filter(pk=issue.pk).update(counted=False)
        count_anew()
    return apart


def rename(*, actor: Actor, issue: HotIssue, version: int, title: str) -> HotIssue:
    """A title in a person's words, redacted like everything that is read by all."""
    _check(actor, issue, IssueStatus.FOUND, IssueStatus.ADOPTED, IssueStatus.DISMISSED, IssueStatus.ANSWERED)
    text = redacted(_said("title", title, TITLE_MOST))[:TITLE_MOST]
    _change(actor, issue, version, "rename", {"title": text, "named": True}, facts={"before": issue.title})
    return issue


def _check(actor: Actor, issue: HotIssue, *standing: IssueStatus) -> None:
    if not hot_issues.may_judge(actor):
        raise NotAllowed(
            "not_yours", _("您不能处理热点问题。"), rule=_("由派单员、热线主管和市领导研判。"), do=_("请联系派单员。")
        )  # fmt: skip
    if issue.status not in standing:
        raise Refused(
            "wrong_standing",
            _("这个热点问题现在不能这样处理。"),
            rule=_("已答复的可以重新认领或退回待研判；并入别处的不再改动。"),
            do=_("请刷新后再看。"),
        )


def _said(name: str, text: str, most: int = NOTE_MOST) -> str:
    said = one_line(text)
    if not said:
        raise BadInput(FieldError(name, _("请填写。")))
    if len(said) > most or UNREADABLE.search(said):
        raise BadInput(FieldError(name, _("最多%(most)s字，不能含无法读取的字符。") % {"most": most}))
    return said


def _change(
    actor: Actor, issue: HotIssue, version: int, what: str, changed: Mapping[str, Any], *, note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Change the issue as it was seen, and keep who did. Stale when somebody else changed it since."""
    with transaction.atomic():
        seen = HotIssue.objects.filter(pk=issue.pk, version=version)
        if not seen.update(version=version + 1, **changed):
            raise _changed_meanwhile()
        _note(actor, issue, what, note=note, facts=facts)
    issue.refresh_from_db()


def _changed_meanwhile() -> Stale:
    return Stale("changed_meanwhile", _("这个热点问题刚刚被更新。"), do=_("请刷新后再试。"))


def _note(
    actor: Actor, issue: HotIssue, what: str, *, note: str = "", facts: Mapping[str, Any] | None = None
) -> None:  # fmt: skip
    HotIssueAct.objects.create(
        issue=issue,
        at=clock.now(),
        actor=actor.key,
        what=what,
        note=redacted(note)[:NOTE_MOST],
        facts=dict(facts or {}),
    )
