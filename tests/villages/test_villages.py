"""One named person for each village: appointed, found by citizens, seen at work."""

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from huiyin.access.tokens import issue
from huiyin.cases.enums import Allegation
from huiyin.cases.models import Case
from huiyin.cases.services.open import Requester
from huiyin.kernel.errors import BadInput, NotAllowed, Refused
from huiyin.org.reference import org
from huiyin.villages import services
from huiyin.villages.models import Post
from huiyin.villages.services import Appointment
from tests.conftest import SetClock
from tests.factories.cases import publish_rules
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
VILLAGE = "341282202201"
OFFICER = Appointment(
    "police", VILLAGE, "常安宁", "任寨派出所", "0558-4812345", date(2021, 1, 1), date(2021, 12, 31), "5、20"
)  # fmt: skip
LAWYER = replace(OFFICER, kind="lawyer", name="言必行", office="界首市正言律师事务所", until=date(2021, 4, 1))


@pytest.fixture
def town(city: SmallCity, at: SetClock) -> SmallCity:
    """The small city on a day in March."""
    at("2021-03-22 09:30")
    publish_rules()
    return city


def appoint(town: SmallCity, said: Appointment = OFFICER) -> Post:
    return services.appoint(actor=town.governance_officer, said=said)


def test_a_new_officer_ends_the_term_of_the_one_before(town: SmallCity) -> None:
    first = appoint(town)
    appoint(town, replace(OFFICER, name="路平", since=date(2021, 3, 1)))

    first.refresh_from_db()
    held = services.holders([org().areas[VILLAGE]])[VILLAGE]
    assert (first.until, held["police"].name) == (date(2021, 2, 28), "路平")


def test_two_people_never_hold_one_post_at_a_time(town: SmallCity) -> None:
    appoint(town)

    with pytest.raises(Refused) as refused:
        appoint(town, replace(OFFICER, since=date(2020, 6, 1)))

    assert refused.value.code == "post_taken"


def test_only_the_governance_centre_appoints(town: SmallCity) -> None:
    with pytest.raises(NotAllowed):
        services.appoint(actor=town.renzhai_clerk, said=OFFICER)


def test_everything_wrong_is_told_at_once(town: SmallCity) -> None:
    wrong = Appointment("mayor", "341282202", "", "", "", date(2021, 1, 1), date(2020, 1, 1), "32")
    with pytest.raises(BadInput) as bad:
        appoint(town, wrong)

    assert {one.field for one in bad.value.fields} == {"kind", "area", "name", "office", "phone", "until", "duty_days"}


def test_villages_without_somebody_and_terms_that_end_soon_stand_first(town: SmallCity, at: SetClock) -> None:
    appoint(town, LAWYER)
    (standing,) = services.standings(town.governance_officer)
    assert (standing.missing, standing.ending) == (["police"], {"lawyer": 10})

    at("2021-04-02 09:30")
    (standing,) = services.standings(town.renzhai_clerk)
    assert standing.missing == ["police", "lawyer"]
    assert services.standings(town.xicheng_clerk) == []
    with pytest.raises(NotAllowed):
        services.standings(town.operator)


def test_being_there_is_recorded_once_by_the_villages_own_town(town: SmallCity) -> None:
    post = appoint(town)
    said = {"post": post.pk, "day": date(2021, 3, 20), "sort": "duty", "people": 7}
    services.record(actor=town.renzhai_clerk, **said)  # type: ignore[arg-type]

    (held,) = services.of_village(town.renzhai_clerk, org().areas[VILLAGE])
    assert (held.owed, held.kept, [one.people for one in held.presences]) == (2, 1, [7])
    with pytest.raises(Refused):
        services.record(actor=town.governance_officer, **said)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        services.record(actor=town.xicheng_clerk, **said)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        services.record(actor=town.renzhai_clerk, post=post.pk, day=date(2021, 3, 23), sort="duty", people=1)


def test_a_predecessors_last_days_are_still_recorded_on_the_page(town: SmallCity, client: Client) -> None:
    before, _now = appoint(town), appoint(town, replace(OFFICER, name="路平", since=date(2021, 3, 20)))
    client.force_login(town.users["renzhai_clerk"])
    said = {"do": "record", "record-post": str(before.pk), "record-day": "2021-03-19", "record-sort": "duty",
            "record-people": "3"}  # fmt: skip

    assert "常安宁 2021-01-01–2021-03-19" in client.get(f"/desk/villages/{VILLAGE}/").content.decode()
    assert client.post(f"/desk/villages/{VILLAGE}/", {**said, "record-day": "2021-03-20"}).status_code == 422
    assert client.post(f"/desk/villages/{VILLAGE}/", said).status_code == 302
    assert before.presences.count() == 1


