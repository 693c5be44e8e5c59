"""Scanned letters: their text is proposed, never taken; a server that can't read says so."""

import struct
from importlib.util import find_spec
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageOps

from huiyin.cases.models import Case
from huiyin.letters import scans
from tests.personas import SmallCity

ADDRESS = "/desk/letters/new/"
FORM = {"key": "k", "step": "read", "kind": "help", "addressed_to": "secretary", "name": "何立秋"}


def box(left: int, top: int, height: int = 30) -> list[list[int]]:
    return [[left, top], [left + 200, top], [left + 200, top + height], [left, top + height]]


def picture() -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (60, 40), "white").save(data, "PNG")
    return SimpleUploadedFile("letter.png", data.getvalue(), "image/png")


def test_pieces_become_lines_from_top_to_bottom_and_from_left_to_right() -> None:
    pieces = [
        (box(300, 102), "路灯不亮", 0.9), (box(40, 100), "东城路", 0.9), (box(40, 20), "市长您好：", 0.9),
        (box(40, 180), "涂改", 0.2), (box(40, 150), " ", 0.9),
    ]  # fmt: skip

    assert scans.lines_of(pieces) == ["市长您好：", "东城路 路灯不亮"]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stands for the extra, which is no part of what tests install; the pictures that it was given."""
    given: list[Any] = []

    def engine(pixels: Any) -> SimpleNamespace:
        given.append(pixels.shape)
        return SimpleNamespace(txts=("东城路的路灯不亮",), boxes=[box(0, 0)], scores=(0.99,))

    monkeypatch.setattr(scans, "is_installed", lambda: True)
    monkeypatch.setattr(scans, "_engine", lambda: engine)
    return given


@pytest.mark.django_db
def test_without_the_extra_the_page_says_so_and_nothing_is_lost(hotline: SmallCity, client: Client) -> None:
    assert find_spec("rapidocr") is None, "this test is about a server without it"
    client.force_login(hotline.users["operator"])

    page = client.post(ADDRESS, FORM | {"body": "已录入的话", "photos": picture()}).content.decode()

    assert "没有安装文字识别" in page
    assert "已录入的话" in page
    assert "何立秋" in page
    assert "请重新选择扫描件" in page
    assert Case.objects.count() == 0


@pytest.mark.django_db
def test_what_was_read_is_proposed_and_registered_only_by_a_person(
    hotline: SmallCity, client: Client, reader: list[Any]
) -> None:
    client.force_login(hotline.users["operator"])

    page = client.post(ADDRESS, FORM | {"photos": picture()}).content.decode()
    kept = client.post(ADDRESS, FORM | {"body": "已录入的话", "photos": picture()}).content.decode()
    beside = client.post(ADDRESS, FORM | {"photos": picture()}, headers={"HX-Request": "true"}).content.decode()

    assert reader == [(40, 60, 3)] * 3
    assert ">\n东城路的路灯不亮</textarea>" in page
    assert ">\n已录入的话</textarea>" in kept
    assert "东城路的路灯不亮" in kept
    assert 'data-fills="body"' in beside
    assert "<html" not in beside
    assert Case.objects.count() == 0


@pytest.mark.django_db
def test_what_is_no_picture_is_said_plainly(hotline: SmallCity, client: Client, reader: list[Any]) -> None:
    client.force_login(hotline.users["operator"])
    paper = SimpleUploadedFile("letter.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")

    for given in ({}, {"photos": paper}):
        assert "没有可以识别的图片" in client.post(ADDRESS, {**FORM, **given}).content.decode()
    client.force_login(hotline.users["transport_clerk"])
    assert client.post(ADDRESS, FORM | {"photos": picture()}).status_code == 403
    assert reader == []


@pytest.mark.parametrize("fault", [SyntaxError, NotImplementedError, struct.error, OSError])
@pytest.mark.django_db
def test_a_broken_picture_loses_nothing(
    hotline: SmallCity, client: Client, reader: list[Any], monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    client.force_login(hotline.users["operator"])

    def broken(_picture: object) -> None:
        raise fault("broken PNG file")

    monkeypatch.setattr(ImageOps, "exif_transpose", broken)
    page = client.post(ADDRESS, FORM | {"body": "已录入的话", "photos": picture()}).content.decode()

    assert "没有可以识别的图片" in page
    assert "已录入的话" in page


def test_only_what_scanners_make_is_opened() -> None:
    drawn = {}
    for form in ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "EPS", "ICO"):
        data = BytesIO()
        Image.new("RGB", (60, 40), "white").save(data, form)
        drawn[form] = scans._picture(data.getvalue()) is not None

    assert [form for form, opened in drawn.items() if opened] == list(scans.FORMATS)
