"""The root of the API: `/api/v1/`, its description at `/api/v1/openapi.json`."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from huiyin.api.offices import router as offices
from huiyin.apikit import problems
from huiyin.apikit.documents import DescribedAPI
from huiyin.calls.api.routes import router as calls
from huiyin.cases.api.feed import router as feed
from huiyin.cases.api.public import router as public
from huiyin.cases.api.routes import router as cases
from huiyin.disputes.api.routes import router as disputes
from huiyin.exchange.api.routes import router as exchange
from huiyin.kernel.errors import NotFound
from huiyin.knowledge.api.routes import router as knowledge
from huiyin.ledger.api.routes import router as ledger
from huiyin.letters.api.routes import router as letters
from huiyin.petitions.api.routes import router as petitions
from huiyin.privacy.api.routes import router as privacy
from huiyin.receptions.api.routes import router as receptions
from huiyin.reports.api.routes import router as figures
from huiyin.villages.api.routes import router as villages
from huiyin.webhooks.api.routes import router as webhooks

api = DescribedAPI(
    title="Huiyin",
    version="1.0",
    description="Take matters in, follow them, act on them. Refusals are application/problem+json.",
    docs_url=None,
    urls_namespace="api-v1",
)
problems.install(api)
ROUTERS = (
    cases, feed, public, letters, petitions, privacy, calls, figures, offices, ledger, knowledge, webhooks, exchange,
    receptions, disputes, villages,
)  # fmt: skip
for router in ROUTERS:
    api.add_router("", router)


@csrf_exempt
def nothing_here(_request: HttpRequest) -> HttpResponse:
    """Addresses that the API doesn't have: a problem, as for everything else it refuses."""
    error = NotFound("no_such_address", _("接口没有这个地址。"), do=_("请查看 /api/v1/openapi.json。"))
    return problems.respond(problems.problem_of(error))


urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls), re_path("", nothing_here)]
