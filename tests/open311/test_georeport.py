"""Every method of the standard, in both formats, to the letter; and what a stranger is never told."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema_rs import Draft202012Validator
from PIL import Image

from huiyin.access import limits
from huiyin.access.tokens import issue
from huiyin.cases import originals, policies, public_matters
from huiyin.cases.enums import Channel
from huiyin.cases.models import Case
from huiyin.cases.public_matters import Wanted
from huiyin.cases.services.act import act
from huiyin.cases.services.open import open_case
from huiyin.kernel import clock
from huiyin.open311 import requests, services
from huiyin.open311.models import Report
from huiyin.org.services import import_outline
from huiyin.people.parties import contact_of
from tests.conftest import SetClock
from tests.factories.cases import look, opening, sound, walk
from tests.letters.test_letters import ANSWERED, go
from tests.open311 import schema
from tests.open311.asking import LIGHT, get, post, reported, said
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
FORMATS = ("json", "xml")


def fits(data: Any, wanted: dict[str, Any]) -> None:
    """The data are what the schema says, every fault named."""
    faults = [f"{one.instance_path}: {one.message}" for one in Draft202012Validator(wanted).iter_errors(data)]
    assert faults == []


def published_letter(town: SmallCity, **over: Any) -> str:
    """The number of a letter whose answer anybody may read."""
    letter = {"procedure": "mailbox", "action": "write", "channel": Channel.MAILBOX, "given": {"publication": "agreed"}}
    said = {**letter, "category": "jieshou/transport.bus", **over}
    number = open_case(actor=town.stranger, opening=opening(**said)).number
    walk(town, number, *go(*ANSWERED, "publish"))
    return number


# Reading


@pytest.mark.parametrize("form", FORMATS)
def test_every_answer_is_what_the_standard_says(town: SmallCity, client: Client, form: str) -> None:
    number = reported(client)
    published_letter(town)
    token = post(
        client, {**LIGHT, "service_code": "housing_property-service", "attribute[fault]": ""}, f"requests.{form}"
    )

    fits(said(client.get(f"/open311/discovery.{form}")), schema.DISCOVERY)
    fits(said(get(client, f"discovery.{form}")), schema.DISCOVERY)
    fits(said(get(client, f"services.{form}")), schema.SERVICES)
    fits(said(get(client, f"services/city_street-lights.{form}")), schema.DEFINITION)
    fits(said(get(client, f"services/transport_bus.{form}")), schema.DEFINITION)
    fits(said(post(client, path=f"requests.{form}")), schema.MADE)
    fits(said(token), schema.MADE_BY_TOKEN)
    fits(said(get(client, f"tokens/{said(token)[0]['token']}.{form}")), schema.TOKENS)
    fits(said(get(client, f"requests.{form}")), schema.REQUESTS)
    fits(said(get(client, f"requests/{number}.{form}")), schema.REQUESTS)
    walk(town, number, "accept")
    fits(said(get(client, f"servicerequestupdates.{form}")), schema.UPDATES)
    for wrong in ("services/none.{}", "requests/1.{}", "tokens/1.{}", "nothing.{}", "requests.{}?page=0&status=lost"):
        fits(said(client.get("/open311/v2/" + wrong.format(form))), schema.ERRORS)


def test_xml_says_what_json_says(town: SmallCity, client: Client) -> None:
    reported(client, description="<b>坏了</b> & \x01")
    published_letter(town)

    for path in ("discovery", "services", "services/city_street-cleaning", "requests", "servicerequestupdates"):
        assert said(get(client, f"{path}.xml")) == no_blanks(said(get(client, f"{path}.json"))), path


def no_blanks(data: Any) -> Any:
    """The same with nothing instead of empty texts, which XML can't tell apart."""
    if isinstance(data, list):
        return [no_blanks(one) for one in data]
    if isinstance(data, dict):
        return {name: no_blanks(one) for name, one in data.items()}
    return data if data != "" else None


