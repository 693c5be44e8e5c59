"""The city's rule documents, from procedures to the rota of receptions: what is published, what a new version would
change, and publishing it.

Checking and publishing is `cases.services.publish`, as at the shell. A page adds what somebody who can't ask the
programmer needs: faults told one by one, the difference to the version before, and refusals of what would be law and
yet couldn't be followed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights
from huiyin.access.actor import Actor
from huiyin.cases import rulebook
from huiyin.cases.models import Publication
from huiyin.cases.procedures import limits, spec
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.services import publish as publishing
from huiyin.cases.services.publish import Sort
from huiyin.disputes import ruled
from huiyin.disputes.grading import Rule, fresh_start
from huiyin.hotline import replies
from huiyin.hotline.replies import Replies
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, ConfigError, FieldError, NotAllowed, NotFound, Refused
from huiyin.offices import compare, touched
from huiyin.offices.compare import Section
from huiyin.receptions import rota
from huiyin.receptions.rota import Rota

LONGEST = 400_000
"""Characters of a document; the largest packaged one has a tenth."""
type Document = Procedure | LimitPolicy | Replies | Rota | Rule


@dataclass(frozen=True)
class Version:
    """A published version: which it is, since when it holds, who published it when."""

    key: str
    name: str
    version: int
    since: date
    until: date | None
    row: Publication
    standing: str
    """now, coming, or past: replaced by a later one or ended."""


@dataclass(frozen=True)
class Draft:
    """A document as it was checked, against the version before it."""

    sort: Sort
    document: Document
    digest: str
    before: Document | None
    sections: Sequence[Section]
    going_on: int = 0
    """Open matters that keep an older version."""
    lacking: Sequence[str] = field(default=())
    """Clocks for which no limit is in force on the first day."""


def needs(actor: Actor, right: str = rights.PUBLISH_RULES) -> None:
    """NotAllowed without the right."""
    if not actor.may(right):
        raise NotAllowed(
            "not_allowed", _("您不能更改这里的内容。"), rule=_("由系统管理员更改；工作人员都可以查看。"),
            do=_("要更改的，请联系系统管理员。"),
        )  # fmt: skip


def versions(sort: Sort, name: str = "") -> list[Version]:
    """Every published version, by name, the newest first. One statement; texts aren't read."""
    rows = Publication.objects.filter(sort=sort).defer("text").order_by("name", "-version")
    found = list(rows.filter(name=name) if name else rows)
    today = clock.today()
    holding: dict[str, str] = {}
    for row in sorted(found, key=lambda row: (row.since, row.version)):
        if row.since <= today and (row.until is None or row.until >= today):
            holding[row.name] = row.key
    return [
        Version(row.key, row.name, row.version, row.since, row.until, row,
                "now" if holding.get(row.name) == row.key else "coming" if row.since > today else "past")
        for row in found
    ]  # fmt: skip


def published(sort: Sort, key: str) -> Document:
    """The published document of that key; NotFound."""
    if not Publication.objects.filter(sort=sort, key=key).exists():
        raise NotFound("no_such_version", _("没有发布过这个版本。"), do=_("请从列表中选择。"))
    return document_of(sort, key)


def document_of(sort: Sort, key: str) -> Document:
    """The same for a key that is known to be published."""
    if sort in _PUBLISHED:
        return _PUBLISHED[sort](key)
    return rulebook.procedure(key) if sort == "procedure" else rulebook.limit_policy(key)


_PUBLISHED: Mapping[str, Callable[[str], Document]] = {
    "replies": replies.published, "rota": rota.published, "grades": ruled.published,
}  # fmt: skip
"""What other rings read."""


def text_of(sort: Sort, key: str) -> str:
    """The published text; NotFound."""
    row = Publication.objects.filter(sort=sort, key=key).first()
    if row is None:
        raise NotFound("no_such_version", _("没有发布过这个版本。"), do=_("请从列表中选择。"))
    return row.text


def next_text(sort: Sort, key: str) -> str:
    """The text of that version with the next free number and tomorrow as its first day: where a new one begins."""
    text, name = text_of(sort, key), key.rpartition("@")[0]
    newest = max(version.version for version in versions(sort, name))
    day = max([clock.today() + timedelta(days=1), *(version.since for version in versions(sort, name))])
    text = re.sub(r"^version:.*$", f"version: {newest + 1}", text, count=1, flags=re.MULTILINE)
    force = re.compile(r"^in_force:(?:[^\n]*\n)(?:[ \t]+[^\n]*\n)*", re.MULTILINE)
    return force.sub(f"in_force: {{from: {day.isoformat()}}}\n", text, count=1)


