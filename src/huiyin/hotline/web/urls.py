"""Addresses of the callback desk and of the quality check."""

from django.urls import path

from huiyin.hotline.web import callbacks, quality

app_name = "hotline"
urlpatterns = [
    path("desk/callbacks/", callbacks.desk, name="callbacks"),
    path("desk/callbacks/<str:number>/", callbacks.record, name="record"),
    path("desk/callbacks/<str:number>/dial/", callbacks.dial, name="dial"),
    path("desk/quality/", quality.page, name="quality"),
    path("desk/quality/draw/", quality.draw, name="draw"),
    path("desk/quality/mine/", quality.mine, name="mine"),
    path("desk/quality/export/", quality.export, name="export"),
    path("desk/quality/<uuid:key>/", quality.one, name="check"),
]
