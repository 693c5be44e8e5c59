"""Reading scanned letters: the text is proposed beside the picture, and whoever registers the letter puts it right.

It needs the extra `ocr` (its models are in the package, nothing is asked for elsewhere); without it the page says so
and goes on as before. One letter is read at a time in a process. Nothing is kept of what was read.
"""

import struct
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
"""What scanners and telephones make; readers of other formats aren't let at strangers' files."""
PAGES_MOST = 4
LONGEST_SIDE = 2400
"""Pixels of a page's longer side as it is read."""
BYTES_MOST = 20 * 1024**2
SURE = 0.5
"""Lines that the reader is less sure of are left out."""
_turn = threading.Lock()


@dataclass(frozen=True)
class Reading:
    """What was read; `failed` says why nothing was."""

    text: str = ""
    failed: str = ""


def is_installed() -> bool:
    """Whether this server can read pictures."""
    return find_spec("rapidocr") is not None


def read(pages: Sequence[bytes]) -> Reading:
    """The text of scanned pages, in their order."""
    if not is_installed():
        return Reading(failed=_("这台服务器没有安装文字识别（可选组件 ocr），请照原件录入。"))
    pictures = [picture for page in pages[:PAGES_MOST] if (picture := _picture(page)) is not None]
    if not pictures:
        return Reading(failed=_("没有可以识别的图片。PDF和其他文件请照原件录入。"))
    if not _turn.acquire(blocking=False):
        return Reading(failed=_("正在识别别人的来信，请稍后再试。"))
    try:
        text = "\n".join(filter(None, (_text_of(picture) for picture in pictures)))
    finally:
        _turn.release()
    return Reading(text) if text else Reading(failed=_("图片里没有认出文字，请照原件录入。"))


def _picture(data: bytes) -> Image.Image | None:
    """The page upright and no larger than is read; None for what is no picture."""
    if len(data) > BYTES_MOST:
        return None
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, ValueError, SyntaxError, NotImplementedError, struct.error, Image.DecompressionBombError):
        return None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright


def _text_of(picture: Image.Image) -> str:
    import numpy as np  # noqa: PLC0415 - only where something is read

    found = _engine()(np.asarray(picture)[:, :, ::-1])
    if found.txts is None:
        return ""
    return "\n".join(lines_of(zip(found.boxes, found.txts, found.scores, strict=True)))


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and seconds to load

    return RapidOCR()


def lines_of(pieces: Iterable[tuple[Any, str, float]]) -> list[str]:
    """Pieces of text as lines from top to bottom, those of one height from left to right. A piece is its four corners,
    its text, and how sure the reader is.
    """
    placed = []
    for box, text, sure in pieces:
        tops, lefts = [float(corner[1]) for corner in box], [float(corner[0]) for corner in box]
        if sure >= SURE and text.strip():
            placed.append((min(tops), max(tops), min(lefts), text.strip()))
    lines: list[list[tuple[float, float, float, str]]] = []
    for piece in sorted(placed):
        if lines and piece[0] < (lines[-1][0][0] + lines[-1][0][1]) / 2:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [" ".join(text for *_corners, text in sorted(line, key=lambda one: one[2])) for line in lines]
