"""Taking in a file: look at what it is, clean it, keep it sealed under a key of its own."""

import errno
import hashlib
import io
import mimetypes
import os
import re
import secrets
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO
from uuid import UUID

import filetype
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, UnidentifiedImageError

from huiyin.files.models import File
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotFound, Outage
from huiyin.kernel.ids import new_id
from huiyin.vault.box import DataKey, new_key, unwrapped

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
HEIC = {b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1"}
"""Brands of the pictures that telephones take unless told otherwise; what draws pictures anew can't read them."""
WEAK = {"audio/mpeg"}
"""Known by three letters at the beginning, with which a text may begin too."""
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
"""What stands in programs and not in texts: all control characters but tabs and the ends of lines and pages."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""Orientation in the metadata → what turns the picture upright."""
OTHERS = {
    "application/pdf", "audio/mpeg", "audio/amr", "audio/mp4",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


COLUMNS = ("sha256", "stored", "key", "size", "media_type", "sealed_name", "created_at", "created_by")


def store(stream: IO[bytes], *, name: str, actor: str, once: str = "") -> File:
    """Keep a file. Raises BadInput for one that is too big, empty, or not what we take; the name doesn't decide.

    The same bytes sent again by the same actor with the same `once` (a form's key) are the same file.
    """
    data = stream.read(MOST_BYTES + 1)
    if not data or len(data) > MOST_BYTES:
        raise _refusal(_("文件为空，或超过%(most)s MB。") % {"most": MOST_BYTES // 1024 // 1024})
    media_type = _media_type(data)
    if media_type in PICTURES:
        data = _clean_picture(data, PICTURES[media_type])
    digest = hashlib.sha256(data).hexdigest()
    pk = UUID(hashlib.sha256(f"{actor}/{once}/{digest}".encode()).hexdigest()[:32]) if once else new_id()
    row = File(
        pk=pk, sha256=digest, size=len(data), media_type=media_type, created_at=clock.now(), created_by=actor
    )  # fmt: skip
    seal(row, data, clean_name(name))
    kept, made = File.objects.get_or_create(pk=pk, defaults={name: getattr(row, name) for name in COLUMNS})
    if not made:
        path_of(row).unlink()
    return kept


def seal(row: File, data: bytes, name: str) -> None:
    """Give the row a fresh key and keep its name and bytes under it; the row isn't saved."""
    key = new_key()
    row.key = key.wrapped(owner(row))
    row.sealed_name = key.seal(name, f"{owner(row)}/name")
    _keep(key.seal(data, f"{owner(row)}/bytes"), path_of(row))


def open_bytes(kept: File) -> BinaryIO:
    """The file's bytes, from the start. NotFound once they were erased."""
    key = _key(kept)
    return io.BytesIO(key.open(path_of(kept).read_bytes(), f"{owner(kept)}/bytes"))


def name_of(kept: File) -> str:
    """The file's name as given. NotFound once it was erased."""
    key = _key(kept)
    assert kept.sealed_name is not None
    return key.text(kept.sealed_name, f"{owner(kept)}/name")


def plain_name(kept: File) -> str:
    """What the file is called where its own name mustn't be read: `附件.jpg`."""
    return f"{_('附件')}{mimetypes.guess_extension(kept.media_type) or ''}"


def _key(kept: File) -> DataKey:
    if kept.key is None:
        raise NotFound("file_erased", _("这个文件已依法删除。"))
    return unwrapped(kept.key, owner(kept))


def owner(row: File) -> str:
    """The file as its key and its values name it."""
    return f"file/{row.pk}"


def erase(ids: Iterable[UUID]) -> None:
    """Destroy keys and names of these files, in the caller's transaction; `unlink` their bytes once it is through."""
    File.objects.filter(pk__in=list(ids)).update(key=None, sealed_name=None, sha256="")


def unlink(stored: Iterable[UUID]) -> None:
    """Remove sealed bytes from the disk; those that are gone already are passed over."""
    for one in stored:
        place(one).unlink(missing_ok=True)


def drop_loose(*, before: datetime, most: int = 1000) -> int:
    """Throw away files that nobody attached to anything since; the number dropped."""
    loose = list(File.objects.filter(attached=False, created_at__lt=before).order_by("created_at", "id")[:most])
    File.objects.filter(pk__in=[one.pk for one in loose], attached=False).delete()
    left = set(File.objects.filter(pk__in=[one.pk for one in loose]).values_list("pk", flat=True))
    unlink(one.stored for one in loose if one.pk not in left)
    return len(loose)


def path_of(row: File) -> Path:
    """Where the sealed bytes lie."""
    return place(row.stored)


def place(stored: UUID) -> Path:
    """The path of sealed bytes."""
    home: Path = settings.HOME
    name = stored.hex
    return home / "files" / name[-2:] / name[-4:-2] / name


def all_paths(using: str) -> Iterator[Path]:
    """Where the sealed bytes of every file lie that the record of that database names and nobody erased."""
    kept = File.objects.using(using).exclude(key=None).order_by().values_list("stored", flat=True)
    return (place(stored) for stored in kept.iterator(chunk_size=2000))


def clean_name(name: str) -> str:
    """The last part of a name, without control characters; never empty, at most 120 long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(". ")
    return kept[-120:] or "file"


def _media_type(data: bytes) -> str:
    guess = filetype.guess_mime(data)
    taken = guess in PICTURES or guess in OTHERS
    if (not taken or guess in WEAK) and _is_text(data):
        return "text/plain"
    if taken:
        return str(guess)
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        raise _refusal(_("HEIC照片打不开：请在手机相机设置里选“兼容性最佳”再拍，或先另存为JPG。"))
    raise _refusal(_("只接收图片、PDF、Word、Excel、录音和纯文本文件。"))


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return CONTROL.search(data) is None


def _clean_picture(data: bytes, form: str) -> bytes:
    """The picture drawn anew: turned the right way, without place, device or any other metadata."""
    try:
        with Image.open(io.BytesIO(data), formats=[form]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _refusal(_("图片像素过大，请先缩小。"))
            out = io.BytesIO()
            bare = _upright(picture).convert(_mode(picture, form))
            bare.info = {}
            bare.save(out, form, quality=88)
    except _BROKEN as error:
        raise _refusal(_("图片已损坏，无法读取。")) from error
    return out.getvalue()


_BROKEN = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error,
    Image.DecompressionBombError,
)  # fmt: skip
"""What the library raises for pictures and metadata that aren't what they say."""


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its metadata say. Not by `ImageOps.exif_transpose`: it writes them anew, and fails at odd ones."""
    picture.load()
    turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    return picture if turn is None else picture.transpose(turn)


def _mode(picture: Image.Image, form: str) -> str:
    """How its colours are written: without the metadata, a transparent colour must stand in the dots themselves."""
    if form == "JPEG":
        return "RGB"
    return "RGBA" if "transparency" in picture.info else picture.mode


def _keep(data: bytes, path: Path) -> None:
    """Write whole or not at all; on the disk before the record may name it. Outage where there is no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    try:
        with draft.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise Outage("disk_full", _("磁盘已满，文件没有保存。"), do=_("请稍后再试；急事请拨打12345。")) from error
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(sentence: object) -> BadInput:
    return BadInput(FieldError("file", sentence), what=_("文件没有保存。"))