def test_services_are_the_leaves_of_the_catalogue_in_the_language_asked_for(town: SmallCity, client: Client) -> None:
    listed = {one["service_code"]: one for one in get(client, "services.json").json()}
    english = client.get("/open311/v2/services/city_street-lights.json", headers={"Accept-Language": "en"}).json()

    assert set(listed) == {
        "city_street-lights", "city_street-cleaning", "city_noise-life", "transport_bus", "transport_road-repair",
        "housing_property-service",
    }  # fmt: skip
    assert (listed["city_street-lights"]["group"], listed["city_street-lights"]["metadata"]) == ("城市管理", True)
    assert {listed[code]["type"] for code in ("transport_bus", "housing_property-service", "city_noise-life")} == {
        "realtime", "batch", "blackbox",
    }  # fmt: skip
    fault, *others = english["attributes"]
    assert (fault["code"], fault["required"], fault["values"][0]) == ("fault", True, {"key": "dark", "name": "Dark"})
    assert [one["order"] for one in english["attributes"]] == [1, 2, 3]
    assert "values" not in others[0]


def test_a_report_is_a_matter_like_any_other_and_its_person_is_sealed(town: SmallCity, client: Client) -> None:
    made = post(client).json()
    number = made[0]["service_request_id"]
    case = Case.objects.select_related("requester").get(number=number)

    assert (case.channel, case.kind, case.category_id, case.area_id) == (
        "api", "help", "jieshou/city.street-lights", "341282002",
    )  # fmt: skip
    assert (contact_of(case.requester).name, contact_of(case.requester).phone) == ("何立秋", "13900000001")
    body = next(one.text for one in originals.passages_of([case.pk]))
    assert body is not None
    assert body.startswith(LIGHT["description"])
    assert "问题：不亮" in body
    heading = originals.read_heading(case)
    assert heading is not None
    assert "33.260130, 115.374120" in heading.address
    assert sound(number) == []
    assert re.search(r"查询码 \S+：", made[0]["service_notice"])
    clear = b"".join(
        bytes(str(value), "utf-8") for value in Report.objects.values_list("point", "sender").first() or ()
    )
    assert b"115.37" not in clear


def test_a_stranger_is_told_where_it_stands_and_nothing_of_the_person(town: SmallCity, client: Client) -> None:
    number = reported(client)

    (told,) = get(client, f"requests/{number}.json").json()

    assert told["description"] is not None
    assert "路灯坏了三天" in told["description"]
    assert (told["lat"], told["long"], told["address_id"]) == (33.26, 115.374, "341282002")
    assert (told["status"], told["status_notes"], told["service_code"]) == (
        "open", "已收到，尚待受理。", "city_street-lights",
    )  # fmt: skip
    page = client.get(f"/reports/{number}/").content.decode()
    assert "路灯坏了三天" in page
    for text in (str(told), page):
        assert all(word not in text for word in ("13900000001", "何立秋", "12号", "补充信息", "33.26013"))


@pytest.mark.parametrize("address", ["", "西城街道人民路", "西城街道和平路12号3栋"])
def test_a_place_is_never_told_more_exactly_than_a_road(town: SmallCity, client: Client, address: str) -> None:
    number = reported(client, address_string=address)
    case = Case.objects.get(number=number)

    for text in (
        get(client, f"requests/{number}.xml").content.decode(),
        case.address,
        client.get("/").content.decode(),
    ):
        assert "33.2601" not in text
        assert "12号" not in text
    assert case.address == address.removesuffix("12号3栋")


