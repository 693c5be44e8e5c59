"""Units and the responsibility list on their pages: changed from a day on, with a ground, and with what it touches."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.actor import actor_of
from huiyin.audit.models import Entry
from huiyin.cases import catalogue
from huiyin.cases.models import Case, CatalogueEntry, Category
from huiyin.kernel import clock
from huiyin.kernel.errors import HuiyinError
from huiyin.offices import duties, units
from huiyin.org.models import Unit
from huiyin.org.reference import org
from huiyin.org.services import unconfirmed_unit
from huiyin.org.versions import touch
from tests.factories.cases import case_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

TODAY, TOMORROW = date(2021, 3, 2), date(2021, 3, 3)
GROUND = {"source": "界编发〔2021〕3号"}
NEW: dict[str, Any] = {
    "code": "water", "name": "界首市供水公司", "kind": "utility", "level": "county", "parent": "housing", "area": None,
    "short_name": "供水公司", "english_name": "Jieshou Water", "since": TODAY, **GROUND,
}  # fmt: skip
RENAMED: dict[str, Any] = {
    "name": "界首市交通局", "short_name": "交通", "english_name": "", "kind": "department", "on": TOMORROW, **GROUND,
}  # fmt: skip


@pytest.fixture
def listed(hotline: SmallCity) -> SmallCity:
    """The city with two categories, one of them the transport bureau's."""
    Category.objects.create(
        key="jieshou/roads", scheme="jieshou", name="道路", english_name="Roads", level=1, path="道路"
    )
    Category.objects.create(key="jieshou/roads.holes", scheme="jieshou", name="坑洼", english_name="Holes", level=2,
                            path="道路 › 坑洼", parent_id="jieshou/roads")  # fmt: skip
    CatalogueEntry.objects.create(category_id="jieshou/roads", unit_id="transport", valid_from=date(2000, 1, 1),
                                  source="旧清单")  # fmt: skip
    touch(catalogue.CATALOGUE)
    return hotline


def refusal(does: Callable[..., object], *args: Any, **given: Any) -> str:
    """The code of what is raised; nothing may have been written."""

    def stored() -> str:
        return str([list(Unit.objects.order_by("code").values_list()), list(CatalogueEntry.objects.values_list()),
                    Category.objects.count(), Entry.objects.count()])  # fmt: skip

    before = stored()
    with pytest.raises(HuiyinError) as caught:
        does(*args, **given)
    assert stored() == before
    return caught.value.code


def last_entry() -> tuple[str, str, str]:
    entry = Entry.objects.latest("id")
    return entry.action, entry.subject, entry.reason


def test_a_unit_is_added_renamed_moved_and_closed_and_each_is_written_down(hotline: SmallCity) -> None:
    admin = hotline.administrator
    assert units.add(admin, **NEW) == "water"
    assert last_entry() == ("add_unit", "unit:water", "界编发〔2021〕3号")

    units.rename(admin, "water", **(RENAMED | {"name": "界首市水务公司", "kind": "utility"}))
    assert (org().name_of("water", TODAY), org().name_of("water", TOMORROW)) == ("界首市供水公司", "界首市水务公司")

    units.move(admin, "water", parent="transport", **GROUND)
    assert org().units["water"].path == "/jieshou/transport/water/"

    units.close(admin, "water", on=TOMORROW, **GROUND)
    assert not org().units["water"].in_force(TOMORROW + timedelta(days=1))
    written = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert written == ["add_unit", "rename_unit", "move_unit", "close_unit"]


