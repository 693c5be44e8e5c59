"""Writing articles and letting them be published: every change takes the version last seen, and stands in the audit.

Draft → review → published → expired. What is published never changes: whoever improves it writes a new revision, which
a person who didn't write in it reviews. Meanwhile the published one is offered as before; so it is after the review
until the day on which the new one begins. What the article as a whole is, its category and owner, goes the same way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import catalogue
from huiyin.files.models import File
from huiyin.kernel import clock
from huiyin.kernel.canonical import digest
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused, Stale
from huiyin.kernel.text import UNREADABLE, one_line
from huiyin.knowledge import policies, queries
from huiyin.knowledge.enums import Stage, Standing
from huiyin.knowledge.models import Article, Enclosure, Revision, Vote
from huiyin.knowledge.rules import next_reminder, rules
from huiyin.notices.models import Notice
from huiyin.notices.services import draft as draft_notice
from huiyin.org.reference import org
from huiyin.org.versions import touch
from huiyin.people.models import Posting, User
from huiyin.redaction.text import redacted

QUESTION_MOST, WORDS_MOST, ANSWER_MOST, BODY_MOST, BASIS_MOST, REMARK_MOST = 200, 300, 1000, 20_000, 300, 300
FILES_MOST, OWNERS_MOST = 9, 200


@dataclass(frozen=True)
class Said:
    """What somebody writes: one revision, and what belongs to the article as a whole."""

    question: str
    answer: str
    basis: str = ""
    body: str = ""
    words: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    review_on: date | None = None
    public: bool = False
    category: str | None = None
    owner: str = ""
    """Username of whoever answers for it."""


def begin(*, actor: Actor, unit: str, said: Said, files: Iterable[File] = (), key: str = "") -> Article:
    """A new article as a draft. Sent twice under one key it is made once. NotAllowed, BadInput."""
    policies.need_writer(actor, unit)
    _check(said, unit)
    once = digest(actor.key, key) if key else None
    if (before := _made(once)) is not None:
        return before
    row = Article(unit_id=unit, open_no=1, made_at=clock.now(), made_by=actor.key, request_key=once)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            Revision.objects.create(article=row, no=1, **_columns(actor, said, []))
            _enclose(row, 1, files)
            _note(actor, "begin_article", row, detail={"unit": unit})
    except IntegrityError:  # the same form, sent at the same moment, was quicker
        if (before := _made(once)) is None:
            raise
        return before
    return row


def _made(once: str | None) -> Article | None:
    return Article.objects.filter(request_key=once).first() if once else None


def write(
    *, actor: Actor, key: UUID, said: Said, seen: int, files: Iterable[File] = (), dropped: Iterable[UUID] = ()
) -> Article:  # fmt: skip
    """Write on: in the draft that is open, or in a new one that begins where the published revision stands.

    Refused while a revision waits for its reviewer; Stale when somebody else was quicker.
    """
    row = _mine(actor, key)
    _check(said, row.unit_id)
    if row.stage == Stage.REVIEW:
        raise Refused("in_review", _("这条知识正在等待审核。"), rule=_("送审以后不能再改，以免审的和发布的不一样。"),
                      do=_("要改请先撤回送审。"))  # fmt: skip
    no = row.open_no or _last(row) + 1
    with transaction.atomic():
        _set(row, seen, stage=Stage.DRAFT, open_no=no)
        before = queries.revision(key, no)
        columns = _columns(actor, said, before.writers if before else [])
        Revision.objects.update_or_create(article=row, no=no, defaults=columns)
        _enclose(row, no, files)
        _drop(row, no, dropped)
        _note(actor, "write_article", row, detail={"revision": no})
    return row


def submit(*, actor: Actor, key: UUID, seen: int) -> Article:
    """Hand the draft to a reviewer. BadInput for what it still lacks."""
    row = _mine(actor, key)
    if row.stage != Stage.DRAFT:
        raise _wrong(_("没有可以送审的草稿。"), _("请先修改并保存。"))
    revision = _revision(row, row.open_no)
    lacking = list(_lacking(revision))
    if lacking:
        raise BadInput(*lacking, what=_("还不能送审。"))
    with transaction.atomic():
        _set(row, seen, stage=Stage.REVIEW, waiting_since=clock.now())
        _note(actor, "submit_article", row, detail={"revision": revision.no})
        _tell(row, "article_waits", [f"unit:{row.unit_id}"], _("有知识待审核：%(question)s"), revision.question)
    return row


def recall(*, actor: Actor, key: UUID, seen: int) -> Article:
    """Take it back from the reviewer to go on writing."""
    row = _mine(actor, key)
    _in_review(row)
    with transaction.atomic():
        _set(row, seen, stage=Stage.DRAFT, waiting_since=None)
        _note(actor, "recall_article", row, detail={"revision": row.open_no})
    return row


def approve(*, actor: Actor, key: UUID, seen: int) -> Article:
    """Publish what waits: the revision takes the place of the one before, and of one that was to come. A second
    person's act. What begins later leaves the one before in force until then.

    NotAllowed without the right over the unit; Refused for whoever wrote in it.
    """
    row, revision = _to_review(actor, key)
    today, now = clock.today(), clock.now()
    lacking = list(_lacking(revision))
    if lacking:
        raise BadInput(*lacking, what=_("等待审核期间日期过了，还不能发布。"))
    current = queries.of_key(key) if revision.valid_from > today else None
    revision.owner = revision.owner or row.owner or _owner_of(actor, row.unit_id)
    revision.reviewed_at = now
    with transaction.atomic():
        begins = {} if current else beginning(row, revision, today)
        if current and current.revision_no == row.next_no:  # its day has come, the worker hasn't
            begins = beginning(row, _revision(row, row.next_no), today)
        begins["next_no"] = revision.no if current else 0
        _set(row, seen, stage=Stage.NONE, open_no=0, waiting_since=None, **begins)
        Revision.objects.filter(pk=revision.pk).update(
            owner=revision.owner, reviewed_by=actor.key, reviewed_at=now, remark=""
        )
        _note(actor, "publish_article", row, detail={"revision": revision.no})
        touch(queries.ARTICLES)
    return row


def beginning(row: Article, revision: Revision, today: date) -> dict[str, Any]:
    """What changes in an article when a reviewed revision becomes the published one."""
    return {
        "standing": Standing.PUBLISHED, "shown_no": revision.no, "next_no": 0,
        "public": revision.public,
        "category": revision.category_id, "owner": revision.owner, "valid_to": revision.valid_to,
        "review_on": revision.review_on, "remind_on": next_reminder(revision.review_on, today, rules().remind),
        "checked_at": revision.reviewed_at, "ended_at": None,
        "published_at": row.published_at or revision.reviewed_at,
    }  # fmt: skip


def send_back(*, actor: Actor, key: UUID, seen: int, reason: str) -> Article:
    """Give it back to its writer, who reads why."""
    row, revision = _to_review(actor, key)
    said = _reason(reason)
    with transaction.atomic():
        _set(row, seen, stage=Stage.DRAFT, waiting_since=None)
        Revision.objects.filter(pk=revision.pk).update(remark=said, reviewed_by=actor.key, reviewed_at=clock.now())
        _note(actor, "return_article", row, reason=said, detail={"revision": revision.no})
        _tell(row, "article_returned", revision.writers, _("知识被退回修改：%(question)s"), revision.question)
    return row


def confirm(*, actor: Actor, key: UUID, seen: int, review_on: date) -> Article:
    """Say that what is published is still right, and by when it is looked at again."""
    row = _mine(actor, key)
    _published(row)
    wrong = _review_fault(review_on, row.valid_to)
    if wrong:
        raise BadInput(wrong)
    today = clock.today()
    with transaction.atomic():
        _set(
            row, seen, review_on=review_on, checked_at=clock.now(),
            remind_on=next_reminder(review_on, today, rules().remind),
        )  # fmt: skip
        _note(actor, "confirm_article", row, detail={"revision": row.shown_no, "until": review_on.isoformat()})
        touch(queries.ARTICLES)
    return row


def withdraw(*, actor: Actor, key: UUID, seen: int, reason: str) -> Article:
    """Offer it no longer, nor what was to take its place. It stays in the record, and a new revision brings it back."""
    row = _mine(actor, key)
    _published(row)
    said = _reason(reason)
    with transaction.atomic():
        _set(row, seen, standing=Standing.EXPIRED, ended_at=clock.now(), remind_on=None, valid_to=None,
             next_no=0)  # fmt: skip
        _note(actor, "withdraw_article", row, reason=said, detail={"revision": row.shown_no})
        touch(queries.ARTICLES)
    return row


def set_aside(*, actor: Actor, key: UUID, seen: int) -> Article:
    """Give a draft up. What was published before it stays as it is."""
    row = _mine(actor, key)
    if row.stage != Stage.DRAFT:
        raise _wrong(_("没有可以放弃的草稿。"), _("正在送审的，请先撤回。"))
    with transaction.atomic():
        _note(actor, "drop_article", row, detail={"revision": row.open_no})
        Enclosure.objects.filter(article=row, until_no=row.open_no).update(until_no=None)
        Enclosure.objects.filter(article=row, since_no=row.open_no, until_no=None).update(until_no=F("since_no"))
        ended = {} if row.shown_no else {"standing": Standing.EXPIRED, "ended_at": clock.now()}
        _set(row, seen, stage=Stage.NONE, open_no=0, **ended)
    return row


def vote(*, actor: Actor, key: UUID, useful: bool, remark: str = "") -> None:
    """Say whether a published article helps; a later vote takes the place of the earlier. Who says no says why."""
    row = queries.article(actor, key)
    _published(row)
    said = redacted(one_line(remark))[:REMARK_MOST]
    if not useful and not said:
        raise BadInput(FieldError("remark", _("请写明哪里不对或缺什么，责任人才能改。")))
    with transaction.atomic():
        Vote.objects.update_or_create(
            article=row, actor=actor.key, defaults={"useful": useful, "remark": said, "at": clock.now()}
        )
        _note(actor, "vote_article", row, reason=said, detail={"useful": useful})


def owners(unit: str) -> list[User]:
    """Who may answer for an article of the unit: the people in office there."""
    today = clock.today()
    posted = Posting.objects.filter(unit=unit, valid_from__lte=today).exclude(valid_to__lt=today)
    return list(User.objects.filter(is_active=True, pk__in=posted.values("user")).order_by("username")[:OWNERS_MOST])


def next_review() -> date:
    """What is proposed for the next look."""
    return clock.today() + timedelta(days=rules().review.usual_days)


# What each of them does


def _mine(actor: Actor, key: UUID) -> Article:
    """An article for whose unit the actor writes."""
    row = queries.article(actor, key)
    policies.need_writer(actor, row.unit_id)
    return row


def _to_review(actor: Actor, key: UUID) -> tuple[Article, Revision]:
    row = queries.article(actor, key)
    if not policies.reviews(actor, row.unit_id):
        raise NotAllowed("not_reviewer", _("您不能审核这条知识。"), rule=_("由承办单位负责人或热线主管审核。"),
                         do=_("请联系他们。"))  # fmt: skip
    _in_review(row)
    revision = _revision(row, row.open_no)
    if actor.key in revision.writers:
        raise Refused("own_text", _("这一稿您自己写过。"), rule=_("由没有参与编写的第二人审核。"),
                      do=_("请另一位负责人或热线主管审核。"))  # fmt: skip
    return row, revision


def _revision(row: Article, no: int) -> Revision:
    found = queries.revision(row.pk, no)
    assert found is not None
    return found


def _in_review(row: Article) -> None:
    if row.stage != Stage.REVIEW:
        raise _wrong(_("这条知识没有在等待审核。"), _("请刷新页面看最新情况。"))


def _published(row: Article) -> None:
    if row.standing != Standing.PUBLISHED:
        raise _wrong(_("这条知识现在没有发布。"), _("请刷新页面看最新情况。"))


def _wrong(what: object, do: object) -> Refused:
    return Refused("wrong_stage", what, rule=_("草稿先送审，由第二人审核后发布。"), do=do)


def _set(row: Article, seen: int, **changed: Any) -> None:
    """Compare and set: the first of two wins. Stale for the other."""
    if row.version != seen or not Article.objects.filter(pk=row.pk, version=seen).update(
        version=F("version") + 1, **changed
    ):
        raise Stale("changed_meanwhile", _("这条知识刚刚被别人更新。"), rule=_("后提交的一方须先看到变化。"),
                    do=_("请刷新后再试。"))  # fmt: skip
    row.version = seen + 1
    for name, value in changed.items():
        setattr(row, "category_id" if name == "category" else name, value)


def _last(row: Article) -> int:
    return Revision.objects.filter(article=row).order_by("-no").values_list("no", flat=True).first() or 0


def _columns(actor: Actor, said: Said, writers: list[str]) -> dict[str, Any]:
    today = clock.today()
    return {
        "question": one_line(said.question), "words": one_line(said.words), "answer": said.answer.strip(),
        "body": said.body.strip(), "basis": one_line(said.basis),
        "category_id": said.category or None, "owner": _owner_key(said), "valid_from": said.valid_from or today,
        "valid_to": said.valid_to, "review_on": said.review_on or next_review(), "public": said.public,
        "writers": sorted({*writers, actor.key}), "written_at": clock.now(),
    }  # fmt: skip


MOSTS: Mapping[str, int] = {
    "question": QUESTION_MOST, "words": WORDS_MOST, "answer": ANSWER_MOST, "body": BODY_MOST, "basis": BASIS_MOST,
}  # fmt: skip


def _check(said: Said, unit: str) -> None:
    """What a draft may hold at all; what a published article needs is `_lacking`."""
    texts = {name: str(getattr(said, name)) for name in MOSTS}
    wrong = [
        FieldError(name, _("过长：%(has)s字，最多%(most)s字。") % {"has": len(text), "most": MOSTS[name]})
        for name, text in texts.items() if len(text) > MOSTS[name]
    ]  # fmt: skip
    wrong += [FieldError(name, _("含有无法读取的字符。")) for name, text in texts.items() if UNREADABLE.search(text)]
    if not one_line(said.question):
        wrong.append(FieldError("question", _("请填写。")))
    if said.category and said.category not in catalogue.categories():
        wrong.append(FieldError("category", _("没有这个类别。")))
    if said.owner and said.owner not in {user.username for user in owners(unit)}:
        wrong.append(FieldError("owner", _("责任人须在“%(unit)s”任职。") % {"unit": org().label_of(unit)}))
    if wrong:
        raise BadInput(*wrong, what=_("所填内容有误，没有保存。"))


def _lacking(revision: Revision) -> Iterable[FieldError]:
    """What a revision lacks to be published today."""
    for name in ("answer", "basis"):
        if not getattr(revision, name):
            yield FieldError(name, _("请填写。"))
    if revision.valid_to and revision.valid_to < max(clock.today(), revision.valid_from):
        yield FieldError("valid_to", _("有效期已经过去。"))
    wrong = _review_fault(revision.review_on, revision.valid_to)
    if wrong:
        yield wrong


def _review_fault(day: date, valid_to: date | None) -> FieldError | None:
    today, most = clock.today(), rules().review.longest_days
    if day <= today:
        return FieldError("review_on", _("复核日期应在今天以后。"))
    if day > today + timedelta(days=most):
        return FieldError("review_on", _("最晚%(most)s天以后就要复核。") % {"most": most})
    return None


def _reason(text: str) -> str:
    said = redacted(one_line(text))[:REMARK_MOST]
    if not said:
        raise BadInput(FieldError("reason", _("请写明理由。")))
    return said


def _owner_of(actor: Actor, unit: str) -> str:
    """Who publishes for their own unit answers for what nobody answers for."""
    return actor.key if any(post.unit == unit for post in actor.postings) else ""


def _owner_key(said: Said) -> str:
    return f"user:{said.owner}" if said.owner else ""


def _enclose(row: Article, no: int, files: Iterable[File]) -> None:
    new = list(files)
    if len(new) + len(queries.enclosures(row.pk, no)) > FILES_MOST:
        raise BadInput(FieldError("papers", _("附件最多%(most)s个。") % {"most": FILES_MOST}))
    if not new:
        return
    taken = File.objects.filter(pk__in=[one.pk for one in new], attached=False).update(attached=True)
    if taken != len(new):
        raise Refused("file_used", _("这个文件已经附在别处。"), rule=_("一个文件只能附一次。"), do=_("请重新上传。"))
    Enclosure.objects.bulk_create([Enclosure(article=row, file=one, since_no=no) for one in new])


def _drop(row: Article, no: int, dropped: Iterable[UUID]) -> None:
    Enclosure.objects.filter(article=row, pk__in=list(dropped), until_no=None).update(until_no=no)


def _note(
    actor: Actor, action: str, row: Article, *, reason: str = "", detail: Detail | None = None
) -> None:  # fmt: skip
    record(actor=actor.key, action=action, subject=subject_of(row.pk), reason=reason, detail=detail)


def subject_of(key: UUID) -> str:
    """The article as the audit names it."""
    return f"article:{key}"


def _tell(row: Article, kind: str, keys: Iterable[str], subject: object, question: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        said = str(subject) % {"question": question}
    Notice.objects.bulk_create(
        draft_notice(kind=kind, recipient_key=key, subject=said, body=said, language=settings.LANGUAGE_CODE)
        for key in dict.fromkeys(keys)
    )


def found_file(actor: Actor, key: UUID, file: UUID, *, public: bool = False) -> Enclosure:
    """A file beside what is published, or beside any revision for the desk. NotFound otherwise."""
    if public:
        shown = queries.published(actor, key)
        beside = queries.enclosures(key, shown.revision_no)
    else:
        queries.article(actor, key)
        beside = list(Enclosure.objects.filter(article=key).select_related("file"))
    for one in beside:
        if one.pk == file:
            return one
    raise NotFound("no_such_file", _("没有找到这个文件。"), do=_("请从知识页面重新打开。"))
