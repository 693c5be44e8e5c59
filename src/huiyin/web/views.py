"""The shell's own pages: signing in, choosing a language, saying that it lives."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from huiyin import webkit
from huiyin.access import limits
from huiyin.access.actor import actor_of
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.audit.services import record
from huiyin.kernel import home
from huiyin.kernel.errors import TooMany
from huiyin.signin.web.entrance import first_page, let_in, second_step
from huiyin.webkit import look as looks
from huiyin.webkit.addresses import followed


class SignIn(LoginView):
    """Name and password. A rehearsal also offers its personas, each one click away."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where the form leads; nowhere in particular when that is the form itself."""
        asked = followed(self.request, str(super().get_redirect_url(request)))
        return "" if asked == self.request.path else asked

    def get_default_redirect_url(self) -> str:
        """The first page of whoever is signed in already."""
        return first_page(actor_of(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the personas of a rehearsal home."""
        return super().get_context_data(**kwargs) | {"personas": personas()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try only so often: before any password is looked at."""
        limits.check(Limit.SIGN_IN, client_address(request))
        limits.check_name(request.POST.get("username", ""))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """On to the second step, or in."""
        user, asked = form.get_user(), self.get_redirect_url()
        step = second_step(self.request, user, asked)
        return redirect(step or let_in(self.request, user, by="password", to=asked))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Write down and count what was tried, and answer with the form."""
        with suppress(TooMany):
            limits.take(Limit.SIGN_IN, client_address(self.request))
        limits.failed_name(str(form.data.get("username", "")))
        record(actor="anonymous", action="sign_in_failed", subject=str(form.data.get("username", ""))[:120])
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """Ends the session, and writes down whose."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Write it down, then sign out."""
        if request.user.is_authenticated:
            record(actor=request.user.key, action="sign_out")
        return super().post(request, *args, **kwargs)


def personas() -> list[dict[str, str]]:
    """Who can log in to this rehearsal, as the demo wrote it down; nobody in a live home."""
    file = home.path() / "personas.json"
    if not settings.REHEARSAL or not file.exists():
        return []
    listed: list[dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return listed


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language and go back to the page."""
    response = redirect(_back(request))
    _keep_language(response, request.POST.get("language", ""))
    return response


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme, size and language, and go back to the page."""
    response = redirect(_back(request))
    looks.keep(response, theme=request.POST.get("theme", ""), size=request.POST.get("size", ""))
    _keep_language(response, request.POST.get("language", ""))
    return response


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """The choice of theme, size and language on one page."""
    chosen, language = looks.look_of(request), get_language()
    context = {
        "themes": [(key, title, key == chosen.theme) for key, title in looks.THEMES.items()],
        "sizes": [(key, title, key == chosen.size) for key, title in looks.SIZES.items()],
        "languages": [(key, title, key == language) for key, title in settings.LANGUAGES],
        "next": request.GET.get("next", "/"),
    }
    return render(request, "web/display.html", context)


def _back(request: HttpRequest) -> str:
    """The page somebody came from, if it is ours."""
    return followed(request, request.POST.get("next", "")) or "/"


def _keep_language(response: HttpResponse, wanted: str) -> None:
    if wanted in {code for code, _name in settings.LANGUAGES}:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=looks.YEAR, samesite="Lax", httponly=True)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a browser shows when the connection is gone; it fetches the page beforehand and without cookies."""
    return render(request, "web/offline.html")


@require_safe
def offline_script(_request: HttpRequest) -> HttpResponse:
    """The script that shows it: served from the root, because a script only rules what lies below its address."""
    script = (Path(webkit.__file__).parent / "static/webkit/js/offline.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})