def test_a_city_may_keep_all_words_from_strangers(
    town: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = reported(client)
    quiet = services.offer().model_copy(update={"shows_words": False})
    for module in ("requests", "services"):
        monkeypatch.setattr(f"huiyin.open311.{module}.offer", lambda: quiet)

    (told,) = get(client, f"requests/{number}.json").json()
    (alike,) = requests.reports_about(Wanted(clock.now() - timedelta(days=1), 5, "jieshou/city.street-lights"))

    assert (told["description"], told["status"]) == (None, "open")
    assert alike.title == "路灯照明"
    assert "路灯坏了" not in client.get(f"/reports/{number}/").content.decode()


def test_a_map_and_the_latest_answers_ask_for_what_they_show_and_cut_only_then(
    town: SmallCity, client: Client, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_outline(county="341282")
    answered = reported(client)
    walk(town, answered, "accept", "answer_directly")
    at("2021-03-02 11:00")
    second = reported(client, address_string="西城街道和平路口")
    for n in range(2):
        at(f"2021-03-02 12:0{n}")
        reported(client, lat="", long="", address_string="西城街道人民路")

    assert [one.number for one in public_matters.placed()] == [second, answered]
    monkeypatch.setattr(public_matters, "SHOWN", 1)
    assert [one.number for one in public_matters.latest()] == [answered]
    assert "图上是其中最近的" not in client.get("/answers/").content.decode()
    monkeypatch.setattr(public_matters, "PINS_MOST", 1)
    assert [one.number for one in public_matters.placed()] == [second]
    assert "图上是其中最近的1件" in client.get("/answers/").content.decode()


def test_open_and_closed_follow_the_matter_and_updates_tell_each_change_once(
    town: SmallCity, client: Client, at: SetClock
) -> None:
    number = reported(client)
    at("2021-03-02 11:00")
    walk(town, number, "accept", "answer_directly")
    at("2021-03-03 08:00")

    (told,) = get(client, f"requests/{number}.json").json()
    since_then = get(client, "servicerequestupdates.json", start_date="2021-03-02T10:00:00+08:00").json()

    assert (told["status"], told["updated_datetime"]) == ("closed", "2021-03-02T11:00:00+08:00")
    assert [(one["status"], one["description"]) for one in since_then] == [
        ("open", "已受理，正在办理。"), ("closed", "已办结。"),
    ]  # fmt: skip
    assert [one["update_id"] for one in since_then] == [f"{number}-2", f"{number}-3"]
    assert get(client, "servicerequestupdates.json", start_date="2021-03-02T12:00:00+08:00").json() == []


def test_a_published_letter_is_a_closed_request_with_its_answer(town: SmallCity, client: Client) -> None:
    number = published_letter(town)

    (told,) = get(client, f"requests/{number}.json").json()

    assert (told["status"], told["description"], told["status_notes"]) == (
        "closed",
        "8路公交车不停靠。",
        "已恢复停靠。",
    )
    assert (told["lat"], told["long"]) == (33.222, 115.386)
    assert [one["description"] for one in get(client, "servicerequestupdates.json").json()] == ["已恢复停靠。"]
    walk(town, number, *go("withdraw_publication"))
    assert get(client, f"requests/{number}.json").status_code == 404
    assert get(client, "requests.json").json() == []


@pytest.mark.parametrize("how", ["sealed", "protected", "erased", "neighbours", "phoned"])
def test_what_strangers_may_not_know_is_as_if_it_were_not_there(town: SmallCity, client: Client, how: str) -> None:
    number = reported(client)
    case = Case.objects.select_related("requester").get(number=number)
    match how:
        case "sealed" | "protected":
            Case.objects.filter(pk=case.pk).update(confidentiality=how)
        case "erased":
            case.requester.key = None
            case.requester.save()
        case "neighbours":
            Case.objects.filter(pk=case.pk).update(category="jieshou/city.noise-life")
        case "phoned":
            number = open_case(actor=town.operator, opening=opening(category="jieshou/transport.bus")).number
            Report.objects.all().delete()

    answers = [
        get(client, f"requests/{number}.json"),
        client.get(f"/reports/{number}/"),
        get(client, "requests/x.json"),
    ]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert get(client, "requests.json").json() == get(client, "servicerequestupdates.json").json() == []
    assert get(client, "requests.json", service_request_id=number).json() == []


@pytest.mark.parametrize("steps", [("refuse",), ("accept", "refuse"), ("refuse", "reopen")])
@pytest.mark.parametrize("service", ["city_street-lights", "housing_property-service"])
def test_what_the_desk_refused_is_never_shown(
    town: SmallCity, client: Client, steps: tuple[str, ...], service: str
) -> None:
    made = post(client, {"service_code": service, "address_string": "西城街道", "description": "老刘收钱不管",
                         "attribute[fault]": "dark" if service == "city_street-lights" else ""})  # fmt: skip
    number = Case.objects.get().number
    walk(town, number, *steps)

    assert get(client, f"requests/{number}.json").status_code == client.get(f"/reports/{number}/").status_code == 404
    assert get(client, "requests.json").json() == get(client, "servicerequestupdates.json").json() == []
    if "token" in made.json()[0] and steps == ("refuse",):
        token = made.json()[0]["token"]
        assert get(client, f"tokens/{token}.json").json()[0]["service_request_id"] is None


@pytest.mark.parametrize("allegation", ["firm", "conduct"])
def test_the_words_of_what_was_once_confidential_stay_shut_when_it_is_opened_again(
    town: SmallCity, client: Client, allegation: str
) -> None:
    number = reported(client)
    walk(town, number, "accept")
    against = {"allegation": allegation, **({"respondent_unit": "housing"} if allegation == "conduct" else {})}
    act(actor=town.operator, number=number, action="reclassify", given=against)
    lower = {"allegation": "none", "reason": "误判"}
    act(actor=town.dispatcher, number=number, action="propose_downgrade", given=lower)
    act(actor=town.supervisor, number=number, action="approve_downgrade", given={"reason": "属实"})
    assert look(number).case.confidentiality == "open"

    assert get(client, f"requests/{number}.json").status_code == client.get(f"/reports/{number}/").status_code == 404
    assert get(client, "requests.json").json() == get(client, "servicerequestupdates.json").json() == []


# Sending


def test_batch_gives_a_token_and_the_number_once_the_desk_has_accepted(town: SmallCity, client: Client) -> None:
    made = post(
        client, {"service_code": "housing_property-service", "address_string": "西城街道", "description": "电梯坏了"}
    )
    token = made.json()[0]["token"]
    number = Case.objects.get().number

    assert get(client, f"tokens/{token}.json").json() == [{"service_request_id": None, "token": token}]
    assert get(client, f"requests/{number}.json").status_code == 404
    walk(town, number, "accept")
    assert get(client, f"tokens/{token}.json").json() == [{"service_request_id": number, "token": token}]
    assert get(client, f"requests/{number}.json").status_code == 200


def test_blackbox_never_gives_a_number_and_is_never_shown(town: SmallCity, client: Client) -> None:
    made = post(
        client, {"service_code": "city_noise-life", "lat": "33.2", "long": "115.3", "description": "邻居半夜吵"}
    )
    token, number = made.json()[0]["token"], Case.objects.get().number
    walk(town, number, "accept")

    assert get(client, f"tokens/{token}.json").json()[0]["service_request_id"] is None
    assert get(client, f"requests/{number}.json").status_code == 404
    assert number not in made.content.decode()


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "nothing"}, 404, "nothing"),
        ({"service_code": "other_none"}, 404, "other_none"),
        ({"lat": "", "long": "", "address_string": ""}, 400, "address_string"),
        ({"lat": "33.2", "long": ""}, 400, "long"),
        ({"lat": "nan"}, 400, "lat"),
        ({"lat": "133"}, 400, "lat"),
        ({"attribute[fault]": ""}, 400, "attribute[fault]"),
        ({"attribute[fault]": "exploded"}, 400, "attribute[fault]"),
        ({"attribute[fault]": ["dark", "pole"]}, 400, "attribute[fault]"),
        ({"attribute[lamps]": "many"}, 400, "attribute[lamps]"),
        ({"attribute[colour]": "red"}, 400, "attribute[colour]"),
        ({"description": "坏" * 4001}, 400, "description"),
        ({"address_id": "999"}, 400, "address_id"),
        ({"media_url": "ftp://x/1.jpg"}, 400, "media_url"),
        ({"phone": "1" * 40}, 400, "phone"),
        ({"api_key": "hy_wrong"}, 403, "api_key"),
        ({"jurisdiction_id": "elsewhere"}, 404, "elsewhere"),
    ],
)
def test_a_report_that_can_not_be_taken_names_the_fault_and_writes_nothing(
    town: SmallCity, client: Client, changed: dict[str, Any], status: int, named: str
) -> None:
    for form in FORMATS:
        refused = post(client, {**LIGHT, **changed}, f"requests.{form}")

        assert refused.status_code == status
        errors = said(refused)
        assert {one["code"] for one in errors} == {status}
        assert named in errors[0]["description"]
    assert not Case.objects.exists()


