"""The root of the API: `/api/v1/`, its description at `/api/v1/openapi.json`."""

from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from huiyin.apikit import problems
from huiyin.cases.api.routes import router as cases
from huiyin.reports.api.routes import router as figures

api = NinjaAPI(
    title="Huiyin",
    version="1.0",
    description="Take matters in, follow them, act on them. Refusals are application/problem+json.",
    docs_url=None,
    urls_namespace="api-v1",
)
problems.install(api)
api.add_router("", cases)
api.add_router("", figures)

urlpatterns: list[URLPattern | URLResolver] = [path("", api.urls)]