def test_a_moved_unit_takes_all_below_it_along_and_heads_reach_it(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    case = Case.objects.get(number=number)
    head = hotline.users["housing_head"]
    browser = Client()
    browser.force_login(head)
    assert (case.lead_unit_id, browser.get(f"/desk/{number}/").status_code) == ("transport", 404)

    units.move(hotline.administrator, "transport", parent="housing", **GROUND)

    paths = {code: org().units[code].path for code in ("transport", "bus")}
    assert paths == {"transport": "/jieshou/housing/transport/", "bus": "/jieshou/housing/transport/bus/"}
    assert dict(Unit.objects.filter(pk__in=paths).values_list("code", "path")) == paths
    assert browser.get(f"/desk/{number}/").status_code == 200, "who heads the unit above reaches it now"
    assert actor_of(head).may_in("cases:order:approve", paths["bus"])


@pytest.mark.parametrize(
    ("parent", "code"),
    [("jieshou", "same_parent"), ("transport", "under_itself"), ("bus", "under_itself"), ("nowhere", "no_such_unit")],
)
def test_a_unit_never_stands_under_itself(hotline: SmallCity, parent: str, code: str) -> None:
    assert refusal(units.move, hotline.administrator, "transport", parent=parent, **GROUND) == code


def test_only_the_administrator_changes_units_with_a_ground_and_not_backwards(hotline: SmallCity) -> None:
    for who in ("operator", "supervisor", "leader", "security_officer", "auditor", "transport_head", "stranger"):
        actor = getattr(hotline, who)
        assert refusal(units.add, actor, **NEW) == "not_allowed"
        assert refusal(units.rename, actor, "transport", **RENAMED) == "not_allowed"
        assert refusal(units.move, actor, "bus", parent="housing", **GROUND) == "not_allowed"
        assert refusal(units.close, actor, "bus", on=TODAY, **GROUND) == "not_allowed"
    admin, bare = hotline.administrator, {"source": " "}
    assert refusal(units.add, admin, **(NEW | bare)) == "bad_input"
    assert refusal(units.add, admin, **(NEW | {"since": date(2021, 3, 1)})) == "bad_input"
    assert refusal(units.add, admin, **(NEW | {"code": "transport"})) == "bad_input"
    assert refusal(units.close, admin, "bus", on=date(2021, 3, 1), **GROUND) == "bad_input"
    assert refusal(units.move, admin, "bus", parent="housing", **bare) == "bad_input"


def test_what_a_city_would_trip_over_is_not_closed(listed: SmallCity) -> None:
    admin = listed.administrator
    assert refusal(units.close, admin, "transport", on=TODAY, **GROUND) == "has_duties"
    assert refusal(units.close, admin, "discipline", on=TODAY, **GROUND) == "named_in_limits"
    assert refusal(units.close, admin, "renzhai", on=TODAY, **GROUND) == "units_below"
    units.close(admin, "bus", on=TODAY, **GROUND)
    assert refusal(units.close, admin, "bus", on=TODAY, **GROUND) == "closed_already"


def test_what_a_change_touches_is_counted_without_what_is_kept_apart(listed: SmallCity) -> None:
    case_in(listed, "in_progress")
    kept = case_in(listed, "in_progress")
    Case.objects.filter(number=kept).update(confidentiality="restricted")

    found = units.touches(org().units["transport"])

    assert (found.open_led, found.postings, found.below, found.above) == (1, 2, 1, 0)
    assert [duty.category_id for duty in found.duties] == ["jieshou/roads"]
    assert "jieshou-hotline@1" in units.touches(org().units["discipline"]).named_in


def test_an_unconfirmed_unit_is_confirmed_into_another(hotline: SmallCity) -> None:
    met = unconfirmed_unit("某某交通处", "试").pk
    assert units.unconfirmed() == 1

    units.confirm(hotline.administrator, met, into="transport", **GROUND)

    assert (org().current(met), units.unconfirmed()) == ("transport", 0)
    assert last_entry()[0] == "confirm_unit"
    assert refusal(units.confirm, hotline.administrator, met, into=None, **GROUND) == "already_confirmed"


# The responsibility list


def set_to(listed: SmallCity, unit: str, **given: Any) -> None:
    more = {"area": None, "since": TOMORROW, "delegated": False, **GROUND, **given}
    duties.set_duty(listed.administrator, "jieshou/roads", unit=unit, **more)


def test_a_duty_goes_to_another_unit_from_a_day_on(listed: SmallCity) -> None:
    set_to(listed, "housing")

    assert catalogue.duty_unit("jieshou/roads.holes", None, TODAY) == "transport"
    assert catalogue.duty_unit("jieshou/roads.holes", None, TOMORROW) == "housing"
    assert last_entry() == ("set_duty", "category:jieshou/roads", "界编发〔2021〕3号")
    assert [(one.unit_id, one.valid_to) for one in duties.lines(duties.found("jieshou/roads"))] == [
        ("housing", None), ("transport", TODAY),
    ]  # fmt: skip
    code = refusal(set_to, listed, "transport")
    assert code == "duty_not_later"


def test_a_preview_of_the_list_says_what_then_happens(listed: SmallCity) -> None:
    for area in (None, "341282202"):
        number = case_in(listed, "accepted")
        Case.objects.filter(number=number).update(category="jieshou/roads.holes", area=area)
    kept = case_in(listed, "accepted")
    Case.objects.filter(number=kept).update(category="jieshou/roads", confidentiality="sealed")
    roads = duties.found("jieshou/roads")

    everywhere = duties.shifts_if_set(roads, area=None, unit="housing", since=TOMORROW)
    in_town = duties.shifts_if_set(roads, area="341282202", unit="renzhai", since=TOMORROW)
    ended = duties.shifts_if_ended(roads, duties.lines(roads)[0], TODAY)

    assert [(one.before, one.after, one.count) for one in everywhere] == [("transport", "housing", 2)]
    assert [(one.before, one.after, one.count) for one in in_town] == [("transport", "renzhai", 1)]
    assert [(one.before, one.after, one.count) for one in ended] == [("transport", None, 2)]
    set_to(listed, "renzhai", area="341282202")
    assert catalogue.duty_unit("jieshou/roads.holes", "341282202201", TOMORROW) == "renzhai"
    assert catalogue.duty_unit("jieshou/roads.holes", "341282002", TOMORROW) == "transport"


def test_a_line_ends_and_a_category_is_added(listed: SmallCity) -> None:
    entry = CatalogueEntry.objects.get()
    duties.end_duty(listed.administrator, "jieshou/roads", entry.pk, on=TODAY, **GROUND)
    assert catalogue.duty_unit("jieshou/roads", None, TOMORROW) is None
    assert refusal(
        duties.end_duty, listed.administrator, "jieshou/roads", entry.pk, on=TOMORROW, **GROUND
    ) == "ended_already"  # fmt: skip

    named = {"code": "signs", "name": "标志", "english_name": "Signs", **GROUND}
    assert duties.add_category(listed.administrator, "jieshou/roads", **named) == "jieshou/roads.signs"
    assert catalogue.categories()["jieshou/roads.signs"].path == "道路 › 标志"
    for faulty in (
        {},
        {"code": "x", "name": "标志"},
        {"code": "大"},
        {"code": "y", "name": "a › b"},
        {"code": "z" * 80},
    ):
        wanted = {**named, **({"name": "另一个"} if "name" not in faulty and faulty else {}), **faulty}
        assert refusal(duties.add_category, listed.administrator, "jieshou/roads", **wanted) == "bad_input"


def test_only_the_administrator_changes_the_list_and_not_backwards(listed: SmallCity) -> None:
    entry, fits = CatalogueEntry.objects.get().pk, {"area": None, "delegated": False}
    for who in ("operator", "dispatcher", "supervisor", "security_officer", "auditor", "transport_head"):
        actor = getattr(listed, who)
        given: dict[str, Any] = {"unit": "housing", "since": TOMORROW, **fits, **GROUND}
        assert refusal(duties.set_duty, actor, "jieshou/roads", **given) == "not_allowed"
        assert refusal(duties.end_duty, actor, "jieshou/roads", entry, on=TODAY, **GROUND) == "not_allowed"
    wrong: list[dict[str, Any]] = [{"since": date(2021, 3, 1)}, {"unit": "nowhere"}, {"area": "999"}, {"source": " "}]
    for faulty in wrong:
        given = {"unit": "housing", "since": TOMORROW, **fits, **GROUND, **faulty}
        assert refusal(duties.set_duty, listed.administrator, "jieshou/roads", **given) == "bad_input"


# The pages


def test_a_unit_is_kept_on_its_page(listed: SmallCity) -> None:
    browser = Client()
    browser.force_login(listed.users["administrator"])
    page = browser.get("/offices/units/transport/").content.decode()
    assert "道路" in page
    assert "郑春生" in page
    assert "交通运输局" in browser.get("/offices/units/?q=交通").content.decode()
    assert "没有符合的单位" in browser.get("/offices/units/?q=海关").content.decode()

    added = browser.post("/offices/units/new/", NEW | {"area": "", "since": "2021-03-02"})
    assert added["Location"] == "/offices/units/water/?done=added"
    for do, given in (
        ("rename", RENAMED | {"on": "2021-03-03"}), ("move", {"parent": "transport", **GROUND}),
        ("close", {"on": "2021-03-05", **GROUND}),
    ):  # fmt: skip
        done = browser.post("/offices/units/water/", {**given, "do": do})
        assert done["Location"] == f"/offices/units/water/?done={do}", done.content.decode()
    page = browser.get("/offices/units/water/?done=close").content.decode()
    assert page.count("朱守正") >= 4
    assert browser.post("/offices/units/transport/", {"do": "close", "on": "2021-03-05", **GROUND}).status_code == 409
    assert browser.post("/offices/units/transport/", {"do": "rename"}).status_code == 422
    assert browser.post("/offices/units/transport/", {"do": "sell"}).status_code == 422
    assert browser.post("/offices/units/new/", {}).status_code == 422


def test_a_duty_is_kept_on_its_page(listed: SmallCity) -> None:
    number = case_in(listed, "accepted")
    Case.objects.filter(number=number).update(category="jieshou/roads.holes")
    browser = Client()
    browser.force_login(listed.users["administrator"])
    assert "坑洼" in browser.get("/offices/duties/?q=坑").content.decode()
    here = "/offices/duties/jieshou/roads/"
    given = {"unit": "housing", "area": "", "since": "2021-03-03", **GROUND}

    shown = browser.post(here, given | {"do": "preview"})
    assert (shown.status_code, "住房和城乡建设局" in shown.content.decode()) == (200, True)
    assert CatalogueEntry.objects.count() == 1
    assert browser.post(here, given | {"do": "set"})["Location"] == f"{here}?done=set"
    entry = CatalogueEntry.objects.get(unit="housing").pk
    end = {"entry": entry, "on": "2021-03-09", **GROUND}
    assert "清单未列明" in browser.post(here, end | {"do": "preview_end"}).content.decode()
    assert browser.post(here, end | {"do": "end"})["Location"] == f"{here}?done=ended"
    added = {"code": "signs", "name": "标志", "english_name": "Signs", **GROUND, "do": "add"}
    assert browser.post(here, added)["Location"] == "/offices/duties/jieshou/roads.signs/?done=added"
    page = browser.get(here).content.decode()
    assert "朱守正" in page

    assert browser.post(here, {"do": "set"}).status_code == 422
    assert browser.post(here, {"do": "end", "entry": "0", "on": "2021-03-09", **GROUND}).status_code == 404
    assert browser.get("/offices/duties/jieshou/nothing/").status_code == 404


def test_officers_see_people_and_others_who_work_here_do_not(hotline: SmallCity) -> None:
    for who, sees in (("auditor", True), ("security_officer", True), ("operator", False), ("stranger", False)):
        browser = Client()
        browser.force_login(hotline.users[who])
        page = browser.get("/offices/units/transport/").content.decode()
        assert ("郑春生" in page) is sees, who
        assert browser.get("/offices/units/").status_code == 200
        assert browser.get("/offices/duties/").status_code == 200
        assert browser.get("/offices/units/new/").status_code == 403
        assert (
            browser.post("/offices/units/transport/", {"do": "close", "on": clock.today(), **GROUND}).status_code == 403
        )
    assert browser.get("/offices/units/nowhere/").status_code == 404


def test_pages_cost_the_same_however_many_rows(listed: SmallCity) -> None:
    browser = Client()
    browser.force_login(listed.users["administrator"])
    pages = ("units/", "units/transport/", "duties/", "duties/jieshou/roads/", "calendar/", "procedures/", "limits/")

    def cost() -> dict[str, int]:
        found = {}
        for page in pages:
            browser.get(f"/offices/{page}")
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"/offices/{page}").status_code == 200
            found[page] = len([one for one in asked if "revision" not in one["sql"] and "edition" not in one["sql"]])
        return found

    before = cost()
    for n in range(30):
        units.add(listed.administrator, **(NEW | {"code": f"unit-{n}", "name": f"单位{n}", "parent": "transport"}))
        duties.add_category(
            listed.administrator, "jieshou/roads", code=f"c-{n}", name=f"类{n}", english_name=f"C{n}", **GROUND
        )
        duties.set_duty(listed.administrator, f"jieshou/roads.c-{n}", unit="transport", area=None, since=TOMORROW,
                        delegated=False, **GROUND)  # fmt: skip

    assert cost() == before
