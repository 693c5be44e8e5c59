"""What the pages and the shell do, done by API: letters, officers' work, public readings, ratings."""

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.models import Token
from huiyin.access.tokens import actor_of_token
from huiyin.audit.models import Entry
from huiyin.cases.models import Case, Event
from huiyin.cases.services.invite import SALT, rate_link
from huiyin.people.models import User
from tests.api.callers import Api, as_persona
from tests.factories.cases import case_in, take_in, walk
from tests.files.test_services import picture
from tests.letters.test_letters import ANSWERED, go, write
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

LETTER = {"body": "建议给老小区加装电梯。", "addressed_to": "secretary", "publication": True, "kind": "suggestion"}


def test_anybody_writes_to_the_mailbox(hotline: SmallCity, client: Client) -> None:
    made = Api(client).post("/letters", LETTER)

    case = Case.objects.get(number=made.json()["number"])
    assert (made.status_code, case.procedure.partition("@")[0], case.channel) == (201, "mailbox", "mailbox")
    assert case.tally["publication"] == "agreed"


def test_paper_is_registered_with_its_scan_by_whoever_takes_matters_in(hotline: SmallCity, client: Client) -> None:
    operator = as_persona(client, hotline, "operator")
    scan = SimpleUploadedFile("scan.jpg", picture())
    sent = client.post("/api/v1/files", {"file": scan}, headers=operator.headers).json()

    without = operator.post("/letters/paper", LETTER)
    clerk = as_persona(client, hotline, "transport_clerk").post("/letters/paper", LETTER | {"files": [sent["id"]]})
    made = operator.post("/letters/paper", LETTER | {"files": [sent["id"]]})

    assert (without.status_code, without.json()["fields"][0]["field"]) == (422, "files")
    assert (clerk.status_code, made.status_code) == (403, 201)
    assert Case.objects.get().channel == "letter"


def test_answers_given_in_public_are_read_by_anybody(hotline: SmallCity, client: Client) -> None:
    number = write(hotline)
    walk(hotline, number, *go(*ANSWERED, "publish"))

    page, one, none = (Api(client).get(path) for path in ("/answers", f"/answers/{number}", "/answers/210302-000009-9"))

    assert [item["number"] for item in page.json()["items"]] == [number]
    assert (page.json()["next_cursor"], one.json(), none.status_code) == ("", page.json()["items"][0], 404)


def test_what_to_expect_is_told_before_anything_is_sent(hotline: SmallCity, client: Client) -> None:
    told = Api(client).get("/expected-answer", kind="help", urgency="urgent").json()

    assert told["procedure"].startswith("hotline@")
    assert told["clock"]["steps"][0]["kind"] == "start"
    assert told["clock"]["due_at"] > "2021-03-02"
    assert Api(client).get("/expected-answer", kind="rant").status_code == 422
    assert not Case.objects.exists()


def test_rules_are_published(hotline: SmallCity, client: Client) -> None:
    anybody = Api(client)

    keys = [row["key"] for row in anybody.get("/procedures").json()]
    told = anybody.get(f"/procedures/{keys[0]}").json()
    drawn = anybody.get(f"/procedures/{keys[0]}/diagram").json()["mermaid"]

    assert {key.partition("@")[0] for key in keys} == {
        "consult", "dispute", "hotline", "letter", "mailbox", "personal_data", "petition",
    }  # fmt: skip
    assert told["states"]
    assert {move["name"] for move in told["actions"]} >= {"accept"}
    assert drawn.startswith("stateDiagram-v2")
    assert anybody.get("/procedures/none@1").status_code == 404
    days = anybody.get("/workdays", after="2021-09-30", count="1").json()
    assert days["day"] == "2021-10-08"
    assert anybody.get("/workdays", after="1999-12-31", count="1").status_code == 422


def test_units_areas_categories_and_duties_are_read_by_anybody(hotline: SmallCity, client: Client) -> None:
    anybody = Api(client)

    assert {"transport", "hotline"} <= {unit["code"] for unit in anybody.get("/units").json()}
    assert "341282002" in {area["code"] for area in anybody.get("/areas").json()}
    for path in ("/categories", "/duties"):
        assert client.get(f"/api/v1{path}?scheme=%00").status_code == 422
        assert anybody.get(path).status_code == 200