def test_all_faults_are_told_at_once(town: SmallCity, client: Client) -> None:
    refused = post(client, {**LIGHT, "lat": "x", "attribute[fault]": "", "media_url": "x"})

    assert len(refused.json()) == 3


def test_attributes_of_every_type_stand_in_the_matter(town: SmallCity, client: Client) -> None:
    waste = {"service_code": "city_street-cleaning", "attribute[waste][]": ["household", "bulky"]}
    road = {"service_code": "transport_road-repair", "attribute[since]": "2021-03-01T08:00:00+08:00",
            "attribute[details]": "雨后\n更深"}  # fmt: skip
    for form in (waste, road):
        assert post(client, {"lat": "33.2", "long": "115.3", "description": "脏", **form}).status_code == 200

    bodies = [one.text or "" for one in originals.passages_of(Case.objects.values_list("pk", flat=True))]
    assert any("垃圾种类：生活垃圾、大件家具" in body for body in bodies)
    assert any("其他情况：雨后\n更深" in body for body in bodies)


def test_a_picture_is_kept_without_its_metadata_and_a_link_is_never_called(town: SmallCity, client: Client) -> None:
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG")
    upload = SimpleUploadedFile("灯.jpg", picture.getvalue(), "image/jpeg")

    made = client.post("/open311/v2/requests.json", {**LIGHT, "media_url": "http://127.0.0.1:1/x.jpg", "media": upload})

    number = made.json()[0]["service_request_id"]
    assert len(look(number).case.attachments.all()) == 1
    (body,) = (one.text or "" for one in originals.passages_of([look(number).case.pk]))
    assert "图片网址：http://127.0.0.1:1/x.jpg" in body
    assert get(client, f"requests/{number}.json").json()[0]["media_url"] is None


