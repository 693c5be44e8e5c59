"""Reading records that a program gave: JSON (a list of objects) and XML (elements of elements), as rows of text.

Whole files are read at once, so they are bounded. XML with a document type is refused: what it might pull in or blow up
is nobody's report.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.translation import gettext_lazy as _

from huiyin.kernel.errors import BadInput

BYTES_MOST = 64 * 1024**2
DEEPEST = 60
LISTS = ("items", "results", "data")
"""Where an object that isn't a list keeps one."""


def records_of(path: Path) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The names that any record has, and the records. BadInput for what can't be read."""
    if path.stat().st_size > BYTES_MOST:
        raise BadInput(what=_("这个文件过大，没有读取。请分成几个文件。"))
    data = path.read_bytes()
    try:
        found = _of_xml(data) if path.suffix.lower() == ".xml" else _of_json(data)
    except (ValueError, ET.ParseError, RecursionError, LookupError) as error:
        raise BadInput(what=_("这个文件打不开：%(error)s。") % {"error": error}) from error
    header = list(dict.fromkeys(name for record in found for name in record))
    return header, iter(found)


def _of_json(data: bytes) -> list[dict[str, str]]:
    said = json.loads(data)
    if isinstance(said, dict):
        said = next((said[name] for name in LISTS if isinstance(said.get(name), list)), [said])
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        raise ValueError(_("应为对象的列表"))
    return [{_clean(name): _text(value) for name, value in one.items()} for one in said]


def _of_xml(data: bytes) -> list[dict[str, str]]:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(_("带有文档类型定义，或不是UTF-8编码"))
    depth, root = 0, ET.Element("nothing")
    for event, element in ET.iterparse(io.BytesIO(data), ["start", "end"]):  # noqa: S314 - without a document type
        if depth == 0:
            root = element
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise ValueError(_("嵌套过深"))
    return [{_clean(_local(one.tag)): _clean("".join(one.itertext())) for one in record} for record in root]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return _clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
