"""Answers to the standard's letter: XML without namespaces, and JSON by the same names."""

import json
import re
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from django.http import HttpResponse

FORMATS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ITEMS = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request",
    "errors": "error", "endpoints": "endpoint", "formats": "format", "service_request_updates": "request_update",
}  # fmt: skip
"""What one thing in a list is called."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

type Value = object
"""None, truth, numbers, texts, and lists and mappings of them."""


def answer(root: str, value: Value, form: str, status: int = 200) -> HttpResponse:
    """The value in the format asked for."""
    if form == "json":
        text = json.dumps(_readable(value), ensure_ascii=False)
    else:
        text = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, _readable(value))}\n'
    return HttpResponse(text, status=status, content_type=FORMATS[form])


def _readable(value: Value) -> Value:
    """Without what XML can't hold, in both formats alike."""
    match value:
        case str():
            return _NOT_XML.sub("\ufffd", value)
        case Mapping():
            return {key: _readable(one) for key, one in value.items()}
        case Sequence():
            return [_readable(one) for one in value]
    return value


def _element(name: str, value: Value) -> str:
    match value:
        case None | "":
            return f"<{name}/>"
        case bool():
            inside = "true" if value else "false"
        case Mapping():
            inside = "".join(_element(key, one) for key, one in value.items())
        case str() | int() | float():
            inside = escape(str(value))
        case Sequence():
            inside = "".join(_element(ITEMS[name], one) for one in value)
        case _:
            raise TypeError(f"{name}: {value!r}")
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"
