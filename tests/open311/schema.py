"""GeoReport v2 as we understand it, as JSON Schema: for our answers and for those of other cities."""

from typing import Any

TEXT, MAYBE = {"type": "string", "minLength": 1}, {"type": ["string", "null"]}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
ID = {"type": ["string", "integer"], "minLength": 1}


def thing(required: dict[str, Any], optional: dict[str, Any] | None = None, *, more: bool = False) -> dict[str, Any]:
    """An object with these members and, unless `more`, no others."""
    return {
        "type": "object", "properties": required | (optional or {}), "required": list(required),
        "additionalProperties": more,
    }  # fmt: skip


def many(of: dict[str, Any], least: int = 0) -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": of, "minItems": least}


SERVICE = thing({
    "service_code": ID, "service_name": TEXT, "description": MAYBE, "metadata": {"type": "boolean"},
    "type": {"enum": ["realtime", "batch", "blackbox"]}, "keywords": MAYBE,
}, {"group": MAYBE})  # fmt: skip
SERVICES = many(SERVICE)
VALUE = thing({"key": ID, "name": TEXT})
ATTRIBUTE = thing({
    "variable": {"type": "boolean"}, "code": ID,
    "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
    "required": {"type": "boolean"}, "datatype_description": MAYBE, "order": {"type": "integer", "minimum": 1},
    "description": MAYBE,
}, {"values": many(VALUE, 1)})  # fmt: skip
DEFINITION = thing({"service_code": ID, "attributes": many(ATTRIBUTE)})
REQUEST = thing(
    {"service_request_id": ID, "status": {"enum": ["open", "closed"]}, "service_code": ID, "service_name": MAYBE,
     "requested_datetime": INSTANT, "lat": {"type": "number", "minimum": -90, "maximum": 90},
     "long": {"type": "number", "minimum": -180, "maximum": 180}},
    {"status_notes": MAYBE, "description": {"type": ["string", "null"], "maxLength": 4000},
     "agency_responsible": MAYBE, "service_notice": MAYBE,
     "updated_datetime": {"anyOf": [INSTANT, {"type": "null"}]},
     "expected_datetime": {"anyOf": [INSTANT, {"type": "null"}]},
     "address": MAYBE, "address_id": {"type": ["string", "integer", "null"]}, "zipcode": MAYBE, "media_url": MAYBE},
)  # fmt: skip
REQUESTS = many(REQUEST)
MADE = many(thing({"service_request_id": ID, "service_notice": MAYBE, "account_id": MAYBE}), 1)
MADE_BY_TOKEN = many(thing({"token": ID, "service_notice": MAYBE, "account_id": MAYBE}), 1)
TOKENS = many(thing({"service_request_id": {"type": ["string", "integer", "null"]}, "token": ID}), 1)
ERRORS = many(thing({"code": {"type": "integer"}, "description": TEXT}), 1)
DISCOVERY = thing({
    "changeset": INSTANT, "contact": TEXT, "key_service": TEXT,
    "endpoints": many(thing({
        "specification": {"const": "http://wiki.open311.org/GeoReport_v2"}, "url": TEXT, "changeset": INSTANT,
        "type": {"enum": ["production", "test", "acceptance"]},
        "formats": many({"enum": ["text/xml", "application/json"]}, 1),
    }), 1),
})  # fmt: skip
UPDATES = many(thing({
    "update_id": ID, "service_request_id": ID, "status": {"enum": ["open", "closed"]}, "updated_datetime": INSTANT,
    "description": MAYBE, "media_url": MAYBE,
}))  # fmt: skip
