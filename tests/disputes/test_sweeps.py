"""Sweeps: who has reported, what was found, and early warnings."""

from datetime import date

import pytest
from django.test import Client

from huiyin.access import tokens
from huiyin.audit.models import Entry
from huiyin.cases.enums import IssueStatus
from huiyin.cases.models import Case, Category, HotIssue, Order, Publication, Reading
from huiyin.cases.services.open import open_case
from huiyin.cases.services.publish import publish
from huiyin.disputes import sweeps
from huiyin.disputes.grading import Level, Span, span_of
from huiyin.disputes.ruled import rule_on
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from tests.conftest import SetClock
from tests.disputes.world import found
from tests.factories.cases import opening, publish_rules
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
VILLAGE = "341282202201"


@pytest.fixture
def town(city: SmallCity, at: SetClock) -> SmallCity:
    """The small city on the last day of a sweep of villages."""
    at("2021-03-15 09:30")
    publish_rules()
    return city


def span(level: Level) -> Span:
    """The sweep that runs."""
    row = rule_on(clock.today()).sweep_of(level)
    assert row is not None
    return span_of(row, clock.today())


def test_what_was_found_is_counted_and_nothing_found_is_a_report_too(town: SmallCity, at: SetClock) -> None:
    found(town)
    made = sweeps.report(actor=town.renzhai_clerk, level="village", area=VILLAGE, first="2021-03-01")
    assert made.found == 1

    at("2021-03-31 18:00")
    zero = sweeps.report(actor=town.renzhai_clerk, level="village", area=VILLAGE, first="2021-03-16")
    assert zero.found == 0


def test_who_has_not_reported_stands_first_and_is_late_after_the_day(town: SmallCity, at: SetClock) -> None:
    at("2021-04-03 18:00")
    sweeps.report(actor=town.xicheng_clerk, level="township", area="341282002", first="2021-03-01")
    at("2021-04-04 08:00")
    march = span_of(rule_on(date(2021, 3, 1)).sweep_of(Level.TOWNSHIP), date(2021, 3, 1))  # type: ignore[arg-type]
    seen = sweeps.sweep(town.governance_officer, Level.TOWNSHIP, march)

    assert [(line.area.code, line.late) for line in seen.lines] == [("341282202", True), ("341282002", False)]
    assert (seen.reported, seen.zero) == (1, 1)


def test_a_sweep_is_reported_once_and_not_before_it_is_over(town: SmallCity) -> None:
    with pytest.raises(Refused) as early:
        sweeps.report(actor=town.renzhai_clerk, level="township", area="341282202", first="2021-03-01")
    sweeps.report(actor=town.renzhai_clerk, level="village", area=VILLAGE, first="2021-03-01")
    with pytest.raises(Refused) as twice:
        sweeps.report(actor=town.governance_officer, level="village", area=VILLAGE, first="2021-03-01")

    assert (early.value.code, twice.value.code) == ("sweep_not_over", "reported_already")


def test_a_town_sees_and_reports_its_own_area_alone(town: SmallCity) -> None:
    found(town)
    with pytest.raises(NotAllowed):
        sweeps.report(actor=town.xicheng_clerk, level="village", area=VILLAGE, first="2021-03-01")

    assert [line.area.code for line in sweeps.sweep(town.renzhai_clerk, Level.VILLAGE, span(Level.VILLAGE)).lines] == [
        VILLAGE
    ]
    assert sweeps.findings(town.xicheng_clerk, span(Level.VILLAGE)) == []
    assert len(sweeps.findings(town.renzhai_clerk, span(Level.VILLAGE))) == 1
    with pytest.raises(NotAllowed):
        sweeps.sweep(town.operator, Level.VILLAGE, span(Level.VILLAGE))


def test_a_button_says_what_the_report_counts_also_of_what_the_reader_may_not_know(
    town: SmallCity, client: Client
) -> None:
    number = found(town)
    Case.objects.filter(number=number).update(confidentiality="restricted", respondent_unit="renzhai")
    Order.objects.all().delete()
    (line,) = sweeps.sweep(town.renzhai_clerk, Level.VILLAGE, span(Level.VILLAGE)).lines
    assert sweeps.findings(town.renzhai_clerk, span(Level.VILLAGE)) == []

    client.force_login(town.users["renzhai_clerk"])
    page = client.get(f"/desk/disputes/?level=village&area={VILLAGE}&grade=green").content.decode()
    made = sweeps.report(actor=town.renzhai_clerk, level="village", area=VILLAGE, first="2021-03-01")

    assert made.found == line.total == 1
    assert "另有1件" in page
    Case.objects.update(confidentiality="sealed")
    assert sweeps.registered(span(Level.VILLAGE)).total() == 0


