"""What every request passes: the page's language, and refusals as pages in the rule's own words."""

import logging
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from huiyin.kernel.errors import HuiyinError, Outage, TooMany

log = logging.getLogger("huiyin.web")
PROGRAMS = ("/api/", "/open311/")
"""Addresses that programs call, which may ask for a language."""


class Language:
    """The language somebody chose (a cookie), else the city's first. Programs may ask by `Accept-Language`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        program = request.path.startswith(PROGRAMS)
        asked = "" if program else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if program:
            asked = translation.get_language_from_request(request) if "Accept-Language" in request.headers else ""
        known = {code for code, _name in settings.LANGUAGES}
        with translation.override(asked if asked in known else settings.LANGUAGE_CODE):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response


class Messages(MessageMiddleware):
    """Django's messages to whoever looks at pages; programs have none."""

    def process_request(self, request: HttpRequest) -> None:
        """Make the store that pages read and write."""
        if not request.path.startswith(PROGRAMS):
            super().process_request(request)


class Refusals:
    """Turns an error of ours that a view raised into a page that says what happened and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """None leaves errors that aren't ours to Django; a lost database is an outage, not a fault of the program."""
        if isinstance(error, (OperationalError, InterfaceError)):
            log.error("database: %s", error)
            error = Outage(
                "database_away", _("系统暂时连不上数据库，这次没有保存。"), do=_("请稍后再试；急事请拨打12345。")
            )
        if not isinstance(error, HuiyinError) or error.status == 500:
            return None
        page = render(request, "webkit/refusal.html", {"error": error}, status=error.status)
        return told_when(page, error)


class SignedOut:
    """Whose session ended while a page was open. What its scripts ask for is told so (401): the page to sign in would
    land inside it. Whoever sent a form comes back, once signed in, to the page that it stood on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if response.status_code != 302 or not response["Location"].startswith(f"{sign_in}?"):
            return response
        asked = request.headers  # a browser inside an app names the app in X-Requested-With of every page
        if "HX-Request" in asked or asked.get("X-Requested-With") == "fetch":
            return HttpResponse(status=401)
        came = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(came, {request.get_host()}):
            page = urlsplit(came)
            response["Location"] = f"{sign_in}?{urlencode({'next': page._replace(scheme='', netloc='').geturl()})}"
        return response


def told_when(page: HttpResponse, error: HuiyinError | None) -> HttpResponse:
    """The page; of one that came too often, with how many seconds to wait."""
    if isinstance(error, TooMany):
        page["Retry-After"] = str(error.facts["retry_after"])
    return page