def check(sort: Sort, text: str) -> Draft:
    """What publishing the text would do; nothing is written. ConfigError with all faults; Refused."""
    document, whole = _read(sort, text)
    known = versions(sort, document.name)
    digest = spec.digest_of(whole)
    same = next((one for one in known if one.key == document.key), None)
    if same is not None and same.row.digest == digest:
        raise Refused("published_same", _("“%(key)s”已经发布，内容完全相同。") % {"key": document.key},
                      rule=_("已发布的版本永不改变。"), do=_("无需再次发布。"))  # fmt: skip
    _fits_in(document, known)
    before = published(sort, known[0].key) if known else None
    if isinstance(document, Procedure):
        sections = compare.versions(before, document, {}) if before else []
        going_on = sum(touched.open_by_procedure([one.key for one in known]).values()) if known else 0
        lacking = lacking_limits(document)
        if lacking and document.in_force.since <= clock.today():
            gaps = _("；").join(lacking[:5])
            raise Refused("limits_lacking", _("没有为这些时限规定长度：%(gaps)s。") % {"gaps": gaps},
                          rule=_("没有长度的时限一起算就会出错。"),
                          do=_("请把生效日定在以后，并在那之前发布补上这些时限的办理时限。"))  # fmt: skip
        return Draft(sort, document, digest, before, sections, going_on, lacking)
    if isinstance(document, Rule):
        _cuts_no_sweep(document)
    return Draft(sort, document, digest, before, compare.versions(before, document, current()) if before else [])


def publish(actor: Actor, sort: Sort, text: str, *, seen: str, reason: str) -> Publication:
    """Make the text law from its first day on, for matters received from then. `seen` is the digest that was checked.

    Writes the audit. Raises as `check` does.
    """
    needs(actor)
    if not reason.strip():
        raise BadInput(FieldError("reason", _("请写明理由和依据。")))
    with transaction.atomic():
        draft = check(sort, text)
        if draft.digest != seen:
            raise Refused("changed_since", _("内容在检查之后改过。"), rule=_("发布的必须是检查过的内容。"),
                          do=_("请重新检查，看过变化再发布。"))  # fmt: skip
        return publishing.publish(actor=actor, sort=sort, text=text, file=draft.document.key, reason=reason)


def current() -> Mapping[str, Procedure]:
    """The newest published version of each procedure, by name."""
    return {one.name: one for one in rulebook.current_procedures()}


def lacking_limits(procedure: Procedure) -> list[str]:
    """Clocks of the procedure for which the limits of its first day (today, if that is past) have no line."""
    day = max(procedure.in_force.since, clock.today())
    try:
        policy = rulebook.limit_policy(rulebook.in_force("limits", procedure.name, day))
    except ConfigError:
        return list(procedure.clocks)
    missing = {gap.split(" ")[1] for gap in limits.gaps(policy, procedure)}
    return [name for name in procedure.clocks if name in missing]


def _read(sort: Sort, text: str) -> tuple[Document, str]:
    if not text.strip():
        raise BadInput(FieldError("text", _("请粘贴内容或选择文件。")))
    if len(text) > LONGEST:
        raise BadInput(FieldError("text", _("内容太长，最多%(most)s个字符。") % {"most": LONGEST}))
    return publishing.read(sort, text, "")


def _fits_in(document: Document, known: Sequence[Version]) -> None:
    """Refused for a version that would come too early or stand behind another."""
    first, newest = document.in_force.since, known[0] if known else None
    if newest is not None and document.version <= newest.version:
        raise Refused("old_version", _("版本号%(number)s已经用过。") % {"number": document.version},
                      rule=_("已发布的版本永不改变，新版本的编号要更大。"),
                      do=_("请把 version 改为%(next)s。") % {"next": newest.version + 1})  # fmt: skip
    if first < clock.today():
        raise Refused("backdated", _("生效日%(day)s已经过去。") % {"day": first.isoformat()},
                      rule=_("规则不溯及既往：已收到的事项按收到那天的规则办。"),
                      do=_("请把 in_force 的 from 改为今天或以后。"))  # fmt: skip
    if newest is not None and first < newest.since:
        raise Refused("before_newest", _("“%(key)s”自%(day)s起施行，更晚。")
                      % {"key": newest.key, "day": newest.since.isoformat()},
                      rule=_("同一天有两个版本时，按较晚起施行的办，这一版永远不会用到。"),
                      do=_("请把 in_force 的 from 改为%(day)s或以后。")
                      % {"day": newest.since.isoformat()})  # fmt: skip


def _cuts_no_sweep(document: Rule) -> None:
    """Refused for a cycle that would change in the middle of a sweep, which nobody could report then."""
    day = document.in_force.since
    fit = fresh_start(ruled.rule_on(day - timedelta(days=1)), document, day)
    if fit != day:
        raise Refused("sweep_cut", _("%(day)s在一轮排查中间，不能从这一天起改排查周期。") % {"day": day.isoformat()},
                      rule=_("一轮排查按一个周期走完；新周期从新旧两种周期都开始一轮的那天起。"),
                      do=_("请把 in_force 的 from 改为%(day)s。")
                      % {"day": fit.isoformat() if fit else "—"})  # fmt: skip
