"""One article at the desk: reading it, writing it, and what its unit and its reviewer do with it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huiyin.access.actor import Actor, actor_of
from huiyin.audit.services import history
from huiyin.cases import catalogue
from huiyin.cases.web.forms import keep_files
from huiyin.cases.web.keys import new_key
from huiyin.files.models import File
from huiyin.files.services import name_of, open_bytes
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotAllowed
from huiyin.kernel.text import one_line
from huiyin.knowledge import editing, keeping, policies, queries
from huiyin.knowledge.enums import Stage, Standing
from huiyin.knowledge.models import Article, Enclosure, Revision, Vote
from huiyin.knowledge.rules import late_days, rules
from huiyin.knowledge.web.forms import ArticleForm, ReviewForm, initial_of
from huiyin.people.services import display_names

ACTIONS: Mapping[str, Any] = {
    "begin_article": gettext_lazy("起草"), "write_article": gettext_lazy("修改"),
    "submit_article": gettext_lazy("送审"), "recall_article": gettext_lazy("撤回送审"),
    "publish_article": gettext_lazy("审核发布"), "return_article": gettext_lazy("退回修改"),
    "confirm_article": gettext_lazy("复核无误"), "withdraw_article": gettext_lazy("停止使用"),
    "expire_article": gettext_lazy("到期失效"), "start_article": gettext_lazy("开始使用"),
    "drop_article": gettext_lazy("放弃草稿"),
    "vote_article": gettext_lazy("评价"),
}  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin an article."""
    actor = actor_of(request.user)
    units = actor.units_with(policies.WRITE)
    if not units:
        raise NotAllowed("not_writer", _("您不能编写知识。"), rule=_("知识由承办单位和热线编写。"))
    first = {"key": new_key(), "review_on": editing.next_review(), "valid_from": clock.today(), "public": True}
    first |= {"unit": next(iter(units))} if len(units) == 1 else {}
    first |= {name: request.GET[name] for name in ("unit", "category", "question") if name in request.GET}
    form = ArticleForm(request.POST or None, request.FILES or None, initial=first, actor=actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            files = _files(actor, request)
            row = editing.begin(actor=actor, unit=given["unit"], said=form.said(), files=files, key=given["key"])
        except BadInput as refused:
            form.take_over(refused)
        else:
            return redirect("knowledge:article", article=row.pk)
    return render(request, "knowledge/edit.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, article: UUID) -> HttpResponse:
    """Write on."""
    actor = actor_of(request.user)
    row = queries.article(actor, article)
    policies.need_writer(actor, row.unit_id)
    base = row.open_no or row.next_no or row.shown_no
    revision = queries.revision(row.pk, base) or queries.revisions(row.pk)[0]
    first = initial_of(row, revision) | {"key": new_key()}
    if not row.open_no:
        first["review_on"] = editing.next_review()
    form = ArticleForm(request.POST or None, request.FILES or None, initial=first, actor=actor, fixed=row.unit_id)
    error: HuiyinError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            dropped = [UUID(key) for key in request.POST.getlist("drop") if _is_key(key)]
            editing.write(
                actor=actor, key=row.pk, said=form.said(), seen=_seen(request), files=_files(actor, request),
                dropped=dropped,
            )  # fmt: skip
        except BadInput as refused:
            form.take_over(refused)
        except HuiyinError as refused:
            if refused.status != 409:
                raise
            error = refused
        else:
            return redirect("knowledge:article", article=row.pk)
    context = {
        "form": form, "row": row, "error": error, "beside": queries.enclosures(row.pk, base),
        "remark": revision.remark if row.open_no else "", "version": _seen(request) or row.version,
    }  # fmt: skip
    status = error.status if error else 422 if form.errors else 200
    return render(request, "knowledge/edit.html", context, status=status)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _files(actor: Actor, request: HttpRequest) -> list[File]:
    uploads = request.FILES.getlist("papers")
    ids = keep_files(uploads, actor, f"{request.POST.get('key', '')}/article", "papers") if uploads else []
    return list(File.objects.filter(pk__in=ids, attached=False))


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@login_required
@never_cache
@require_GET
def article(request: HttpRequest, article: UUID) -> HttpResponse:
    """An article as its readers find it, with what is being changed, what may be done, and its history."""
    actor = actor_of(request.user)
    return _page(request, actor, queries.article(actor, article))


def _page(request: HttpRequest, actor: Actor, row: Article, error: HuiyinError | None = None) -> HttpResponse:
    writes = policies.writes(actor, row.unit_id)
    told = queries.revisions(row.pk)
    shown = next((one for one in told if one.no == row.shown_no), None)
    # Drafts are seen by those who can write or review them.
    coming = next((one for one in told if one.no == row.open_no), None) if writes else None
    following = next((one for one in told if one.no == row.next_no), None)
    today, entries = clock.today(), list(history(editing.subject_of(row.pk)))
    votes = list(Vote.objects.filter(article=row).order_by("-at")[:100])
    people = {row.owner, *(e.actor for e in entries), *(v.actor for v in votes), *(r.owner for r in told)}
    names = display_names(people.union(*(one.writers for one in told)))
    useful = sum(vote.useful for vote in votes)
    context = {
        "row": row, "shown": shown, "coming": coming, "following": following,
        "reviewed": {row.shown_no, row.next_no} - {0}, "said": shown or coming, "error": error, "names": names,
        "late": late_days(row.review_on, today) if row.standing == Standing.PUBLISHED else 0,
        "not_yet": bool(shown and shown.valid_from > today),
        "categories": catalogue.categories(),
        "files": queries.enclosures(row.pk, row.shown_no),
        "following_files": queries.enclosures(row.pk, row.next_no) if following else [],
        "coming_files": queries.enclosures(row.pk, row.open_no) if coming else [],
        "writes": writes, "does": _does(actor, row, coming, writes=writes),
        "used": queries.used_counts([row.pk]).get(row.pk, 0), "days": rules().used_days,
        "useful": useful, "useless": len(votes) - useful,
        "doubts": [(v, names.get(v.actor, "")) for v in votes if v.remark],
        "my_vote": next((vote for vote in votes if vote.actor == actor.key), None),
        "history": [(ACTIONS.get(e.action, e.action), names.get(e.actor, _("系统")), e) for e in entries],
        "past": [one for one in told if one.no not in {row.shown_no, row.next_no, row.open_no}] if writes else [],
        "review": ReviewForm(initial={"review_on": editing.next_review()}),
        "writers": [names.get(key, key) for key in coming.writers] if coming else [],
    }  # fmt: skip
    return render(request, "knowledge/article.html", context, status=error.status if error else 200)


def _does(actor: Actor, row: Article, coming: Revision | None, *, writes: bool) -> set[str]:
    """What this person may do now; the services ask again."""
    found = set[str]()
    if writes:
        found |= {"edit"} if row.stage != Stage.REVIEW else set()
        found |= {"recall"} if row.stage == Stage.REVIEW and coming and actor.key in coming.writers else set()
        found |= {"submit", "set_aside"} if row.stage == Stage.DRAFT else set()
        found |= {"confirm", "withdraw"} if row.standing == Standing.PUBLISHED else set()
    if row.stage == Stage.REVIEW and policies.reviews(actor, row.unit_id):
        own = coming is not None and actor.key in coming.writers
        found |= {"own_text"} if own else {"approve", "return"}
    if row.standing == Standing.PUBLISHED:
        found.add("vote")
    return found


def _confirm(actor: Actor, key: UUID, seen: int, request: HttpRequest) -> None:
    form = ReviewForm(request.POST)
    if not form.is_valid():
        raise BadInput(*(FieldError(name, errors[0]) for name, errors in form.errors.items()))
    editing.confirm(actor=actor, key=key, seen=seen, review_on=form.cleaned_data["review_on"])


DOES: Mapping[str, Callable[[Actor, UUID, int, HttpRequest], object]] = {
    "submit": lambda actor, key, seen, _r: editing.submit(actor=actor, key=key, seen=seen),
    "recall": lambda actor, key, seen, _r: editing.recall(actor=actor, key=key, seen=seen),
    "approve": lambda actor, key, seen, _r: editing.approve(actor=actor, key=key, seen=seen),
    "return": lambda actor, key, seen, r: editing.send_back(
        actor=actor, key=key, seen=seen, reason=r.POST.get("reason", "")
    ),
    "confirm": _confirm,
    "withdraw": lambda actor, key, seen, r: editing.withdraw(
        actor=actor, key=key, seen=seen, reason=r.POST.get("reason", "")
    ),
    "set_aside": lambda actor, key, seen, _r: editing.set_aside(actor=actor, key=key, seen=seen),
    "useful": lambda actor, key, _seen, r: editing.vote(
        actor=actor, key=key, useful=True, remark=r.POST.get("remark", "")
    ),
    "useless": lambda actor, key, _seen, r: editing.vote(
        actor=actor, key=key, useful=False, remark=r.POST.get("remark", "")
    ),
}


@login_required
@never_cache
@require_POST
def act(request: HttpRequest, article: UUID) -> HttpResponse:
    """One of the acts; a refusal shows the page again and says why."""
    actor = actor_of(request.user)
    row = queries.article(actor, article)
    does = DOES.get(one_line(request.POST.get("do", "")))
    if does is None:
        raise BadInput(FieldError("do", _("没有这个操作。")))
    try:
        does(actor, row.pk, _seen(request), request)
    except HuiyinError as error:
        if error.status not in (403, 409, 422):
            raise
        return _page(request, actor, queries.article(actor, article), error)
    return redirect("knowledge:article", article=row.pk)


@login_required
@never_cache
@require_GET
def uses(request: HttpRequest, article: UUID) -> HttpResponse:
    """The matters whose replies named the article, as far as the reader may know of them."""
    actor = actor_of(request.user)
    row = queries.article(actor, article)
    found = keeping.uses_of(actor, row.pk)
    said = queries.revision(row.pk, row.shown_no)
    names = display_names(one.actor for one in found)
    context = {
        "row": row, "said": said, "rows": [(one, names.get(one.actor, "")) for one in found],
        "total": queries.used_counts([row.pk]).get(row.pk, 0), "days": rules().used_days,
    }  # fmt: skip
    return render(request, "knowledge/uses.html", context)


@login_required
@require_GET
def enclosure(request: HttpRequest, article: UUID, key: UUID) -> FileResponse:
    """A file beside an article."""
    return serve(editing.found_file(actor_of(request.user), article, key))


def serve(one: Enclosure) -> FileResponse:
    """The bytes, so that no browser runs or guesses them."""
    kept = one.file
    shown = kept.media_type.startswith("image/")
    response = FileResponse(
        open_bytes(kept), as_attachment=not shown, filename=name_of(kept), content_type=kept.media_type
    )
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
