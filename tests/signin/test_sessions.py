"""Where somebody is signed in: seen by themselves, ended by themselves or by the security officer."""

from datetime import timedelta

import pytest
from django.test import Client

from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.people.models import User
from huiyin.signin import passwords
from huiyin.signin.models import Session
from huiyin.signin.sessions import device_of, handle_of, place_of
from huiyin.signin.store import SEEN_EVERY
from tests.conftest import SetClock
from tests.personas import SmallCity
from tests.signin.conftest import PASSWORD, Person, code_of, enrolled, sign_in, signed_in

pytestmark = pytest.mark.django_db

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (EDGE, "Edge · Windows"), (PHONE, "Safari · iPhone"), ("curl/8.5", ""), ("", ""),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
    ],
)  # fmt: skip
def test_a_device_is_named_in_two_words(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "place"), [("10.3.4.55", "10.3.4.…"), ("2001:db8:1:2::", "2001:0db8:0001:…"), ("", ""), ("socket", "")]
)
def test_a_place_is_an_address_without_its_end(address: str, place: str) -> None:
    assert place_of(address) == place


def test_one_sees_and_ends_ones_own_sessions(person: Person) -> None:
    user, here, phone, other = person("operator"), Client(), Client(headers={"User-Agent": PHONE}), Client()
    for browser in (here, phone, other):
        sign_in(browser, user)

    page = here.get("/account/").content.decode()
    assert page.count("127.0.0.…") == 3
    assert "Safari · iPhone" in page
    assert not any(row.pk in page for row in Session.objects.filter(user=user))

    handle = handle_of(str(phone.session.session_key))
    here.post(f"/account/sessions/{handle}/end/")
    assert [signed_in(browser) for browser in (here, phone, other)] == [True, False, True]

    here.post("/account/sessions/others/end/")
    assert [signed_in(browser) for browser in (here, other)] == [True, False]
    assert Entry.objects.filter(actor=user.key, action="end_session").count() == 2


def test_nobody_ends_anothers_by_knowing_its_name(person: Person, client: Client) -> None:
    other = Client()
    sign_in(other, person("dispatcher"))
    sign_in(client, person("operator"))

    answer = client.post(f"/account/sessions/{handle_of(str(other.session.session_key))}/end/")

    assert answer.status_code == 404
    assert signed_in(other)


def test_the_security_officer_ends_anybodys_and_no_other_officer_does(hotline: SmallCity, person: Person) -> None:
    browser, officer, administrator = Client(), Client(), Client()
    sign_in(browser, person("operator"))
    officer.force_login(hotline.users["security_officer"])
    administrator.force_login(hotline.users["administrator"])

    assert administrator.post("/offices/people/operator/sessions/end/").status_code == 403
    assert signed_in(browser)
    assert "127.0.0.…" in officer.get("/offices/people/operator/").content.decode()
    assert "127.0.0.…" not in administrator.get("/offices/people/operator/").content.decode()
    officer.post("/offices/people/operator/sessions/end/")

    assert not signed_in(browser)


def test_it_is_written_down_now_and_then_that_somebody_is_there(person: Person, client: Client, at: SetClock) -> None:
    begun = at("2021-09-23 09:30")
    user = person("operator")
    sign_in(client, user)

    at("2021-09-23 09:34")
    client.get("/account/")
    assert Session.objects.get(user=user).seen_at == begun

    seen = at("2021-09-23 09:36")
    client.get("/account/")
    row = Session.objects.get(user=user)
    assert (row.since, row.seen_at) == (begun, seen)
    assert timedelta(minutes=5) == SEEN_EVERY
    assert clock.now() == seen


def test_a_changed_password_ends_the_others(person: Person, client: Client) -> None:
    user, other = person("operator"), Client()
    sign_in(client, user)
    sign_in(other, user)
    new = "一年之计在于春一日之计在于晨"

    wrong = client.post("/account/password/", {"old": "不是这个密码", "password": new, "again": new})
    assert (wrong.status_code, signed_in(other)) == (422, True)
    short = client.post("/account/password/", {"old": PASSWORD, "password": "短", "again": "短"})
    assert short.status_code == 422
    client.post("/account/password/", {"old": PASSWORD, "password": new, "again": new})

    assert (signed_in(client), signed_in(other)) == (True, False)
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_password_is_changed_with_a_code_where_there_is_a_second_factor(person: Person, client: Client) -> None:
    user = person("operator")
    enrolled(user)
    client.force_login(user)
    new = {"old": PASSWORD, "password": "一年之计在于春一日之计在于晨", "again": "一年之计在于春一日之计在于晨"}

    assert client.post("/account/password/", new).status_code == 422
    assert client.post("/account/password/", new | {"code": code_of(user)}).status_code == 302


def test_a_password_that_was_changed_meanwhile_is_not_said_to_be_changed(
    person: Person, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = person("operator")
    sign_in(client, user)
    good = passwords.good

    def meanwhile(who: User, password: str) -> None:
        User.objects.filter(pk=who.pk).update(password="elsewhere")
        good(who, password)

    monkeypatch.setattr(passwords, "good", meanwhile)
    new = "一年之计在于春一日之计在于晨"

    answer = client.post("/account/password/", {"old": PASSWORD, "password": new, "again": new})

    assert answer.status_code == 422
    assert "现在的密码不对" in answer.content.decode()
    assert User.objects.get(pk=user.pk).password == "elsewhere"


@pytest.mark.parametrize(
    "asked", ["abc", "?x=1", "x:y", "web:sign-in", "//elsewhere.example/", "/\\elsewhere.example", ""]
)
def test_only_addresses_of_this_house_are_followed(person: Person, client: Client, asked: str) -> None:
    user = person("operator")

    for address in ("/language/", "/look/"):
        assert client.post(address, {"next": asked}).headers["Location"] == "/"
    assert sign_in(client, user, to=asked) == "/desk/"
    assert client.get("/sign-in/", {"next": asked}).headers["Location"] == "/desk/"

    enrolled(user)
    browser = Client()
    sign_in(browser, user, to=asked)
    assert browser.post("/sign-in/code/", {"code": code_of(user)}).headers["Location"] == "/desk/"


def test_who_is_signed_in_is_not_led_round_in_a_ring(person: Person, client: Client) -> None:
    sign_in(client, person("operator"))

    assert client.get("/sign-in/?next=/sign-in/").headers["Location"] == "/desk/"
    assert client.get("/sign-in/?next=/desk/new/").headers["Location"] == "/desk/new/"


def test_whose_session_ended_on_a_page_is_told_so_and_comes_back_to_it(client: Client) -> None:
    page = "/desk/cockpit/?call=x"

    for header, said in (("HX-Request", "true"), ("X-Requested-With", "fetch")):
        assert client.get("/desk/cockpit/news/", headers={header: said}).status_code == 401
    in_an_app = client.get("/desk/", headers={"X-Requested-With": "com.tencent.mm"})
    assert (in_an_app.status_code, in_an_app["Location"]) == (302, "/sign-in/?next=/desk/")
    back = client.post("/desk/cockpit/seat/", headers={"Referer": f"http://testserver{page}"})
    assert (back.status_code, back["Location"]) == (302, "/sign-in/?next=%2Fdesk%2Fcockpit%2F%3Fcall%3Dx")
    elsewhere = client.post("/desk/cockpit/seat/", headers={"Referer": "http://example.com/desk/"})
    assert elsewhere["Location"] == "/sign-in/?next=/desk/cockpit/seat/"
    assert client.get(page)["Location"] == f"/sign-in/?next={page.replace('?', '%3F').replace('=', '%3D')}"