def test_what_they_take_up_goes_on_as_a_case_and_is_counted(town: SmallCity) -> None:
    post = appoint(town)
    opened = services.refer(
        actor=town.renzhai_clerk, post=post.pk, body="村口路灯坏了半个月。", requester=Requester("何立秋"),
        category=None, key="k" * 24,
    )  # fmt: skip
    again = services.refer(
        actor=town.renzhai_clerk, post=post.pk, body="村口路灯坏了半个月。", requester=Requester("何立秋"),
        category=None, key="k" * 24,
    )  # fmt: skip

    case = Case.objects.get(number=opened.number)
    (standing,) = services.standings(town.governance_officer)
    assert (case.area_id, again.number, standing.referred) == (VILLAGE, opened.number, 1)
    sealed = services.refer(
        actor=town.renzhai_clerk, post=post.pk, body="镇里有人收了好处。", requester=Requester("何立秋"), category=None,
        key="s" * 24, allegation=Allegation.WRONGDOING, respondent="renzhai",
    )  # fmt: skip
    assert Case.objects.get(number=sealed.number).confidentiality == "sealed"
    assert services.standings(town.governance_officer)[0].referred == 1, "nothing counts an accusation"


def test_a_citizen_finds_theirs_by_village(town: SmallCity, client: Client) -> None:
    appoint(town)

    found = client.get("/villages/?q=任寨").content.decode()
    page = client.get(f"/villages/{VILLAGE}/").content.decode()

    assert f"/villages/{VILLAGE}/" in found
    assert "常安宁" in page
    assert "下一次：2021-04-05" in page
    assert "目前空缺" in page
    assert client.get("/villages/341282202/").status_code == 404


def test_the_desk_appoints_records_and_hands_on(town: SmallCity, client: Client) -> None:
    client.force_login(town.users["governance_officer"])
    assert "空缺" in client.get("/desk/villages/").content.decode()
    said = {
        "do": "appoint", "appoint-kind": "police", "appoint-name": "常安宁", "appoint-office": "任寨派出所",
        "appoint-phone": "0558-4812345", "appoint-since": "2021-01-01", "appoint-until": "2021-12-31",
        "appoint-duty_days": "5、20",
    }  # fmt: skip
    address = f"/desk/villages/{VILLAGE}/"
    assert client.post(address, {**said, "appoint-duty_days": "40"}).status_code == 422
    assert "已任命" in client.post(address, said, follow=True).content.decode()

    post = str(Post.objects.get().pk)
    record = {
        "do": "record",
        "record-post": post,
        "record-day": "2021-03-20",
        "record-sort": "duty",
        "record-people": "3",
    }
    assert "有记录1天" in client.post(address, record, follow=True).content.decode()
    refer = {"do": "refer", "refer-post": post, "refer-body": "路灯坏了", "refer-key": "k" * 24}
    assert "路灯坏了" in client.post(address, refer, follow=True).content.decode()

    client.force_login(town.users["xicheng_clerk"])
    assert client.get(address).status_code == 403


def test_the_list_leaves_as_a_file_and_posts_are_public_by_api(town: SmallCity, client: Client) -> None:
    client.force_login(town.users["governance_officer"])
    got = client.get("/desk/villages/?format=csv")
    text = b"".join(got.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff乡镇（街道）,村（社区）,村警,")
    assert "空缺" in text
    appoint(town)

    told = Client().get("/api/v1/villages/posts?q=任寨").json()

    assert [(post["kind"], post["name"]) for one in told for post in one["posts"]] == [("police", OFFICER.name)]


def test_days_are_recorded_and_read_by_api_in_ones_own_town(town: SmallCity, client: Client) -> None:
    appoint(town)
    own, other = (
        {"Authorization": f"Bearer {issue(town.users[who], 'days')}"} for who in ("renzhai_clerk", "xicheng_clerk")
    )
    address = f"/api/v1/villages/{VILLAGE}/days"

    def record(day: str, headers: dict[str, str] = own) -> tuple[int, str]:
        said = {"kind": "police", "day": day, "sort": "duty", "people": 7}
        got = client.post(address, said, content_type="application/json", headers=headers)
        return got.status_code, got.json().get("code", "")

    assert [record(day) for day in ("2021-03-20", "2021-03-20", "2020-12-31", "2021-03-23")] == [
        (201, ""), (409, "recorded_already"), (422, "bad_input"), (422, "bad_input"),
    ]  # fmt: skip
    assert record("2021-03-05", other)[0] == client.get(address, headers=other).status_code == 403
    told = client.get(address, headers=own).json()
    assert [(day["name"], day["day"], day["people"]) for day in told] == [(OFFICER.name, "2021-03-20", 7)]
    for wrong in ("first=2019-01-01", "last=0001-01-01"):
        assert client.get(f"{address}?{wrong}", headers=own).status_code == 422