def test_the_same_key_makes_one_report(town: SmallCity, client: Client) -> None:
    one, other = (post(client, key="k").json()[0]["service_request_id"] for _ in range(2))

    assert one == other
    assert (Case.objects.count(), Report.objects.count()) == (1, 1)


def test_strangers_send_only_so_often_and_a_program_with_a_key_more_often(
    town: SmallCity, client: Client, settings: Any
) -> None:
    from huiyin.kernel.buckets import Rate

    settings.RATES = {**settings.RATES, "intake": Rate(1, 3600)}
    limits.forget()
    assert post(client).status_code == 200

    refused = post(client, path="requests.xml")

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    fits(said(refused), schema.ERRORS)
    key = issue(town.users["stranger"], "程序")
    assert post(client, {**LIGHT, "api_key": key}).status_code == 200


def test_only_forms_are_read_and_only_their_methods(town: SmallCity, client: Client) -> None:
    as_json = client.post("/open311/v2/requests.json", LIGHT, content_type="application/json")
    deleted = client.delete("/open311/v2/requests.json")
    html = get(client, "services.html")

    assert (as_json.status_code, deleted.status_code, html.status_code) == (400, 405, 404)
    assert deleted["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert not Case.objects.exists()


def test_heads_and_questions_of_browsers_are_answered(town: SmallCity, client: Client) -> None:
    head = client.head("/open311/v2/services.xml")
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "idempotency-key"}  # fmt: skip
    told = client.options("/open311/v2/requests.json", headers=asked)
    only_read = client.options("/open311/v2/services.json", headers=asked)

    assert (head.status_code, head["Content-Type"], head.content) == (200, "text/xml; charset=utf-8", b"")
    assert (told.status_code, told.content) == (204, b"")
    assert told["Allow"] == told["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert "Idempotency-Key" in told["Access-Control-Allow-Headers"]
    assert only_read["Allow"] == "GET, HEAD, OPTIONS"
    assert {one["Access-Control-Allow-Origin"] for one in (head, told, only_read)} == {"*"}
    assert "Accept-Language" in head["Vary"]


def test_a_slash_too_many_leads_to_the_address_that_is_meant(town: SmallCity, client: Client) -> None:
    twice = client.post("/open311/v2//requests.json?jurisdiction_id=jieshou", LIGHT)
    last = client.get("/open311/v2/services.json/")
    lost = client.get("/open311/v2//nothing.json")

    assert (twice.status_code, twice["Location"]) == (308, "/open311/v2/requests.json?jurisdiction_id=jieshou")
    assert (last.status_code, last["Location"]) == (308, "/open311/v2/services.json")
    assert lost.status_code == 404
    assert {one["Access-Control-Allow-Origin"] for one in (twice, last, lost)} == {"*"}
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/x-www-form-urlencoded; charset=UTF-8", 200),
        ('application/x-www-form-urlencoded;charset="utf-8"', 200),
        ("application/x-www-form-urlencoded; charset=gbk", 400),
        ("text/plain", 400),
        ("", 400),
    ],
)
def test_a_form_may_name_its_characters(town: SmallCity, client: Client, kind: str, status: int) -> None:
    made = client.post("/open311/v2/requests.xml", urlencode(LIGHT), content_type=kind)

    assert (made.status_code, made["Content-Type"]) == (status, "text/xml; charset=utf-8")
    fits(said(made), schema.MADE if status == 200 else schema.ERRORS)
    assert Case.objects.count() == (status == 200)


