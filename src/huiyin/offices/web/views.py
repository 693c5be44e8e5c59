"""The officers' pages: people and postings, and where somebody chooses a password."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access import limits, rights, staff
from huiyin.access.actor import Actor
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.audit import tokens
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, HuiyinError, NotFound, Refused
from huiyin.offices import people as accounts
from huiyin.offices import role_words
from huiyin.offices.web.common import View, office
from huiyin.offices.web.forms import NewForm, PasswordForm, PersonForm, PostingForm, role_choices, units
from huiyin.people.models import Posting, User
from huiyin.signin import second_factor
from huiyin.signin.sessions import sessions_of

PAGE = 50


def _act_of_person(view: Callable[..., HttpResponse]) -> View:
    """An act on a person's page, by POST; looked at, it is that page (who changes the language comes back so)."""

    @office
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def acted(request: HttpRequest, actor: Actor, username: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET":
            accounts.found(actor, username)
            return redirect("offices:person", username=username)
        return view(request, actor, username, *args, **kwargs)

    return acted


@office
@require_GET
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody with an account, by username, fifty to a page; by unit or by words."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "unit", "role", "after")}
    if not all(text.isprintable() for text in asked.values()):
        raise BadInput(FieldError("q", _("查找的文字含有看不见的字符。")))
    today = clock.today()
    rows = staff.people(
        actor, after=asked["after"], unit=asked["unit"], words=asked["q"], role=asked["role"], today=today,
        most=PAGE + 1,
    )  # fmt: skip
    narrowed = {name: asked[name] for name in ("q", "unit", "role") if asked[name]}
    context = {
        "rows": [(user, [row for row in user.postings.all() if _runs(row, today)]) for user in rows[:PAGE]],
        "asked": asked, "units": units(), "roles": role_choices(), "may_add": actor.may(rights.MANAGE_USERS),
        "next": "?" + urlencode(narrowed | {"after": rows[PAGE - 1].username}) if len(rows) > PAGE else "",
        "first": "?" + urlencode(narrowed) if asked["after"] else "",
    }  # fmt: skip
    return render(request, "offices/people.html", context)


@office
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new account; the next page has the link at which its owner chooses a password."""
    accounts.needs(actor, rights.MANAGE_USERS)
    form = NewForm(request.POST or None)
    error: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            user = accounts.add(actor, **form.cleaned_data)
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return redirect("offices:person", username=user.username)
    status = error.status if error else 422 if form.errors else 200
    return render(request, "offices/new.html", {"form": form, "error": error}, status=status)


@office
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, actor: Actor, username: str) -> HttpResponse:
    """A person: what is known of them, which posts they hold and held, and what the officer may do."""
    user = accounts.found(actor, username)
    form = PersonForm(request.POST or None, initial=_known(user))
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change(actor, user, **form.cleaned_data)
        except BadInput as refused:
            form.take_over(refused)
        else:
            return redirect(f"{reverse('offices:person', args=[username])}?done=changed")
    return _person(request, actor, user, form=form, status=422 if form.errors else 200)


@_act_of_person
def active(request: HttpRequest, actor: Actor, username: str) -> HttpResponse:
    """Close or reopen an account."""
    return _act(request, actor, username, lambda user: accounts.set_active(
        actor, user, active=request.POST.get("active") == "1", reason=request.POST.get("reason", "")
    ), "active")  # fmt: skip


@_act_of_person
def link(request: HttpRequest, actor: Actor, username: str) -> HttpResponse:
    """Make a link for choosing a password, and show it once."""
    user = accounts.found(actor, username)
    try:
        made = accounts.link(actor, user)
    except Refused as refused:
        return _person(request, actor, user, error=refused, status=refused.status)
    address = request.build_absolute_uri(reverse("offices:choose", args=made.split("/")))
    return _person(request, actor, user, address=address)


@_act_of_person
def end_sessions(request: HttpRequest, actor: Actor, username: str) -> HttpResponse:
    """Sign somebody out everywhere."""
    return _act(request, actor, username, lambda user: accounts.end_sessions(actor, user), "signed_out")


@_act_of_person
def drop_factor(request: HttpRequest, actor: Actor, username: str) -> HttpResponse:
    """Take away a second factor whose telephone is lost."""
    return _act(request, actor, username, lambda user: accounts.drop_factor(
        actor, user, reason=request.POST.get("reason", "")
    ), "dropped")  # fmt: skip


@_act_of_person
def grant(request: HttpRequest, actor: Actor, username: str) -> HttpResponse:
    """Give a post; or say before what it would let them do."""
    user, form = accounts.found(actor, username), PostingForm(request.POST)
    error: Refused | None = None
    if request.POST.get("do") == "preview":
        accounts.needs(actor, rights.GRANT_POSTINGS)
        shown = role_words.preview(unit=form.data.get("unit", ""), role=form.data.get("role", ""))
        valid = form.is_valid()
        return _person(request, actor, user, posting=form, preview=shown, status=200 if valid else 422)
    if form.is_valid():
        try:
            accounts.grant(actor, user, **form.cleaned_data)
        except BadInput as refused:
            form.take_over(refused)
        except Refused as refused:
            error = refused
        else:
            return redirect(f"{reverse('offices:person', args=[username])}?done=granted")
    return _person(request, actor, user, posting=form, error=error, status=error.status if error else 422)


@_act_of_person
def end(request: HttpRequest, actor: Actor, username: str, posting: int) -> HttpResponse:
    """End a post today."""
    return _act(
        request, actor, username,
        lambda user: accounts.end(actor, user, posting, reason=request.POST.get("reason", "")), "ended",
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a password by the link that an officer made."""
    with limits.failures(Limit.GUESSES, client_address(request), NotFound):
        user = accounts.of_link(uid, token)
    form = PasswordForm(request.POST or None, asks_code=second_factor.has(user))
    if request.method == "POST" and form.is_valid():
        try:
            accounts.choose(user, form.cleaned_data["password"], form.cleaned_data.get("code", ""))
        except BadInput as refused:
            form.take_over(refused)
        else:
            return redirect("web:sign-in")
    context = {"form": form, "user_name": user.display_name, "username": user.username}
    return render(request, "offices/choose.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, actor: Actor, username: str, does: Callable[[User], object], done: str) -> HttpResponse:
    user = accounts.found(actor, username)
    try:
        does(user)
    except (Refused, BadInput, NotFound) as refused:
        return _person(request, actor, user, error=refused, status=refused.status)
    return redirect(f"{reverse('offices:person', args=[username])}?done={done}")


DONE = {
    "changed": _("已更改。"), "active": _("已更改账号状态。"), "granted": _("已任职，即刻生效。"),
    "ended": _("已结束任职。"), "signed_out": _("已退出所有登录。"), "dropped": _("已清除第二步验证。"),
}  # fmt: skip


def _person(
    request: HttpRequest, actor: Actor, user: User, *, form: PersonForm | None = None,
    posting: PostingForm | None = None, error: HuiyinError | None = None, address: str = "", status: int = 200,
    preview: role_words.Preview | None = None,
) -> HttpResponse:  # fmt: skip
    today, own = clock.today(), actor.key == user.key
    posts = list(accounts.found(actor, user.username).postings.all())
    keeps, gives = actor.may(rights.MANAGE_USERS), actor.may(rights.GRANT_POSTINGS)
    context = {
        "person": user, "posts": [(row, _runs(row, today), row.valid_from > today) for row in reversed(posts)],
        "form": form or PersonForm(initial=_known(user)), "posting": posting or PostingForm(), "error": error,
        "keeps": keeps and not own, "changes": keeps, "gives": gives and not own, "own": own and (keeps or gives),
        "links": not own and user.is_active and (gives if posts else keeps), "address": address,
        "audits": actor.may(rights.READ_AUDIT), "done": DONE.get(request.GET.get("done", "")),
        "sessions": sessions_of(user), "has_factor": second_factor.has(user),
        "waits": not user.has_usable_password(), "preview": preview, "machine": tokens.is_machine(user),
    }  # fmt: skip
    return render(request, "offices/person.html", context, status=status)


def _known(user: User) -> dict[str, str]:
    return {"name": user.display_name, "phone": user.phone, "email": user.email}


def _runs(row: Posting, today: Any) -> bool:
    return bool(row.valid_from <= today and (row.valid_to is None or row.valid_to >= today))
