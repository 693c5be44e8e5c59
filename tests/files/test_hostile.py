"""Files made to hurt: kept harmless or refused, and never another exception."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from huiyin.files import services
from huiyin.files.models import File
from huiyin.kernel.errors import BadInput

pytestmark = pytest.mark.django_db

FORMS = ("JPEG", "PNG", "WEBP")
BEGINNINGS = (
    b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP",
    b"ID3\x04\x00", b"#!AMR\n", b"GIF89a", b"MZ", b"\x7fELF", b"<svg ", b"<!DOCTYPE html>",
    b"\xff\xfe", b"\x00\x00\x00\x18ftypM4A ",
)  # fmt: skip
"""How files of many kinds begin, taken or not."""


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def picture(form: str) -> bytes:
    out, told = io.BytesIO(), Image.Exif()
    told[0x0112], told[0x010F] = 6, "Huawei"
    Image.new("RGB", (40, 20), (0, 0, 250)).save(out, form, exif=told)
    return out.getvalue()


def keep(data: bytes, name: str = "file") -> File | None:
    """The file; None where it was refused, with nothing kept."""
    folder = Path(django_settings.HOME)
    before = File.objects.count(), files_in(folder)
    try:
        return services.store(io.BytesIO(data), name=name, actor="user:wang")
    except BadInput as error:
        refusal = error
    assert [one.field for one in refusal.fields] == ["file"]
    assert (File.objects.count(), files_in(folder)) == before
    return None


def files_in(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


often = settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@seed(1)
@often
@given(
    form=st.sampled_from(FORMS),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 400),
)
def test_a_picture_with_any_wrong_bytes_is_drawn_anew_or_refused(
    form: str, changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(picture(form))
    for place, value in changes:
        data[place % len(data)] = value

    kept = keep(bytes(data[: len(data) - cut % len(data)]))

    if kept is not None and kept.media_type in services.PICTURES:
        assert b"Huawei" not in services.open_bytes(kept).read()


@seed(1)
@often
@given(begin=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=80))
def test_any_bytes_after_a_known_beginning_are_kept_or_refused(begin: bytes, rest: bytes) -> None:
    kept = keep(begin + rest)

    assert kept is None or kept.media_type in {*services.PICTURES, *services.OTHERS, "text/plain"}


@seed(1)
@often
@given(name=st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_name_becomes_a_harmless_one(name: str) -> None:
    kept = keep(b"text", name)

    assert kept is not None
    called = services.name_of(File.objects.get(pk=kept.pk))
    assert 0 < len(called) <= 120
    assert not {"/", "\\", "\x00", "\n", "\u202e"} & {*called}
    assert called not in {".", ".."}


def png_of(width: int, height: int) -> bytes:
    """A picture of that size in a few bytes, all of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = zlib.compress(bytes(1000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 1), (2**31 - 1, 2**31 - 1), (0, 0), (10_000, 6_001)])
def test_a_few_bytes_that_claim_to_be_a_huge_picture_are_refused(size: tuple[int, int]) -> None:
    assert keep(png_of(*size)) is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04" + bytes(60), b"%PDF-1.7\n"])
def test_what_hangs_behind_a_picture_is_cut_off(form: str, tail: bytes) -> None:
    kept = keep(picture(form) + tail)

    assert kept is not None
    assert tail not in services.open_bytes(kept).read()


@pytest.mark.parametrize("data", [b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_page_is_only_a_text(data: bytes) -> None:
    kept = keep(data, "page.html")

    assert kept is not None
    assert kept.media_type == "text/plain"
