"""Addresses of the published seals and of receipts."""

from django.urls import path

from huiyin.ledger.web import views

app_name = "ledger"
urlpatterns = [
    path("ledger/", views.seals, name="seals"),
    path("ledger/<int:seal>/", views.seal, name="seal"),
    path("ledger/seals.jsonl", views.anchors, name="anchors"),
    path("ledger/key.txt", views.key, name="key"),
    path("track/<str:number>/receipts/", views.own_receipts, name="receipts"),
    path("track/<str:number>/receipts/<int:seq>/", views.own_receipt, name="receipt"),
    path("track/<str:number>/receipts/<int:seq>/file/", views.own_file, name="receipt-file"),
    path("desk/<str:number>/receipts/", views.desk_receipts, name="desk-receipts"),
    path("desk/<str:number>/receipts/<int:seq>/", views.desk_receipt, name="desk-receipt"),
    path("desk/<str:number>/receipts/<int:seq>/file/", views.desk_file, name="desk-receipt-file"),
]