@pytest.mark.parametrize("form", FORMATS)
def test_a_jurisdiction_is_left_out_or_one_of_ours(town: SmallCity, client: Client, form: str) -> None:
    for path in ("discovery", "services", "services/city_street-lights", "requests", "servicerequestupdates"):
        answers = [get(client, f"{path}.{form}", jurisdiction_id=one) for one in ("", "jieshou", "341282", "nowhere")]
        assert [one.status_code for one in answers] == [200, 200, 200, 404]
        fits(said(answers[-1]), schema.ERRORS)
        assert "nowhere" in said(answers[-1])[0]["description"]
    sent = post(client, {**LIGHT, "jurisdiction_id": "nowhere"}, f"requests.{form}")
    assert (sent.status_code, Case.objects.count()) == (404, 0)


def test_a_report_takes_a_key_unless_the_city_says_otherwise(
    town: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(client).status_code == 200
    monkeypatch.setattr("huiyin.open311.views.offer", services.offer)

    without = [post(client, path=f"requests.{form}") for form in FORMATS]
    wrong = post(client, {**LIGHT, "api_key": "hy_nobody"})
    right = post(client, {**LIGHT, "api_key": issue(town.users["stranger"], "程序")})

    assert [one.status_code for one in (*without, wrong, right)] == [403, 403, 403, 200]
    for refused in (*without, wrong):
        fits(said(refused), schema.ERRORS)
    assert Case.objects.count() == 2
    assert get(client, "requests.json").status_code == 200


@pytest.mark.parametrize("form", FORMATS)
def test_what_an_address_leaves_out_is_named(town: SmallCity, client: Client, form: str) -> None:
    for thing, named in (("services", "service_code"), ("requests", "service_request_id"), ("tokens", "token")):
        refused = get(client, f"{thing}/.{form}")

        assert refused.status_code == 400
        fits(said(refused), schema.ERRORS)
        assert named in said(refused)[0]["description"]


# Lists


def test_lists_are_narrowed_by_everything_the_standard_names(town: SmallCity, client: Client, at: SetClock) -> None:
    at("2021-01-10 09:00")
    old = reported(client)
    at("2021-02-20 09:00")
    light, road = reported(client), reported(client, service_code="transport_road-repair", **{"attribute[fault]": ""})
    at("2021-03-01 09:00")
    walk(town, light, "accept", "answer_directly")
    at("2021-05-02 09:00")

    def numbers(**query: str) -> list[str]:
        return [one["service_request_id"] for one in get(client, "requests.json", **query).json()]

    assert numbers() == [road, light]
    assert numbers(start_date="", status="", service_code="") == [road, light]
    assert numbers(service_code="transport_road-repair,none") == [road]
    assert numbers(service_code="none") == []
    assert numbers(status="closed") == [light]
    assert numbers(status="open,CLOSED") == [road, light]
    assert numbers(start_date="2021-01-01T00:00:00Z", end_date="2021-02-01T00:00:00Z") == [old]
    assert numbers(start_date="2021-01-01T00:00:00Z") == [road, light, old]
    assert numbers(end_date="2021-02-20T00:30:00 08:00") == [old]
    assert numbers(service_request_id=f"{old}, {road},000000-000000-0", status="closed") == [road, old]
    assert numbers(updated_after="2021-02-28T00:00:00+08:00") == [light]
    assert numbers(page="2", page_size="1") == [light]
    assert numbers(page="3", page_size="1") == []


@pytest.mark.parametrize(
    "query",
    [{"status": "lost"}, {"start_date": "yesterday"}, {"end_date": "9999-12-31T23:59:59-23:00"}, {"page": "-1"},
     {"page_size": "5000"}, {"start_date": "2021-01-01T00:00:00Z", "end_date": "2021-05-01T00:00:00Z"},
     {"service_request_id": ",".join(["1"] * 201)}, {"page": "９"}],
)  # fmt: skip
def test_a_question_that_can_not_be_read_is_refused(town: SmallCity, client: Client, query: dict[str, str]) -> None:
    for form in FORMATS:
        refused = get(client, f"requests.{form}", **query)
        assert refused.status_code == 400
        fits(said(refused), schema.ERRORS)


@pytest.mark.parametrize("name", ["start_date", "end_date", "updated_after", "updated_before"])
@pytest.mark.parametrize("zone", ["+23:59", "-23:59"])
def test_a_time_of_any_zone_can_be_asked_for(town: SmallCity, client: Client, name: str, zone: str) -> None:
    for path in ("requests.json", "servicerequestupdates.json"):
        assert get(client, path, **{name: f"2021-03-01T00:00:00{zone}"}).status_code == 200
        assert get(client, path, **{name: f"0001-01-01T00:00:00{zone}"}).status_code in {200, 400}


@pytest.mark.parametrize("token", ["%00", "%01x", "路灯"])
def test_a_token_that_none_can_be_is_not_there(town: SmallCity, client: Client, token: str) -> None:
    assert get(client, f"tokens/{token}.json").status_code == 404


def test_pages_give_every_request_once_in_as_many_statements_whatever_their_size(
    town: SmallCity, client: Client, at: SetClock
) -> None:
    made = set()
    for minute in range(12):
        at(f"2021-03-02 10:{minute // 2:02}")
        made.add(reported(client))
    made.add(published_letter(town))

    seen: list[str] = []
    lately = requests.Asked(since=clock.now() - timedelta(days=9), until=clock.now())
    for number in range(1, 6):
        page = requests.page(replace(lately, page=number, size=3))
        seen += [one.fields["service_request_id"] for one in page]
    counts = []
    for size in (1, 13):
        with CaptureQueriesContext(connection) as taken:
            requests.page(replace(lately, size=size))
        counts.append(len(taken))

    assert len(seen) == len(made)
    assert set(seen) == made
    assert max(counts) <= 7


# Updates from the reporter's program


def test_the_program_that_sent_a_report_adds_to_it_once_and_no_other_does(town: SmallCity, client: Client) -> None:
    mine, other = issue(town.users["stranger"], "程序"), issue(town.users["auditor"], "别的")
    number = reported(client, api_key=mine)
    more = {"service_request_id": number, "description": "又坏了一盏", "update_id": "77", "status": "OPEN",
            "updated_datetime": "2021-03-02T09:40:00+08:00"}  # fmt: skip

    def add(**over: str) -> Any:
        return post(client, {**more, **over}, "servicerequestupdates.xml")

    assert said(add(api_key=mine)) == said(add(api_key=mine)) == [{"update_id": "77"}]
    assert [add(api_key=other).status_code, add().status_code, add(api_key="hy_x").status_code] == [404, 403, 403]
    assert [add(api_key=mine, description="").status_code, add(api_key=mine, updated_datetime="x").status_code] == [
        400,
        400,
    ]
    statements = [event.kind for event in Case.objects.get(number=number).events.all()]
    assert statements.count("add_statement") == 1
    assert sound(number) == []


def test_a_key_that_only_reads_adds_nothing(town: SmallCity, client: Client) -> None:
    reads = issue(town.users["operator"], "读", scopes=[policies.READ_ALL])
    acts = issue(town.users["operator"], "办", scopes=[policies.READ_ALL, policies.TAKE_IN])
    number = reported(client, api_key=reads)

    def add(key: str) -> int:
        more = {"service_request_id": number, "description": "又坏了一盏", "api_key": key}
        status: int = post(client, more, "servicerequestupdates.json").status_code
        return status

    assert [add(reads), add(acts)] == [403, 200]


def test_pages_of_other_places_may_read_refusals_too(client: Client, town: SmallCity) -> None:
    answers = [
        get(client, "requests/x.json"), get(client, "services.html"), client.delete("/open311/v2/requests.json"),
        get(client, "nothing/here"), get(client, "services.json"),
    ]  # fmt: skip

    assert [one.status_code for one in answers] == [404, 404, 405, 404, 200]
    assert {one["Access-Control-Allow-Origin"] for one in answers} == {"*"}


def test_an_unreadable_body_is_an_error_and_no_fault(town: SmallCity, client: Client) -> None:
    broken = client.post("/open311/v2/requests.xml", b"--x\r\n", content_type="multipart/form-data; boundary=x")
    nul = post(client, {**LIGHT, "description": "坏\x00"})
    odd = client.post(
        "/open311/v2/requests.json", b"service_code=%ff%fe&lat=1&long=%ed%a0%80",
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    gbk = client.post(
        "/open311/v2/requests.json", urlencode(LIGHT, encoding="gb18030"),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert [one.status_code for one in (broken, nul, odd, gbk)] == [400] * 4
    assert Case.objects.count() == 0
