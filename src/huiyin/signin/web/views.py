"""The second step of signing in, beginning with it, and one's own account: password, codes, sessions."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from huiyin.access.actor import actor_of
from huiyin.audit.services import record
from huiyin.kernel.errors import BadInput
from huiyin.people.models import User
from huiyin.signin import passwords, second_factor, sessions
from huiyin.signin.web.entrance import BEGUN, half_signed_in, let_in
from huiyin.signin.web.forms import ChangeForm, CodeForm, Form, ProofForm


def _own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An act on one's own account, by POST; looked at, it is the account's page (who changes the language comes so)."""

    @login_required
    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def acted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.method == "POST" else redirect("signin:account")

    return acted


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """After a right password: a code from the telephone, or one from paper."""
    user = half_signed_in(request)
    if user is None:
        return redirect("web:sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            by = second_factor.prove(user, form.cleaned_data["code"])
        except BadInput as refused:
            record(actor="anonymous", action="sign_in_failed", subject=user.username, detail={"by": "code"})
            form.take_over(refused)
        else:
            return redirect(let_in(request, user, by=by))
    return render(request, "signin/code.html", {"form": form, "who": user}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Begin with a second factor: for who is signed in, and for who must have one to be."""
    signed_in = isinstance(request.user, User)
    user = request.user if isinstance(request.user, User) else half_signed_in(request)
    if user is None:
        return redirect("web:sign-in")
    if request.method == "POST" and request.POST.get("step") == "begin":
        if fresh := second_factor.begin(user):
            request.session[BEGUN] = fresh
        return redirect("signin:enrol")
    which = request.session.get(BEGUN)
    form, begun = CodeForm(request.POST or None), second_factor.begun(user, which)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.confirm(user, which, form.cleaned_data["code"])
        except BadInput as refused:
            form.take_over(refused)
        else:
            to = reverse("signin:account") if signed_in else let_in(request, user, by="code")
            return render(request, "signin/codes.html", {"codes": codes, "to": to, "who": user})
    picture = segno.make(begun.address, error="m").svg_data_uri(scale=5, border=4, light="#ffffff") if begun else ""
    context = {
        "form": form, "begun": begun, "picture": picture, "who": user, "must": not signed_in,
        "in_use": second_factor.has(user),
    }  # fmt: skip
    return render(request, "signin/enrol.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, the second factor, the password."""
    return _account(request)


@_own
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; all sessions end, and this one goes on."""
    user = _user(request)
    form = ChangeForm(request.POST, asks_code=second_factor.has(user))
    if form.is_valid():
        said = form.cleaned_data
        try:
            passwords.change(user, old=said["old"], new=said["password"], code=said.get("code", ""))
        except BadInput as refused:
            form.take_over(refused)
        else:
            let_in(request, user, by="password")
            return _back("password")
    return _account(request, password=form)


@_own
def factor(request: HttpRequest) -> HttpResponse:
    """New codes on paper, or giving the factor up: for who proves it and says which."""
    user, form, step = _user(request), ProofForm(request.POST), request.POST.get("step")
    if step not in {"renew", "off"}:
        return redirect("signin:account")
    if form.is_valid():
        try:
            if step == "renew":
                codes = second_factor.renew_codes(user, form.cleaned_data["code"])
                return render(request, "signin/codes.html", {"codes": codes, "to": reverse("signin:account")})
            second_factor.give_up(user, form.cleaned_data["code"])
        except BadInput as refused:
            form.take_over(refused)
        else:
            if second_factor.must_have(user):
                sessions.drop(user)
                logout(request)
                return redirect("web:sign-in")
            return _back("off")
    return _account(request, proof=form)


@_own
def end_one(request: HttpRequest, handle: str) -> HttpResponse:
    """End one session."""
    sessions.end_one(_user(request), handle)
    return _back("ended")


@_own
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    sessions.end_others(_user(request), request.session.session_key or "")
    return _back("ended")


DONE = {"ended": _("已退出。"), "password": _("密码已更改，其他登录都已退出。"), "off": _("已停用第二步验证。")}


def _back(done: str) -> HttpResponse:
    return redirect(f"{reverse('signin:account')}?done={done}")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _account(request: HttpRequest, *, password: Form | None = None, proof: Form | None = None) -> HttpResponse:
    user = _user(request)
    known = second_factor.has(user)
    context = {
        "who": user, "posts": actor_of(user).postings, "has": known, "must": second_factor.must_have(user),
        "left": second_factor.codes_left(user) if known else 0,
        "sessions": [
            (row, sessions.handle_of(row.pk), row.pk == request.session.session_key)
            for row in sessions.sessions_of(user)
        ],
        "form": password or ChangeForm(asks_code=known), "proof": proof or ProofForm(auto_id="id_proof_%s"),
        "opened": "password" if password else "proof" if proof else "", "done": DONE.get(request.GET.get("done", "")),
    }  # fmt: skip
    return render(request, "signin/account.html", context, status=422 if password or proof else 200)
