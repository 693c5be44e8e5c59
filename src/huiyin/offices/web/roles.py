"""The roles: what each may do, how far it reaches, and how many hold it."""

from collections import Counter
from importlib.metadata import version

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huiyin.access import rights, staff
from huiyin.access.actor import Actor
from huiyin.access.roles import edition
from huiyin.kernel import clock
from huiyin.offices import role_history, role_words
from huiyin.offices.web.common import office


@office
@require_GET
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All roles, and how they changed. Who holds and held them is told to officers alone."""
    officer = any(actor.may(right) for right in staff.MAY_READ)
    held: Counter[str] = Counter()
    if officer:
        pairs = staff.held_on(clock.today()).values_list("role", "user").distinct()
        held = Counter(role for role, _user in pairs)
    context = {
        "roles": role_words.all_told(held), "officer": officer, "edition": edition(), "version": version("huiyin"),
        "editions": role_history.editions(), "postings": role_history.postings() if officer else [],
        "audits": actor.may(rights.READ_AUDIT),
    }  # fmt: skip
    return render(request, "offices/roles.html", context)
