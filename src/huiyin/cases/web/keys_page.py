"""The sheet of keys by itself, for those without script; with it, it opens over the page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What the keyboard does."""
    return render(request, "cases/keys.html")
