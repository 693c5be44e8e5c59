"""Answers of other cities, in both formats: held against our schema, and taken in."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

import huiyin.hotline
from huiyin.cases.models import Case, Category
from huiyin.cases.services.bring_in import FileMapping, bring_in, bring_in_categories, load_mapping
from huiyin.kernel.errors import BadInput, ConfigError
from tests.factories.cases import sound
from tests.open311 import schema
from tests.open311.asking import get, read_xml, reported
from tests.open311.test_georeport import fits, published_letter
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
MAPPINGS = Path(huiyin.hotline.__file__).parent / "mappings"

JSON = """[
 {"service_request_id": "A-1", "status": "open", "service_name": "Alley light", "service_code": "77",
  "agency_responsible": "Lights", "requested_datetime": "2014-07-12T10:58:43-05:00",
  "updated_datetime": "2014-07-12T11:08:21-05:00", "address": "1 Elm St", "lat": 41.85, "long": -87.66},
 {"service_request_id": 12, "status": "closed", "status_notes": "Locked", "service_name": "Building",
  "service_code": "78", "requested_datetime": "2014-07-12T10:48:56-05:00", "updated_datetime": null,
  "lat": 41.7, "long": -87.6}
]"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<service_requests>
  <request><service_request_id>B-1</service_request_id><status>open</status>
    <service_name>Pot hole &amp; more</service_name>
    <service_code>12</service_code><description/><requested_datetime>2018-07-30T00:01:00-04:00</requested_datetime>
    <address>Elm / Oak</address><lat>43.69</lat><long>-79.27</long></request>
</service_requests>"""


def mapping() -> FileMapping:
    """The packaged one."""
    return load_mapping(MAPPINGS / "georeport.yaml")


def file_of(folder: Path, name: str, text: str | bytes) -> Path:
    """A file of that name."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_another_citys_answers_come_in_once_in_both_formats(hotline: SmallCity, tmp_path: Path) -> None:
    fits(json.loads(JSON), schema.REQUESTS)
    files = [file_of(tmp_path, "requests.json", JSON), file_of(tmp_path, "requests.xml", XML)]

    first = [bring_in(path, mapping()) for path in files]
    again = [bring_in(path, mapping()) for path in files]

    assert [(one.accepted, one.refused) for one in first] == [(2, 0), (1, 0)]
    assert [(one.unchanged, one.refused) for one in again] == [(2, 0), (1, 0)]
    cases = {case.origin_key: case for case in Case.objects.filter(origin="georeport")}
    assert {key: case.phase for key, case in cases.items()} == {"A-1": "open", "12": "closed", "B-1": "open"}
    assert cases["B-1"].title == "Pot hole & more"
    assert cases["A-1"].received_at.isoformat() == "2014-07-12T15:58:43+00:00"
    assert [fault for case in cases.values() for fault in sound(case.number)] == []


def test_our_own_answers_come_in_at_a_neighbours(town: SmallCity, client: Client, tmp_path: Path) -> None:
    reported(client)
    published_letter(town)
    for form in ("json", "xml"):
        path = file_of(tmp_path, f"ours.{form}", get(client, f"requests.{form}").content)
        taken = bring_in(path, mapping())
        assert (taken.read, taken.refused) == (2, 0)

    assert Case.objects.filter(origin="georeport").count() == 2


def test_another_citys_services_come_in_before_its_requests_and_are_theirs(hotline: SmallCity, tmp_path: Path) -> None:
    services = [{"service_code": "77", "service_name": one, "group": "g"} for one in ("Alley light", "Trees", "Trees")]
    path = file_of(tmp_path, "services.json", json.dumps(services))

    assert bring_in_categories(path, mapping(), dry_run=True) == (2, 2)
    assert bring_in_categories(path, mapping()) == (2, 2)
    assert bring_in_categories(path, mapping()) == (2, 0)

    bring_in(file_of(tmp_path, "requests.json", JSON), mapping())
    (light,) = Category.objects.filter(scheme="georeport", name="Alley light")
    assert Case.objects.get(origin_key="A-1").category_id == light.key
    with pytest.raises(ConfigError, match="service_name"):
        bring_in_categories(file_of(tmp_path, "a.json", '[{"status": "open"}]'), mapping())
    with pytest.raises(BadInput):
        bring_in_categories(file_of(tmp_path, "a.json", json.dumps([{"service_name": "x" * 81}])), mapping())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "{"),
        ("a.json", "[1]"),
        ("a.json", "7"),
        ("a.json", "[" * 100_000),
        ("a.xml", "<a><b>"),
        ("a.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a><b><c>&x;</c></b></a>"),
        ("a.xml", "<a>" * 100 + "</a>" * 100),
        ("a.xml", "<a/>".encode("utf-16")),
        ("a.xml", "<?xml version='1.0' encoding='none'?><a/>"),
    ],
)
def test_records_that_can_not_be_read_are_refused_in_words(
    hotline: SmallCity, tmp_path: Path, name: str, text: str | bytes
) -> None:
    with pytest.raises(BadInput):
        bring_in(file_of(tmp_path, name, text), mapping())


def test_records_without_a_number_are_refused_by_the_name_of_what_they_lack(hotline: SmallCity, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="service_request_id"):
        bring_in(file_of(tmp_path, "a.json", '[{"status": "open"}]'), mapping())


def test_real_answers_of_real_cities(hotline: SmallCity, data_folder: Path) -> None:
    folder = data_folder / "open311"

    for name in ("requests_many.xml", "requests_single.xml", "service_requests.json"):
        taken = bring_in(folder / f"open311status_{name}", mapping())
        assert (taken.read > 0, taken.refused) == (True, 0)
    assert Case.objects.filter(origin="georeport").count() == 4
    lists = [folder / f"open311status_{name}" for name in ("service_list.json", "services_giessen.xml")]
    assert [bring_in_categories(path, mapping()) for path in lists] == [(3, 3), (8, 8)]
    fits(json.loads((folder / "open311status_service_requests.json").read_text("utf-8")), schema.REQUESTS)
    fits(json.loads((folder / "open311status_service_list.json").read_text("utf-8")), schema.SERVICES)
    xml = ET.fromstring((folder / "open311status_services_giessen.xml").read_text("utf-8"))  # noqa: S314 - kept beside us
    fits(read_xml(xml), schema.SERVICES)
