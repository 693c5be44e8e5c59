"""Every page joins the one list that is drawn and tried in both widths, both languages and all looks."""

from screens import SCREENS

from huiyin.access.permissions import permissions

NO_PAGE = {
    "an act: it is posted and leads to a page": (
        "track/<str:number>/<str:action>/", "follow/<str:number>/", "sign-out/", "language/", "look/",
        "account/password/",
        "account/second-factor/", "account/sessions/others/end/", "account/sessions/<str:handle>/end/",
        "desk/views/", "desk/views/<uuid:key>/drop/", "desk/bulk/undo/", "desk/bulk/send/", "desk/find/",
        "desk/cockpit/seat/", "desk/cockpit/wall/free/", "desk/cockpit/flags/<int:flag>/",
        "desk/cockpit/<uuid:key>/save/", "desk/cockpit/<uuid:key>/draft/", "desk/cockpit/<uuid:key>/do/",
        "desk/knowledge/<uuid:article>/do/", "desk/callbacks/<str:number>/", "desk/callbacks/<str:number>/dial/",
        "desk/quality/draw/", "desk/disputes/report/", "desk/<str:number>/draft/<str:action>/",
        "desk/<str:number>/outgoing/<str:action>/undo/", "desk/<str:number>/outgoing/<str:action>/send/",
        "desk/<str:number>/contact/", "desk/<str:number>/do/<str:action>/",
        "offices/people/<str:username>/active/", "offices/people/<str:username>/link/",
        "offices/people/<str:username>/sessions/end/", "offices/people/<str:username>/second-factor/drop/",
        "offices/people/<str:username>/postings/", "offices/people/<str:username>/postings/<int:posting>/end/",
    ),
    "a part of a page that stands in the list": (
        "now/", "desk/new/suggestion/", "desk/cockpit/news/", "desk/cockpit/heard/", "desk/cockpit/places/",
        "desk/cockpit/wall/now/", "desk/knowledge/find/", "desk/knowledge/beside/", "desk/<str:number>/watch/",
        "desk/<str:number>/check/<str:action>/", "desk/commands/",
    ),
    "a file": (
        "receipt/code.svg", "track/<str:number>/files/<uuid:key>/", "track/<str:number>/papers/<uuid:key>/<str:name>/",
        "track/<str:number>/receipts/<int:seq>/file/", "ledger/seals.jsonl", "ledger/key.txt",
        "receptions/schedule.ics", "receptions/calendar/<str:token>.ics", "calendar/<str:token>.ics",
        "faq/feed.<str:form>", "faq/<uuid:article>/files/<uuid:key>/", "answers/feed.<str:form>", "offline.js",
        "healthz", "desk/export/", "desk/hot-issues/export/", "desk/cockpit/calls/export/",
        "desk/knowledge/export/", "desk/knowledge/<uuid:article>/files/<uuid:key>/", "desk/quality/export/",
        "desk/figures/<str:name>/cases/export/", "offices/rota/<str:key>/text/", "offices/grades/<str:key>/text/",
        "desk/<str:number>/files/<uuid:key>/", "desk/<str:number>/papers/<uuid:key>/<str:name>/",
        "desk/<str:number>/receipts/<int:seq>/file/", "offices/procedures/<str:key>/text/",
        "offices/limits/<str:key>/text/", "offices/replies/<str:key>/text/",
    ),
    "for programs": (
        "open311/discovery.<str:form>", "open311/v2/discovery.<str:form>", "open311/v2/services.<str:form>",
        "open311/v2/services/<str:code>.<str:form>", "open311/v2/requests.<str:form>",
        "open311/v2/requests/<str:number>.<str:form>", "open311/v2/tokens/<str:ticket>.<str:form>",
        "open311/v2/servicerequestupdates.<str:form>", "open311/<path:rest>",
    ),
    "opens once somebody has done what a walk through the demo city doesn't": (
        "rate/<str:token>/", "track/<str:number>/papers/<uuid:key>/", "track/<str:number>/my-data/copy/",
        "receptions/booking/<uuid:key>/", "sign-in/code/", "password/<str:uid>/<str:token>/",
        "desk/<str:number>/my-data/copy/", "desk/<str:number>/papers/<uuid:key>/",
        "offices/replies/<str:key>/compare/", "offices/rota/<str:key>/compare/",
        "offices/grades/<str:key>/compare/", "offices/exchange/<str:name>/", "offices/webhooks/<uuid:key>/",
        "reports/<str:number>/",
    ),
}  # fmt: skip


def test_every_page_is_drawn_and_tried_or_it_is_said_why_not() -> None:
    drawn = {one.route for one in SCREENS}
    without = {route for routes in NO_PAGE.values() for route in routes}
    there = set(permissions().web)

    assert sorted(there - drawn - without) == [], "add them to scripts/screens.py"
    assert sorted(drawn - there) == []
    assert sorted(without - there | without & drawn) == []


def test_no_two_pictures_have_one_name() -> None:
    names = [one.name for one in SCREENS]

    assert len(names) == len(set(names))
