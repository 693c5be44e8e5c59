"""Refusals as pages: the rule's own words, the right status, never a traceback."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiyin.kernel.errors import HuiyinError


class Refusals:
    """Turns an error of ours that a view raised into a page that says what happened and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """None leaves errors that aren't ours to Django."""
        if not isinstance(error, HuiyinError) or error.status == 500:
            return None
        return render(request, "webkit/refusal.html", {"error": error}, status=error.status)