def test_the_contact_is_shown_for_a_reason_and_written_down(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator")

    without = operator.post(f"/cases/{number}/contact", {"reason": " "})
    shown = operator.post(f"/cases/{number}/contact", {"reason": "回电核实"})
    stranger = as_persona(client, hotline, "stranger").post(f"/cases/{number}/contact", {"reason": "回电核实"})

    assert (without.status_code, shown.status_code, stranger.status_code) == (422, 200, 404)
    assert shown.json()["phone"] == "13900000001"
    assert [(e.actor, e.reason) for e in Entry.objects.filter(action="reveal_contact")] == [
        ("user:operator", "回电核实")
    ]


def test_related_matters_are_told(hotline: SmallCity, client: Client) -> None:
    first, second = take_in(hotline), take_in(hotline)
    operator = as_persona(client, hotline, "operator")

    told = operator.get(f"/cases/{second}/related").json()

    assert [one["number"] for one in told["alike"]] == [first]
    assert (told["main"], told["earlier"], told["voices"]) == (None, None, [])


def test_the_no_echo_list_is_told_within_what_one_may_know(hotline: SmallCity, client: Client) -> None:
    take_in(hotline)

    assert as_persona(client, hotline, "operator").get("/echo").json()["without_echo"] == 0
    assert as_persona(client, hotline, "auditor").get("/echo").status_code == 403


def test_an_operator_takes_in_and_accepts_in_one_step(hotline: SmallCity, client: Client) -> None:
    said = {"body": "路灯坏了", "kind": "help", "accept": True}

    refused = Api(client).post("/cases", said)
    made = as_persona(client, hotline, "operator").post("/cases", said | {"channel": "phone"})

    assert refused.status_code == 403
    assert (made.json()["state"], made.json()["version"]) == ("accepted", 2)
    assert Case.objects.count() == 1


def test_an_answer_is_rated_by_the_link_that_was_sent(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_callback")
    token = rate_link(number).rstrip("/").rsplit("/", 1)[-1]
    anybody = Api(client)

    asked = anybody.get(f"/ratings/{token}").json()
    bad = anybody.post(f"/ratings/{token}", {"given": {"solved": "perhaps"}})
    done = anybody.post(f"/ratings/{token}", {"given": {"solved": "yes", "satisfied": "yes"}})
    forged = anybody.get(f"/ratings/{signing.dumps(number, salt=SALT + 'x')}")

    assert {one["name"] for one in asked["action"]["inputs"]} >= {"solved", "satisfied"}
    assert set(asked) == {"title", "action"}
    assert (bad.status_code, done.status_code, forged.status_code) == (422, 204, 404)
    assert Event.objects.filter(kind="rate").count() == 1


def test_a_token_says_whom_it_speaks_for(hotline: SmallCity, client: Client) -> None:
    told = as_persona(client, hotline, "transport_clerk", "cases:case:read_own").get("/me").json()

    assert (told["key"], told["rights"]) == ("user:transport_clerk", ["cases:case:read_own"])
    assert told["postings"] == [{"unit": "transport", "role": "unit_clerk"}]


def test_people_are_listed_for_the_officers_in_pages(hotline: SmallCity, client: Client) -> None:
    officer = as_persona(client, hotline, "security_officer")
    seen: list[str] = []
    cursor = ""
    while True:
        page = officer.get("/people", limit="8", cursor=cursor).json()
        seen += [person["username"] for person in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break

    assert seen == sorted(User.objects.values_list("username", flat=True))
    here = officer.get("/people", unit="transport").json()["items"]
    assert [(p["username"], p["postings"][0]["role"]) for p in here] == [
        ("transport_clerk", "unit_clerk"), ("transport_head", "unit_head"),
    ]  # fmt: skip
    assert as_persona(client, hotline, "operator").get("/people").status_code == 403


def test_one_issues_lists_and_ends_tokens_of_ones_own(hotline: SmallCity, client: Client) -> None:
    me = as_persona(client, hotline, "operator")

    made = me.post("/tokens", {"name": "夜班", "scopes": ["cases:case:read_all"], "days": 7})
    key, text = made.json()["id"], made.json()["text"]
    listed = me.get("/tokens").json()
    ended = me.delete(f"/tokens/{key}")

    assert (made.status_code, [row["name"] for row in listed]) == (201, ["夜班", "试"])
    assert "text" not in listed[0]
    assert (ended.status_code, actor_of_token(text)) == (204, None)
    assert list(Entry.objects.order_by("pk").values_list("action", "subject")) == [
        ("issue_token", "user:operator"), ("revoke_token", "user:operator"),
    ]  # fmt: skip


def test_a_limited_token_makes_no_other(hotline: SmallCity, client: Client) -> None:
    for limited in (
        as_persona(client, hotline, "administrator", "access:token:issue"),
        as_persona(client, hotline, "operator", "cases:case:read_all"),
    ):
        assert limited.post("/tokens", {"name": "更大"}).json()["code"] == "scope_missing"
        assert limited.get("/tokens").json()["code"] == "scope_missing"
    assert Token.objects.count() == 2


def test_officers_issue_and_end_tokens_of_others_within_their_office(hotline: SmallCity, client: Client) -> None:
    person = User.objects.get(username="callback_clerk")
    person.set_password("一个很长的口令串")
    person.save()
    administrator, security, operator = (
        as_persona(client, hotline, who) for who in ("administrator", "security_officer", "operator")
    )

    for_person = administrator.post("/tokens", {"name": "代人", "username": "callback_clerk"})
    for_machine = administrator.post("/tokens", {"name": "接口", "username": "dispatcher"})
    by_stranger = operator.post("/tokens", {"name": "冒充", "username": "dispatcher"})
    unknown = administrator.post("/tokens", {"name": "接口", "username": "nobody"})
    hidden = operator.get("/tokens", username="dispatcher")
    theirs = operator.delete(f"/tokens/{for_machine.json()['id']}")
    ended = security.delete(f"/tokens/{for_machine.json()['id']}")

    codes = [a.status_code for a in (for_person, for_machine, by_stranger, unknown, hidden, theirs, ended)]
    assert codes == [409, 201, 403, 404, 404, 404, 204]
    assert for_person.json()["code"] == "not_a_machine"
    assert Token.objects.filter(user__username="callback_clerk").count() == 0


def test_the_auditor_alone_reads_the_audit_in_pages(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    for reason in ("回电核实", "再次核实", "三次核实"):
        as_persona(client, hotline, "operator").post(f"/cases/{number}/contact", {"reason": reason})
    auditor = as_persona(client, hotline, "auditor")

    first = auditor.get("/audit", limit="2", action="reveal_contact").json()
    rest = auditor.get("/audit", limit="2", action="reveal_contact", cursor=str(first["next_cursor"])).json()

    assert [e["reason"] for e in first["items"] + rest["items"]] == ["三次核实", "再次核实", "回电核实"]
    assert rest["next_cursor"] is None
    assert as_persona(client, hotline, "operator").get("/audit").status_code == 403


def test_the_cases_behind_a_figure_are_listed(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator")

    behind = operator.get("/figures/received/cases", since="2021-03-01", until="2021-03-02")

    assert behind.status_code == 200, behind.json()
    assert [row["number"] for row in behind.json()["items"]] == [number]
    assert operator.get("/figures/none/cases").status_code == 404


def test_whoever_has_the_answer_already_is_told_so(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator")
    for path in (f"/cases/{number}", "/units", "/cases", f"/cases/{number}/events"):
        tag = operator.get(path)["ETag"]

        known = operator.having(If_None_Match=tag).get(path)

        assert (known.status_code, known.content, known["ETag"]) == (304, b"", tag)
    walk(hotline, number, "accept")
    assert operator.having(If_None_Match='"1"').get(f"/cases/{number}").status_code == 200


@pytest.mark.parametrize("tag", ['"x"', "12345678901", '"-1"'])
def test_a_condition_that_is_no_version_is_refused(hotline: SmallCity, client: Client, tag: str) -> None:
    number = take_in(hotline)

    refused = as_persona(client, hotline, "operator").post(f"/cases/{number}/actions/accept", {}, If_Match=tag)

    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "If-Match")
    assert Case.objects.get().version == 1


def test_an_act_repeated_with_key_and_old_version_is_done_once(hotline: SmallCity, client: Client) -> None:
    number = take_in(hotline)
    operator = as_persona(client, hotline, "operator")

    answers = [
        operator.post(f"/cases/{number}/actions/accept", {}, If_Match='"1"', Idempotency_Key="a") for _ in range(2)
    ]

    assert [a.status_code for a in answers] == [200, 200]
    assert Case.objects.get().version == 2


def test_addresses_that_are_not_there_are_answered_with_a_problem(client: Client) -> None:
    answer = Api(client).get("/nothing/here")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")


def test_the_audit_and_people_cost_the_same_whatever_their_number(hotline: SmallCity, client: Client) -> None:
    auditor = as_persona(client, hotline, "auditor")
    counts = []
    for limit in ("1", "20"):
        auditor.get("/me")
        with CaptureQueriesContext(connection) as taken:
            assert auditor.get("/people", limit=limit).status_code == 200
        counts.append(len(taken))

    assert counts[0] == counts[1] == 3
