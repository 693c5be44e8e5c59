"""Taking in a file: what it is decides, not what it is called, and pictures lose what they tell."""

import hashlib
import io
import resource
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from huiyin.files import services
from huiyin.files.models import File
from huiyin.kernel.errors import BadInput, NotFound, Outage
from huiyin.vault.box import Tampered
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def picture(form: str = "JPEG", *, turned: int = 1, size: tuple[int, int] = (40, 20)) -> bytes:
    """A picture, red on the left and blue on the right, that tells place, device and how it was held."""
    image = Image.new("RGB", size, (0, 0, 250))
    image.paste((250, 0, 0), (0, 0, size[0] // 2, size[1]))
    told = Image.Exif()
    told[ORIENTATION], told[MAKER] = turned, "Huawei"
    told.get_ifd(GPS).update({1: "N", 2: (33.0, 15.0, 30.0), 3: "E", 4: (115.0, 22.0, 0.0)})
    out = io.BytesIO()
    image.save(out, form, exif=told)
    return out.getvalue()


def keep(data: bytes, name: str = "file") -> File:
    return services.store(io.BytesIO(data), name=name, actor="user:wang")


def stored(file: File) -> bytes:
    return services.open_bytes(file).read()


def all_stored(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def refused(data: bytes, name: str = "file") -> None:
    with pytest.raises(BadInput) as caught:
        keep(data, name)
    assert [field.field for field in caught.value.fields] == ["file"]
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (PDF, "application/pdf"),
        (b"#!AMR\n" + b"\x00" * 40, "audio/amr"),
        ("东升路路灯不亮。\n".encode(), "text/plain"),
        (b"<html><script>alert(1)</script></html>", "text/plain"),
    ],
)
@pytest.mark.parametrize("name", ["photo.jpg", "report.pdf", "run.exe", "no-ending"])
def test_the_content_decides_what_a_file_is(data: bytes, media_type: str, name: str) -> None:
    file = keep(data, name)

    assert (file.media_type, services.name_of(file)) == (media_type, name)


def test_a_file_lies_sealed_in_the_home(home: Path, at: SetClock) -> None:
    now = at("2021-07-18 09:30")

    file = keep(PDF, "report.pdf")

    assert (stored(file), file.size) == (PDF, len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert services.path_of(file).is_relative_to(home / "files")
    assert PDF not in services.path_of(file).read_bytes()
    assert b"report" not in bytes(file.sealed_name or b"")
    assert (file.created_at, file.created_by) == (now, "user:wang")


def test_the_same_bytes_are_sealed_anew_under_each_key(home: Path) -> None:
    first, second = keep(PDF, "one.pdf"), keep(PDF, "two.pdf")

    assert first.sha256 == second.sha256
    assert File.objects.count() == 2
    assert len({path.read_bytes() for path in all_stored(home)}) == 2


def test_the_same_form_sent_again_leaves_no_bytes_behind(home: Path) -> None:
    first, again = (services.store(io.BytesIO(PDF), name="a.pdf", actor="anonymous", once="key") for _ in range(2))

    assert (first.pk, first.stored) == (again.pk, again.stored)
    assert [services.path_of(first)] == all_stored(home)
    assert stored(again) == PDF


def test_sealed_bytes_of_one_file_are_not_taken_for_anothers(home: Path) -> None:
    first, second = keep(PDF, "one.pdf"), keep(PDF + b"2", "two.pdf")
    services.path_of(first).write_bytes(services.path_of(second).read_bytes())

    with pytest.raises(Tampered):
        stored(first)


def test_an_erased_file_says_so(home: Path) -> None:
    file = keep(PDF, "one.pdf")
    services.erase([file.pk])
    services.unlink([file.stored])
    file.refresh_from_db()

    assert (file.sha256, file.sealed_name, all_stored(home)) == ("", None, [])
    with pytest.raises(NotFound, match="已依法删除"):
        stored(file)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_forgets_where_and_with_what_it_was_taken(form: str) -> None:
    data = picture(form)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(GPS)

    kept = Image.open(io.BytesIO(stored(keep(data))))

    assert dict(kept.getexif()) == {}
    assert kept.getexif().get_ifd(GPS) == {}
    assert b"Huawei" not in stored(keep(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_the_way_it_was_held(form: str) -> None:
    kept = Image.open(io.BytesIO(stored(keep(picture(form, turned=6))))).convert("RGB")

    top, bottom = kept.getpixel((10, 5)), kept.getpixel((10, 35))
    assert kept.size == (20, 40)
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, top[2] < 100) == (True, True)
    assert (bottom[2] > 200, bottom[0] < 100) == (True, True)


def test_what_was_written_into_a_picture_is_gone() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "JPEG", comment="王长路 13800000000")

    assert b"13800000000" in out.getvalue()
    assert b"13800000000" not in stored(keep(out.getvalue()))


def test_an_empty_or_too_big_file_is_refused(home: Path) -> None:
    refused(b"")
    refused(b"a" * (services.MOST_BYTES + 1))

    assert all_stored(home) == []


def test_the_biggest_file_is_taken() -> None:
    assert keep(b"a" * services.MOST_BYTES).size == services.MOST_BYTES


def test_a_picture_of_too_many_pixels_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_PIXELS", 799)
    refused(picture(size=(40, 20)))
    assert all_stored(home) == []

    monkeypatch.setattr(services, "MOST_PIXELS", 800)
    assert keep(picture(size=(40, 20))).media_type == "image/jpeg"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_broken_picture_is_refused(home: Path, form: str) -> None:
    data = picture(form, size=(400, 300))

    refused(data[: len(data) // 2], "photo.jpg")
    refused(data[:64], "photo.jpg")

    assert all_stored(home) == []


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00" + b"\x00" * 60, b"\x7fELF" + b"\x02" * 60, _zip(), b"GIF89a" + b"\x00" * 20, b"a\x00b",
        b"\xff\xfe\xfd",
    ],
    ids=["windows", "linux", "zip", "gif", "null", "no-utf-8"],
)  # fmt: skip
def test_what_we_do_not_take_is_refused_whatever_its_name(home: Path, data: bytes) -> None:
    refused(data, "report.pdf")

    assert all_stored(home) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("现场照片.jpg", "现场照片.jpg"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\wang\\photo.jpg", "photo.jpg"),
        ("../../keys", "keys"),
        ("a\x00b\r\n\u202egpj.exe", "abgpj.exe"),
        ("", "file"),
        ("..", "file"),
        ("  .hidden", "hidden"),
        ("字" * 200 + ".pdf", "字" * 116 + ".pdf"),
    ],
)
def test_a_name_is_only_its_harmless_last_part(given: str, kept: str) -> None:
    assert services.clean_name(given) == kept
    assert services.name_of(keep(PDF, given)) == kept


@pytest.mark.parametrize("text", ["BMW停在路口三天了", "ID3是我的编号", "ＢＭ", "MZ同志反映路灯不亮", "%!"])
def test_a_text_that_begins_like_a_picture_or_a_song_is_a_text(text: str) -> None:
    assert keep(text.encode()).media_type == "text/plain"


def test_a_palette_keeps_its_transparency() -> None:
    out = io.BytesIO()
    drawn = Image.new("P", (4, 4), 0)
    drawn.putpalette([255, 0, 0, 0, 0, 255] + [0] * 762)
    drawn.putpixel((1, 1), 1)
    drawn.save(out, "PNG", transparency=0)

    with Image.open(io.BytesIO(stored(keep(out.getvalue())))) as kept:
        plain = kept.convert("RGBA")
        assert plain.getpixel((0, 0)) == (255, 0, 0, 0)
        assert plain.getpixel((1, 1)) == (0, 0, 255, 255)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_palette_without_transparency_stays_one() -> None:
    out = io.BytesIO()
    Image.new("P", (4, 4)).save(out, "PNG")

    with Image.open(io.BytesIO(stored(keep(out.getvalue())))) as kept:
        assert kept.mode == "P"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_metadata_that_make_no_sense_are_refused_or_dropped() -> None:
    data = picture(turned=6)
    start = data.index(b"Exif")

    for offset in range(start + 6, start + 60):
        for byte in (b"\x00", b"\x02", b"\x05", b"\x0b", b"\x0c", b"\xff"):
            with suppress(BadInput):
                kept = keep(data[:offset] + byte + data[offset + 1 :])
                assert not Image.open(io.BytesIO(stored(kept))).getexif()


def test_a_device_that_tells_itself_oddly_costs_nobody_the_photo() -> None:
    """The maker's name as a number: a library that writes the metadata anew fails at it."""
    data = picture(turned=6)
    maker = b"\x01\x0f\x00\x02" if b"\x01\x0f\x00\x02" in data else b"\x0f\x01\x02\x00"
    assert maker in data

    kept = keep(data.replace(maker, maker.replace(b"\x02", b"\x0b")))

    assert Image.open(io.BytesIO(stored(kept))).size == (20, 40)


def test_a_file_for_which_there_is_no_room_is_an_outage_and_leaves_nothing(home: Path) -> None:
    kept = services.store(io.BytesIO(PDF), name="a.pdf", actor="anonymous")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        with pytest.raises(Outage) as caught:
            services.store(io.BytesIO(PDF + b"%"), name="b.pdf", actor="anonymous")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert caught.value.code == "disk_full"
    assert [path for path in (home / "files").rglob("*") if path.is_file()] == [services.path_of(kept)]
    assert File.objects.count() == 1
