"""The bureau's form, the portal's, and the pages of a petition."""

import re

import pytest
from django.test import Client

from huiyin.access.actor import requester
from huiyin.cases import story
from huiyin.cases.models import Case
from huiyin.cases.services.open import open_case
from huiyin.cases.web import portal
from huiyin.privacy import retention
from tests.factories.cases import look, opening
from tests.petitions.world import ACCEPTED, DECIDED, REVIEWED, Bureau

pytestmark = pytest.mark.django_db


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    return dict(re.findall(r'name="(key|csrfmiddlewaretoken|begun)"[^>]*value="([^"]*)"', page))


def test_a_visit_is_registered_at_the_bureau_and_the_code_is_told_once(bureau: Bureau, client: Client) -> None:
    client.force_login(bureau.city.users["petition_officer"])
    given = form_of(client.get("/desk/petitions/new/").content.decode()) | {
        "body": "8路车不停靠。", "petition_kind": "grievance", "channel": "counter", "persons": "6", "name": "何立秋",
        "home": "西城街道1号",
    }  # fmt: skip

    refused = client.post("/desk/petitions/new/", given)
    assert refused.status_code == 409
    assert "代表不得超过5人" in refused.content.decode()
    done = client.post("/desk/petitions/new/", given | {"representatives": "5"}, follow=True).content.decode()

    case = Case.objects.get()
    assert case.procedure == "petition@2"
    assert "查询码" in done
    for part in ("申诉求决", "初次信访", "6人次，1批次"):
        assert part in done
    assert "unclear" not in case.tally


def test_an_accusation_shows_number_and_code_once_and_is_gone(bureau: Bureau, client: Client) -> None:
    client.force_login(bureau.city.users["petition_officer"])
    given = form_of(client.get("/desk/petitions/new/").content.decode()) | {
        "body": "反映有人收钱。", "petition_kind": "accusation", "channel": "letter", "persons": "1",
        "respondent_unit": "交通局",
    }  # fmt: skip

    page = client.post("/desk/petitions/new/", given)

    number = Case.objects.get().number
    assert page.status_code == 200
    assert number in page.content.decode()
    assert client.get(f"/desk/{number}/").status_code == 404
    without = client.post("/desk/petitions/new/", given | {"respondent_unit": "", "key": "x" * 20})
    assert without.status_code == 422


def test_a_petition_is_written_on_the_portal(bureau: Bureau, client: Client) -> None:
    page = client.get("/petitions/").content.decode()
    said = {"body": "建议增加一班车。", "petition_kind": "opinion", "name": "何立秋", "home": "西城街道1号"}

    got = client.post("/petitions/", form_of(page) | said)

    assert got.headers["Location"] == "/receipt/"
    assert look(Case.objects.get().number).case.tally["petition_kind"] == "opinion"


def test_another_matter_leads_to_its_petition_and_back(bureau: Bureau, client: Client) -> None:
    call = open_case(actor=bureau.city.operator, opening=opening()).number
    client.force_login(bureau.city.users["petition_officer"])
    assert f"/desk/petitions/new/?from={call}" in client.get(f"/desk/{call}/").content.decode()
    assert call in client.get(f"/desk/petitions/new/?from={call}").content.decode()

    number = bureau.register(first_from=call)

    assert f"/desk/{number}/" in client.get(f"/desk/{call}/").content.decode()
    assert f"/desk/{call}/" in client.get(f"/desk/{number}/").content.decode()


def test_the_pages_of_a_petition_are_there_in_both_languages(bureau: Bureau, client: Client) -> None:
    number = bureau.register()
    bureau.walk(number, *DECIDED)
    client.force_login(bureau.city.users["transport_head"])
    for language, words in (("zh-hans", ("办理时限", "文书")), ("en", ("Time to decide", "Papers"))):
        client.cookies["django_language"] = language
        page = client.get(f"/desk/{number}/", headers={"Accept-Language": language}).content.decode()
        for word in words:
            assert word in page
    kept = retention.class_of(look(number).case)
    assert kept is not None
    assert kept.name == "petitions"


def test_the_bureaus_worklists_hold_petitions_and_no_orders_of_the_hotline(bureau: Bureau, client: Client) -> None:
    bureau.register()
    client.force_login(bureau.city.users["petition_officer"])
    page = client.get("/desk/").content.decode()
    assert "待分办" in page
    assert "待派单" not in page


def test_the_reason_of_an_extension_is_no_answer_and_a_review_is(bureau: Bureau) -> None:
    number = bureau.register()
    bureau.walk(number, *ACCEPTED, "request_extension", "grant_extension")
    told = story.story(requester(number), number)
    assert portal._answer(told) is None
    bureau.walk(number, *REVIEWED[len(ACCEPTED) :])
    answer = portal._answer(story.story(requester(number), number))
    assert answer is not None
    assert answer["text"] == "维持原处理意见"
