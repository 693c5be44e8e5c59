"""A caller of the standard's addresses, and answers in XML read back into what the JSON says."""

import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from django.test import Client

LISTS = {
    "services", "attributes", "values", "service_requests", "errors", "endpoints", "formats", "service_request_updates",
}  # fmt: skip
TRUTHS, NUMBERS = {"metadata", "variable", "required"}, {"lat", "long"}
LIGHT = {
    "service_code": "city_street-lights",
    "lat": "33.26013",
    "long": "115.37412",
    "address_string": "西城街道和平路12号",
    "description": "和平路的路灯坏了三天，请打 13900000001 找何立秋。",
    "attribute[fault]": "dark",
    "first_name": "立秋",
    "last_name": "何",
    "phone": "13900000001",
}


def get(client: Client, path: str, **query: str) -> Any:
    """What `/open311/v2/{path}` says."""
    return client.get(f"/open311/v2/{path}", query)


def post(client: Client, form: dict[str, Any] | None = None, path: str = "requests.json", key: str = "") -> Any:
    """A form sent there, urlencoded."""
    data = urlencode(LIGHT if form is None else form, doseq=True)
    sent = {"Idempotency-Key": key} if key else {}
    return client.post(f"/open311/v2/{path}", data, content_type="application/x-www-form-urlencoded", headers=sent)


def reported(client: Client, **over: str) -> str:
    """The number of a new report of a street light."""
    made = post(client, {**LIGHT, **over})
    assert made.status_code == 200, made.content.decode()
    number: str = made.json()[0]["service_request_id"]
    return number


def said(answer: Any) -> Any:
    """The answer as data, whichever format it is in."""
    if answer["Content-Type"] == "application/json; charset=utf-8":
        return json.loads(answer.content)
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n')
    return read_xml(ET.fromstring(answer.content.decode()))  # noqa: S314 - our own server's


def read_xml(element: ET.Element) -> Any:
    """The standard's convention backwards: a list by its name, an empty element nothing."""
    if element.tag in LISTS:
        return [read_xml(one) for one in element]
    if len(element):
        inner = {one.tag: read_xml(one) for one in element}
        if element.tag == "error":
            inner["code"] = int(inner["code"])
        return inner
    text = element.text
    if text is None:
        return None
    if element.tag in TRUTHS:
        return {"true": True, "false": False}[text]
    if element.tag in NUMBERS:
        return float(text)
    return int(text) if element.tag == "order" else text
