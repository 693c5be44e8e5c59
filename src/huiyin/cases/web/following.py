"""Following a public matter instead of raising it again: kept in a signed cookie of this browser, nothing at the city.

Nobody learns who follows what, there is no account and no row; what is no longer public falls out by itself.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.cases import public_matters
from huiyin.cases.public_matters import PublicMatter
from huiyin.kernel.errors import NotFound
from huiyin.kernel.ids import normal_case_number

COOKIE = "huiyin_followed"
SECONDS = 180 * 24 * 3600
MOST = 20


@require_POST
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Put a public matter on the browser's list, or take it off with `drop`; then show the list."""
    known = normal_case_number(number)
    kept = [one for one in numbers(request) if one != known]
    if not request.POST.get("drop"):
        if known is None or not public_matters.of_numbers([known]):
            raise NotFound("not_public", _("没有找到这件公开的事项。"), do=_("请从公开答复的列表进入。"))
        kept = [*kept, known][-MOST:]
    response = redirect("cases:track")
    response.set_signed_cookie(COOKIE, " ".join(kept), max_age=SECONDS, httponly=True, samesite="Lax")
    return response


def numbers(request: HttpRequest) -> list[str]:
    """The numbers on the browser's list, the oldest first."""
    return (request.get_signed_cookie(COOKIE, default="", max_age=SECONDS) or "").split()


def followed(request: HttpRequest) -> list[PublicMatter]:
    """What of the browser's list is public now, the latest followed first."""
    kept = numbers(request)
    found = {one.number: one for one in public_matters.of_numbers(kept)} if kept else {}
    return [found[number] for number in reversed(kept) if number in found]