def test_the_sweep_that_runs_is_reported_though_the_cycle_changed_within_it(town: SmallCity, at: SetClock) -> None:
    text = Publication.objects.get(key="jieshou-grades@1").text.replace("version: 1", "version: 2")
    text = text.replace("2000-01-01", "2021-03-10").replace("village, cycle: half_month", "village, cycle: month")
    publish(actor=town.administrator, sort="grades", text=text, file="", reason="从外壳发布")
    at("2021-03-31 18:00")

    for one in sweeps.spans(Level.VILLAGE):
        made = sweeps.report(actor=town.renzhai_clerk, level="village", area=VILLAGE, first=one.first.isoformat())
        assert (made.first, made.last) == (one.first, one.last)

    with pytest.raises(BadInput):
        sweeps.report(actor=town.renzhai_clerk, level="village", area=VILLAGE, first="2021-03-16")


@pytest.mark.parametrize("first", ["9999-12-31", "0001-01-01", "x"])
def test_a_sweep_that_never_was_is_not_reported(town: SmallCity, first: str) -> None:
    with pytest.raises(BadInput):
        sweeps.report(actor=town.governance_officer, level="village", area=VILLAGE, first=first)


def test_repeat_callers_are_shown_to_the_governance_centre_without_their_name(town: SmallCity) -> None:
    from huiyin.cases.services.open import Requester, open_cases

    Category.objects.create(key="jieshou/noise", scheme="jieshou", name="噪音", level=1, path="噪音")
    who = Requester("何立秋", "13900000001")
    made = open_cases(
        actor=town.operator, openings=[opening(category="jieshou/noise", requester=who, key=f"n{n}") for n in range(3)]
    )

    assert [set(one.numbers) for one in sweeps.warnings(town.governance_officer)] == [{one.number for one in made}]
    assert sweeps.warnings(town.renzhai_clerk) == []


def test_the_page_says_colour_and_word_and_opens_what_it_counts(town: SmallCity, client: Client) -> None:
    number = found(town, money=25)
    client.force_login(town.users["governance_officer"])
    page = client.get("/desk/disputes/?level=village").content.decode()
    assert "橙色（较大）" in page
    assert f"area={VILLAGE}&amp;grade=orange" in page
    assert number in page

    answer = client.post("/desk/disputes/report/", {"level": "village", "first": "2021-03-01", "area": VILLAGE})
    assert answer.status_code == 302
    assert "已报1个" in client.get(answer["Location"]).content.decode()


def test_a_dispute_is_registered_on_a_page_and_its_grade_stands_there(town: SmallCity, client: Client) -> None:
    client.force_login(town.users["renzhai_clerk"])
    said = {"body": "两家为排水沟争吵。", "persons": "12", "found_by": "sweep", "area": VILLAGE, "key": "k" * 24}
    assert client.post("/desk/disputes/new/", {**said, "persons": ""}).status_code == 422

    answer = client.post("/desk/disputes/new/", said, follow=True)

    assert "橙色（较大）" in answer.content.decode()


def test_a_sweep_and_what_was_found_leave_as_files_and_by_api(town: SmallCity, client: Client, at: SetClock) -> None:
    number = found(town)
    client.force_login(town.users["renzhai_clerk"])
    texts = [
        b"".join(client.get(f"/desk/disputes/?format=csv{more}").streaming_content).decode()  # type: ignore[attr-defined]
        for more in ("", "&list=found")
    ]
    assert ["任寨乡" in texts[0], number in texts[1], Entry.objects.filter(action="export_sweep").count()] == [
        True, True, 2,
    ]  # fmt: skip
    heads = {"Authorization": f"Bearer {tokens.issue(town.users['renzhai_clerk'], 'probe')}"}
    told = client.get("/api/v1/disputes/sweeps", headers=heads).json()
    assert [(line["area"], line["found"], line["late"]) for line in told["lines"]] == [
        ("341282202", [{"grade": "green", "count": 1}], False),
    ]  # fmt: skip
    given = {"level": "township", "area": "341282202", "first": told["first"]}
    early = client.post("/api/v1/disputes/sweeps", given, content_type="application/json", headers=heads)
    at(f"{told['last']} 17:00")
    made = client.post("/api/v1/disputes/sweeps", given, content_type="application/json", headers=heads)
    assert (early.status_code, early.json()["code"], made.status_code) == (409, "sweep_not_over", 201)


def test_what_many_people_say_is_a_warning_too_as_far_as_its_reader_may_know(town: SmallCity, client: Client) -> None:
    numbers = [open_case(actor=town.operator, opening=opening()).number for _ in range(3)]
    issue = HotIssue.objects.create(title="公交车不停", people=3, heat=150, created_at=clock.now())
    for number in numbers:
        case = Case.objects.get(number=number)
        Reading.objects.update_or_create(case=case, defaults={"issue": issue, "stored": b""})
    assert [(one.line.issue.pk, one.number in numbers) for one in sweeps.hot(town.governance_officer)] == [
        (issue.pk, True),
    ]  # fmt: skip
    assert sweeps.hot(town.renzhai_clerk) == []
    client.force_login(town.users["governance_officer"])
    assert f"/desk/hot-issues/{issue.pk}/" in client.get("/desk/disputes/").content.decode()

    HotIssue.objects.update(status=IssueStatus.DISMISSED)

    assert sweeps.hot(town.governance_officer) == []
