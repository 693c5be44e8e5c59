"""The callback sample on its page: what it gave lately, and a change as a new version of the limits."""

from datetime import date

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.cases import rulebook
from huiyin.cases.models import Case, Publication
from huiyin.kernel.errors import HuiyinError
from huiyin.offices import samples
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

GIVEN = {"help": 50, "complaint": 100, "suggestion": 100, "report": 100, "praise": 0, "other": 100}


def test_what_is_expected_is_counted_by_kind_from_the_last_thirty_days(hotline: SmallCity) -> None:
    for kind in ("help", "help", "praise"):
        Case.objects.filter(number=case_in(hotline, "received")).update(kind=kind)
    kept = case_in(hotline, "received")
    Case.objects.filter(number=kept).update(kind="help", confidentiality="sealed")
    procedure, policy = samples.sampled()

    rows = {row.kind: row for row in samples.expected(procedure, policy, GIVEN)}

    assert (rows["help"].received, rows["help"].called, rows["help"].then) == (2, 2.0, 1.0)
    assert (rows["praise"].share, rows["praise"].called, rows["praise"].then) == (20, 0.2, 0.0)


def test_another_sample_is_a_new_version_of_the_limits(hotline: SmallCity) -> None:
    _procedure, policy = samples.sampled()
    row = samples.publish(hotline.administrator, policy, GIVEN, since=date(2021, 3, 3), source="界政办〔2021〕6号")

    after = rulebook.limit_policy(row.key)
    assert (row.key, row.since) == ("jieshou-hotline@2", date(2021, 3, 3))
    assert {kind: samples.share_of(after, kind, "normal") for kind in GIVEN} == GIVEN
    assert after.limits == policy.limits
    assert sum(after.calls_back(f"21030{n:05}", "help", "normal") for n in range(1000)) in range(440, 560)
    assert Entry.objects.get().subject == "rules:jieshou-hotline@2"


def test_only_the_administrator_changes_it(hotline: SmallCity) -> None:
    _procedure, policy = samples.sampled()
    for who in ("supervisor", "callback_clerk", "auditor", "security_officer"):
        with pytest.raises(HuiyinError) as caught:
            samples.publish(getattr(hotline, who), policy, GIVEN, since=date(2021, 3, 3), source="试")
        assert caught.value.code == "not_allowed"
    assert not Publication.objects.filter(name=policy.name, version=2).exists()


def test_from_the_expected_size_to_the_published_rule_on_the_page(hotline: SmallCity) -> None:
    for _ in range(4):
        Case.objects.filter(number=case_in(hotline, "received")).update(kind="help")
    browser = Client()
    browser.force_login(hotline.users["administrator"])
    given = {**GIVEN, "since": "2021-03-03", "source": "界政办〔2021〕6号"}

    shown = browser.post("/offices/sample/", given | {"do": "preview"}).content.decode()
    assert "回访约4件，改后约2件" in shown
    done = browser.post("/offices/sample/", given | {"do": "publish"})
    assert done["Location"] == "/offices/limits/jieshou-hotline@2/?done=1#samples"

    assert browser.post("/offices/sample/", given | {"help": 101, "do": "preview"}).status_code == 422
    assert browser.post("/offices/sample/", given | {"since": "2021-03-01", "do": "preview"}).status_code == 409
    browser.force_login(hotline.users["callback_clerk"])
    assert browser.get("/offices/sample/").status_code == 200
    assert browser.post("/offices/sample/", given).status_code == 403


def test_without_rules_there_is_no_sample(client: Client, city: SmallCity) -> None:
    client.force_login(city.users["administrator"])
    assert client.get("/offices/sample/").status_code == 404
    for path in ("", "procedures/", "limits/", "units/", "duties/", "calendar/"):
        assert client.get(f"/offices/{path}").status_code == 200, f"{path} with nothing in it"
