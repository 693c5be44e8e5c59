"""Addresses of the portal and the desk."""

from django.urls import path

from huiyin.cases.web import bulk, composer, deadlines, desk, keys_page, lists, lists_out, papers, portal, say

app_name = "cases"
urlpatterns = [
    path("", say.home, name="home"),
    path("submit/", say.submit, name="submit"),
    path("submit/proposal/", say.proposal, name="proposal"),
    path("services/", portal.services, name="services"),
    path("receipt/", portal.receipt, name="receipt"),
    path("receipt/code.svg", portal.receipt_code, name="receipt-code"),
    path("track/", portal.track, name="track"),
    path("track/<str:number>/", portal.progress, name="progress"),
    path("track/<str:number>/files/<uuid:key>/", portal.attachment, name="own-file"),
    path("track/<str:number>/papers/<uuid:key>/", papers.read_own, name="own-paper"),
    path("track/<str:number>/papers/<uuid:key>/<str:name>/", papers.download_own, name="own-paper-file"),
    path("track/<str:number>/<str:action>/", portal.requester_action, name="requester-action"),
    path("duties/", portal.duties, name="duties"),
    path("rate/<str:token>/", portal.rate, name="rate"),
    path("desk/", lists.worklist, name="worklist"),
    path("desk/find/", desk.find, name="find"),
    path("desk/search/", lists.look_for, name="search"),
    path("desk/caller/", lists_out.caller, name="caller"),
    path("desk/views/", lists.keep_view, name="keep-view"),
    path("desk/views/<uuid:key>/drop/", lists.drop_view, name="drop-view"),
    path("desk/bulk/", bulk.bulk, name="bulk"),
    path("desk/bulk/undo/", bulk.undo, name="bulk-undo"),
    path("desk/bulk/send/", bulk.send_now, name="bulk-send"),
    path("desk/keys/", keys_page.page, name="keys"),
    path("desk/export/", lists_out.export, name="export"),
    path("calendar/<str:token>.ics", deadlines.calendar, name="deadlines"),
    path("desk/echo/", desk.no_echo, name="echo"),
    path("desk/new/", desk.new, name="new"),
    path("desk/new/suggestion/", desk.suggestion, name="suggestion"),
    path("desk/<str:number>/", desk.case, name="case"),
    path("desk/<str:number>/pane/", lists.pane, name="pane"),
    path("desk/<str:number>/contact/", desk.contact, name="contact"),
    path("desk/<str:number>/files/<uuid:key>/", desk.attachment, name="file"),
    path("desk/<str:number>/papers/<uuid:key>/", papers.read, name="paper"),
    path("desk/<str:number>/papers/<uuid:key>/<str:name>/", papers.download, name="paper-file"),
    path("desk/<str:number>/watch/", composer.watching, name="watch"),
    path("desk/<str:number>/draft/<str:action>/", composer.draft, name="draft"),
    path("desk/<str:number>/outgoing/<str:action>/undo/", composer.undo, name="undo"),
    path("desk/<str:number>/outgoing/<str:action>/send/", composer.send_now, name="send-now"),
    path("desk/<str:number>/do/<str:action>/", desk.take_action, name="action"),
]
