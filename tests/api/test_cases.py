"""Cases over HTTP: intake, reading, worklists, actions, and how each refusal answers."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.tokens import issue
from huiyin.cases.enums import Kind
from huiyin.cases.models import Case, Event
from tests.api.callers import Api, as_persona
from tests.factories.cases import case_in, take_in, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

BODY = {"body": "路灯坏了三天，晚上看不见路。", "kind": "help", "area": "341282002"}


@pytest.fixture
def visitor(client: Client) -> Api:
    return Api(client)


def test_anyone_takes_a_matter_in_and_follows_it_by_its_code(hotline: SmallCity, client: Client, visitor: Api) -> None:
    made = visitor.post("/cases", BODY)
    assert made.status_code == 201
    number, code = made.json()["number"], made.json()["access_code"]

    mine = Api(client, **{"X-Access-Code": code})
    read = mine.get(f"/cases/{number}")

    assert read.status_code == 200
    assert read["ETag"] == '"1"'
    told = read.json()
    assert (told["state"], told["kind"], told["area"], told["channel"]) == ("received", "help", "341282002", "api")
    assert [action["name"] for action in told["actions"]] == ["add_statement"]
    events = mine.get(f"/cases/{number}/events").json()
    assert events["chain_intact"] is True
    assert events["events"][0]["texts"][0]["text"] == BODY["body"]
    assert events["events"][0]["actor"] == ""


def test_the_same_key_makes_one_case_and_tells_no_second_code(hotline: SmallCity, visitor: Api) -> None:
    first = visitor.post("/cases", BODY, Idempotency_Key="k1")
    again = visitor.post("/cases", BODY, Idempotency_Key="k1")
    other = visitor.post("/cases", {**BODY, "body": "别的事。"}, Idempotency_Key="k1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json()["number"] == first.json()["number"]
    assert again.json()["access_code"] is None
    unguessable = "3f0c9f0e-8d0e-4c2e-9d57-7f2a"
    lost, found = (visitor.post("/cases", BODY, Idempotency_Key=unguessable) for _ in range(2))
    assert (lost.status_code, found.status_code) == (201, 200)
    assert found.json()["access_code"] == lost.json()["access_code"] is not None
    assert other.json()["code"] == "idempotency_key_reused"
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"body": ""}, "body"),
        ({"body": "好", "kind": "rant"}, "given.kind"),
        ({"body": "好", "area": "999"}, "area"),
        ({"body": "好", "category": "jieshou/none.such"}, "category"),
        ({}, "given.body"),
        ({"body": "好", "requester": {"name": "何\x00"}}, "name"),
        ({"body": "好", "requester": {"phone": "139\x00"}}, "phone"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(
    hotline: SmallCity, visitor: Api, data: dict[str, Any], field: str
) -> None:
    refused = visitor.post("/cases", data)

    assert refused.status_code == 422
    assert refused["Content-Type"].startswith("application/problem+json")
    assert field in [wrong["field"] for wrong in refused.json()["fields"]]
    assert not Case.objects.exists()


def test_only_an_operator_registers_another_channel(hotline: SmallCity, client: Client, visitor: Api) -> None:
    assert visitor.post("/cases", {**BODY, "channel": "phone"}).status_code == 403
    made = as_persona(client, hotline, "operator").post("/cases", {**BODY, "channel": "phone"})
    assert made.status_code == 201
    assert Case.objects.get().channel == "phone"


def test_without_or_with_a_wrong_token_nobody_is_let_in(hotline: SmallCity, client: Client, visitor: Api) -> None:
    missing = visitor.get("/cases")
    wrong = Api(client, Authorization="Bearer hy_nothing").get("/cases")
    wrong_at_a_public_door = Api(client, Authorization="Bearer hy_nothing").post("/cases", BODY)

    assert [r.status_code for r in (missing, wrong, wrong_at_a_public_door)] == [401, 401, 401]
    assert missing["WWW-Authenticate"] == "Bearer"
    assert wrong.json()["code"] == "token_invalid"


def test_a_strange_case_is_not_found_whoever_asks(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)

    stranger = as_persona(client, hotline, "stranger").get(f"/cases/{number}")
    other_unit = as_persona(client, hotline, "renzhai_clerk").get(f"/cases/{number}")
    wrong_code = Api(client, **{"X-Access-Code": "AAAAAAAAAA"}).get(f"/cases/{number}")
    no_number = as_persona(client, hotline, "operator").get("/cases/not-a-number")

    assert [r.status_code for r in (stranger, other_unit, wrong_code, no_number)] == [404] * 4


def test_an_accusation_taken_in_by_the_api_is_hidden_from_the_desk(hotline: SmallCity, client: Client) -> None:
    alleged = {"title": "收好处", "body": "有人收好处", "allegation": "wrongdoing", "respondent_unit": "transport"}
    number = Api(client).post("/cases", alleged).json()["number"]

    desk, officer = (as_persona(client, hotline, who) for who in ("supervisor", "case_officer"))
    for answer in (desk.get(f"/cases/{number}"), desk.post(f"/cases/{number}/actions/accept", {})):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_case")
    assert number not in {row["number"] for row in desk.get("/cases", view="all").json()["items"]}
    assert officer.get(f"/cases/{number}").json()["state"] == "received"
    taken = officer.post(f"/cases/{number}/actions/take_over", {})
    assert taken.json()["state"] == "in_examination"
    refused = Api(client).post("/cases", alleged | {"respondent_unit": None})
    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "respondent_unit")


def test_an_action_moves_the_case_and_a_stale_version_is_told_what_changed(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator")

    done = operator.post(f"/cases/{number}/actions/accept", {"given": {}}, If_Match='"1"')
    late = operator.post(f"/cases/{number}/actions/accept", {"given": {}}, If_Match='"1"')

    assert done.status_code == 200
    assert (done.json()["state"], done["ETag"]) == ("accepted", '"2"')
    assert late.status_code == 412
    assert late.json()["code"] == "changed_meanwhile"
    assert late.json()["facts"]["changed"][0]["action"] == "accept"


def test_a_refused_action_says_the_rule_and_what_to_do(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_progress", kind=Kind.HELP)
    walk(hotline, number, "add_assist")
    clerk = as_persona(client, hotline, "transport_clerk")

    result = {"claim": "solved", "reply": "好了", "evidence": "照片"}
    refused = clerk.post(f"/cases/{number}/actions/complete", {"given": result})
    not_yours = clerk.post(f"/cases/{number}/actions/escalate", {"given": {"explanation": "难"}})
    unknown = clerk.post(f"/cases/{number}/actions/explode", {"given": {}})

    assert refused.status_code == 409
    assert refused.json()["code"] == "helpers_open"
    assert {"rule", "do"} <= refused.json().keys()
    assert not_yours.status_code == 403
    assert unknown.json()["code"] == "unknown_action"
    assert Case.objects.get(number=number).version == Event.objects.filter(case__number=number).count() == 6


def test_an_action_repeated_with_its_key_is_done_once(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator")

    answers = [operator.post(f"/cases/{number}/actions/accept", {"given": {}}, Idempotency_Key="a") for _ in range(2)]

    assert [a.status_code for a in answers] == [200, 200]
    assert answers[1].json()["version"] == 2


def test_pages_follow_each_other_without_gap_or_overlap(hotline: SmallCity, client: Client) -> None:
    numbers = {take_in(hotline) for _ in range(7)}
    operator = as_persona(client, hotline, "operator")

    for view in ("hotline.received", "open", "all"):
        seen: list[str] = []
        cursor = ""
        while True:
            page = operator.get("/cases", view=view, limit="3", cursor=cursor).json()
            seen += [item["number"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        assert len(seen) == 7
        assert set(seen) == numbers


def test_views_count_what_they_list(hotline: SmallCity, client: Client) -> None:
    take_in(hotline)
    case_in(hotline, "accepted")
    case_in(hotline, "dispatched")

    desk = {v["name"]: v["count"] for v in as_persona(client, hotline, "operator").get("/views").json()}
    unit = {v["name"]: v["count"] for v in as_persona(client, hotline, "transport_clerk").get("/views").json()}

    assert (desk["hotline.received"], desk["hotline.accepted"], desk["open"], desk["all"]) == (1, 1, 3, None)
    assert (unit["unsigned"], unit["open"], unit["overdue"]) == (1, 1, 0)
    assert as_persona(client, hotline, "auditor").get("/views").json() == []


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "5000"}, {"cursor": "%%%"}, {"kind": "rant"}, {"area": "x"}, {"unit": "\x00"}]
)
def test_a_list_refuses_what_it_cannot_read(hotline: SmallCity, client: Client, query: dict[str, str]) -> None:
    assert as_persona(client, hotline, "operator").get("/cases", **query).status_code == 422


def test_a_view_that_is_not_yours_is_not_found(hotline: SmallCity, client: Client) -> None:
    assert as_persona(client, hotline, "transport_clerk").get("/cases", view="hotline.received").status_code == 404


def test_a_scoped_token_can_do_no_more_than_its_scopes(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    reading = Api(client, Authorization=f"Bearer {issue(hotline.users['operator'], '试', ['cases:case:read_all'])}")

    assert reading.get(f"/cases/{number}").status_code == 200
    assert reading.post(f"/cases/{number}/actions/accept", {"given": {}}).status_code == 403


def test_refusals_speak_the_language_asked_for(hotline: SmallCity, client: Client) -> None:
    english = Api(client, **{"Accept-Language": "en"}).get("/cases")
    chinese = Api(client).get("/cases")

    assert english.json()["title"] == "A token is needed."
    assert chinese.json()["title"] == "需要令牌。"


def test_the_list_costs_the_same_for_ten_rows_and_for_fifty(hotline: SmallCity, client: Client) -> None:
    operator = as_persona(client, hotline, "operator")
    counts = []
    for many in (10, 50):
        while Case.objects.count() < many:
            take_in(hotline)
        operator.get("/cases", view="open")
        with CaptureQueriesContext(connection) as taken:
            page = operator.get("/cases", view="open").json()
        assert len(page["items"]) == many
        counts.append(len(taken))

    assert counts[0] == counts[1]
    assert 1 < counts[1] <= 6


@pytest.mark.parametrize(
    "given",
    [
        '{"\\ud800": 1}',
        '{"statement": "\\ud800"}',
        '{"statement": 1.0}',
        '{"statement": ' + "[" * 500 + "]" * 500 + "}",
    ],
)
def test_input_that_can_not_be_kept_is_answered_with_422(hotline: SmallCity, client: Client, given: str) -> None:
    number = take_in(hotline)
    operator, written = as_persona(client, hotline, "operator"), Event.objects.count()

    answer = client.post(
        f"/api/v1/cases/{number}/actions/add_statement", f'{{"given": {given}}}', content_type="application/json",
        headers={**operator.headers, "Idempotency-Key": "k"},
    )  # fmt: skip

    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (422, "application/problem+json")
    assert Event.objects.count() == written


def test_an_address_of_a_requester_with_nul_is_answered_with_422(hotline: SmallCity, client: Client) -> None:
    body = {"body": "路灯", "requester": {"name": "何立秋", "address": "\x00"}}

    answer = Api(client).post("/cases", body)

    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "address")
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("seal", {"lead": "discipline", "respondent_unit": "transport", "reason": "收钱"}),
        ("step_aside", {"reason": "与当事人是亲属"}),
    ],
)
def test_whoever_may_no_longer_know_of_a_case_is_told_that_it_is_done_and_no_more(
    hotline: SmallCity, client: Client, action: str, given: dict[str, Any]
) -> None:
    number = case_in(hotline, "accepted")
    caller, path = as_persona(client, hotline, "dispatcher"), f"/cases/{number}/actions/{action}"

    for _ in range(2):
        done = caller.post(path, {"given": given}, Idempotency_Key="k1")
        assert (done.status_code, done.content, done.has_header("ETag")) == (204, b"", False)

    assert caller.post(path, {"given": given}, Idempotency_Key="k2").status_code == 404
    assert caller.get(f"/cases/{number}").status_code == 404
    assert Event.objects.filter(kind=action).count() == 1
