"""The second factor: set up, asked for, taken once, lost; and who must have one."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from huiyin.access import limits
from huiyin.audit.models import Entry
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, TooMany
from huiyin.offices import people
from huiyin.people.models import Posting
from huiyin.people.rewrapping import rewrap
from huiyin.signin import second_factor
from huiyin.signin.models import RecoveryCode, SecondFactor, Session
from huiyin.vault.keyring import keyring
from tests.personas import SmallCity
from tests.signin.conftest import PASSWORD, Person, code_of, enrolled, letters_of, shown_codes, sign_in, signed_in

pytestmark = pytest.mark.django_db

OTHER = "一年之计在于春一日之计在于晨"


def refused(does: object, *args: object, **given: object) -> str:
    with pytest.raises(HuiyinError) as caught:
        does(*args, **given)  # type: ignore[operator]
    return caught.value.code


def test_somebody_sets_it_up_and_signs_in_with_it(person: Person, client: Client) -> None:
    user = person("operator")
    assert sign_in(client, user) == "/desk/"

    client.post("/sign-in/enrol/", {"step": "begin"})
    page = client.get("/sign-in/enrol/").content.decode()
    assert "data:image/svg+xml" in page
    assert letters_of(user) in page
    wrong = client.post("/sign-in/enrol/", {"code": "000000" if code_of(user) != "000000" else "111111"})
    assert (wrong.status_code, second_factor.has(user)) == (422, False)
    done = client.post("/sign-in/enrol/", {"code": code_of(user, -1)})
    assert (len(shown_codes(done.content.decode())), second_factor.has(user)) == (10, True)

    browser = Client()
    assert sign_in(browser, user, to="/desk/new/") == "/sign-in/code/"
    assert not signed_in(browser)
    assert browser.post("/sign-in/code/", {"code": code_of(user)}).headers["Location"] == "/desk/new/"
    assert signed_in(browser)
    last = Entry.objects.filter(actor=user.key, action="sign_in").latest("pk")
    assert last.detail == '{"by":"code"}'


def test_a_code_is_taken_once(person: Person) -> None:
    user = person("operator")
    enrolled(user)
    code = code_of(user)

    assert second_factor.prove(user, f"{code[:3]} {code[3:]}") == "code"
    assert refused(second_factor.prove, user, code) == "bad_input"
    assert refused(second_factor.prove, user, code_of(user, -1)) == "bad_input"
    assert second_factor.prove(user, code_of(user, 1)) == "code"


def test_a_code_on_paper_is_taken_once_and_new_ones_end_the_old(person: Person, client: Client) -> None:
    user = person("operator")
    first, second, *_more = enrolled(user)

    sign_in(client, user)
    client.post("/sign-in/code/", {"code": first.upper()})
    assert signed_in(client)
    assert refused(second_factor.prove, user, first) == "bad_input"
    assert second_factor.codes_left(user) == 9

    page = client.post("/account/second-factor/", {"step": "renew", "code": code_of(user)}).content.decode()
    fresh = shown_codes(page)
    assert len(fresh) == 10
    assert refused(second_factor.prove, user, second) == "bad_input"
    assert second_factor.prove(user, fresh[0]) == "recovery"


def test_another_has_other_codes(hotline: SmallCity, person: Person) -> None:
    mine = enrolled(person("operator"))
    other = person("dispatcher")
    enrolled(other)

    assert refused(second_factor.prove, other, mine[0]) == "bad_input"
    assert refused(second_factor.prove, person("supervisor"), mine[0]) == "bad_input"


def test_guessing_ends(person: Person, client: Client) -> None:
    user = person("operator")
    enrolled(user)
    sign_in(client, user)

    answers = [client.post("/sign-in/code/", {"code": f"{n:06}"}).status_code for n in range(10)]

    assert set(answers) == {422}
    assert client.post("/sign-in/code/", {"code": code_of(user)}).status_code == 429
    assert not signed_in(client)
    assert Entry.objects.filter(action="sign_in_failed", subject="operator").count() == 10
    limits.forget()
    with pytest.raises(BadInput):
        second_factor.prove(user, "000000" if code_of(user) != "000000" else "111111")
    assert TooMany.status == 429


def test_nothing_is_stored_that_opens_anything(person: Person) -> None:
    user = person("operator")
    codes = enrolled(user)

    row = SecondFactor.objects.get(user=user)
    secret = second_factor._secret(row)

    assert secret not in bytes(row.secret) + bytes(row.key)
    assert not {code.replace("-", "") for code in codes} & set(RecoveryCode.objects.values_list("hashed", flat=True))


def test_a_new_master_key_wraps_it_too(person: Person) -> None:
    user = person("operator")
    enrolled(user)
    keyring().add()

    assert rewrap(SecondFactor, second_factor.owner) == 1
    assert second_factor.prove(user, code_of(user)) == "code"


def test_officers_must_have_one_and_are_not_in_before(person: Person, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "officers"
    user = person("administrator")

    assert sign_in(client, user) == "/sign-in/enrol/"
    assert client.get("/offices/people/").status_code == 302
    client.post("/sign-in/enrol/", {"step": "begin"})
    assert not signed_in(client)
    client.post("/sign-in/enrol/", {"code": code_of(user)})
    assert signed_in(client)
    assert client.get("/offices/people/").status_code == 200

    assert sign_in(Client(), person("operator")) == "/desk/"


def test_who_will_be_an_officer_needs_it_already_and_who_was_one_no_more(
    hotline: SmallCity, person: Person, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "officers"
    later, former = person("stranger"), person("auditor")
    people.grant(
        hotline.security_officer, later, unit="jieshou", role="auditor", since=clock.today() + timedelta(days=3)
    )
    Posting.objects.filter(user=former).update(valid_to=clock.today() - timedelta(days=1))

    assert [second_factor.must_have(user) for user in (later, former)] == [True, False]


def test_an_officer_who_gives_it_up_begins_anew(person: Person, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "officers"
    user = person("auditor")
    enrolled(user)
    sign_in(client, user)
    client.post("/sign-in/code/", {"code": code_of(user)})

    client.post("/account/second-factor/", {"step": "off", "code": code_of(user, 1)})

    assert not signed_in(client)
    assert sign_in(client, user) == "/sign-in/enrol/"


def test_half_a_sign_in_ends_when_the_password_changes_or_the_account_closes(person: Person, client: Client) -> None:
    user = person("operator")
    enrolled(user)
    sign_in(client, user)
    user.set_password(OTHER)
    user.save()
    assert client.post("/sign-in/code/", {"code": code_of(user)}).headers["Location"] == "/sign-in/"

    user = person("operator")
    sign_in(client, user)
    user.is_active = False
    user.save()
    assert client.post("/sign-in/code/", {"code": code_of(user)}).headers["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_nobody_begins_another_with_half_a_sign_in(person: Person, client: Client) -> None:
    user = person("operator")
    enrolled(user)
    before = SecondFactor.objects.get(user=user).pk
    sign_in(client, user)

    assert client.post("/sign-in/enrol/", {"step": "begin"}).status_code == 409
    assert client.post("/sign-in/enrol/", {"code": code_of(user)}).status_code == 409
    assert SecondFactor.objects.get(user=user).pk == before


def test_what_one_session_began_no_other_sees_or_confirms(person: Person, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "officers"
    user, thief = person("administrator"), Client()
    sign_in(thief, user)
    thief.post("/sign-in/enrol/", {"step": "begin"})
    planted, code = letters_of(user), code_of(user)
    assert planted in thief.get("/sign-in/enrol/").content.decode()

    sign_in(client, user)
    page = client.get("/sign-in/enrol/").content.decode()
    assert planted not in page
    assert 'value="begin"' in page
    assert client.post("/sign-in/enrol/", {"code": code}).status_code == 409
    client.post("/sign-in/enrol/", {"step": "begin"})
    assert letters_of(user) != planted
    assert thief.post("/sign-in/enrol/", {"code": code_of(user)}).status_code == 409
    assert letters_of(user) not in thief.get("/sign-in/enrol/").content.decode()
    client.post("/sign-in/enrol/", {"code": code_of(user)})

    assert (signed_in(client), signed_in(thief)) == (True, False)


def test_a_session_that_somebody_else_knew_ends_with_the_password(
    person: Person, client: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "officers"
    user, thief = person("administrator"), Client()
    sign_in(thief, user)
    thief.post("/sign-in/enrol/", {"step": "begin"})
    known = thief.cookies["sessionid"].value
    client.cookies["sessionid"] = known

    sign_in(client, user)

    assert client.cookies["sessionid"].value != known
    assert letters_of(user) not in client.get("/sign-in/enrol/").content.decode()
    assert thief.get("/sign-in/enrol/").headers["Location"] == "/sign-in/"


def test_one_that_was_begun_anew_while_it_was_confirmed_is_not_in_use(
    person: Person, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_FACTOR = "officers"
    user = person("administrator")
    sign_in(client, user)
    client.post("/sign-in/enrol/", {"step": "begin"})
    code, read = code_of(user), second_factor._step

    def meanwhile(row: SecondFactor, typed: str) -> int | None:
        second_factor.begin(user)
        return read(row, typed)

    monkeypatch.setattr(second_factor, "_step", meanwhile)

    assert client.post("/sign-in/enrol/", {"code": code}).status_code == 409
    assert (signed_in(client), second_factor.has(user)) == (False, False)
    assert not RecoveryCode.objects.filter(user=user).exists()
    assert not Entry.objects.filter(action="second_factor_on").exists()


def test_two_confirm_with_one_code_and_the_first_has_it(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("operator")
    which, code, read = second_factor.begin(user), code_of(user), second_factor._step
    first: list[str] = []

    def meanwhile(row: SecondFactor, typed: str) -> int | None:
        step = read(row, typed)
        monkeypatch.setattr(second_factor, "_step", read)
        first.extend(second_factor.confirm(user, which, code))
        return step

    monkeypatch.setattr(second_factor, "_step", meanwhile)

    assert refused(second_factor.confirm, user, which, code) == "second_factor_in_use"
    assert len(first) == 10


def test_giving_it_up_takes_the_very_word(person: Person, client: Client) -> None:
    user = person("operator")
    enrolled(user)
    client.force_login(user)

    for step in ({}, {"step": ""}, {"step": "renewed"}):
        assert client.post("/account/second-factor/", {"code": code_of(user)} | step).status_code == 302
    assert second_factor.has(user)
    client.post("/account/second-factor/", {"step": "off", "code": code_of(user)})
    assert not second_factor.has(user)


def test_an_officers_link_opens_with_their_own_code(hotline: SmallCity, client: Client, person: Person) -> None:
    officer = person("administrator")
    assert refused(people.link, hotline.security_officer, officer) == "second_person"

    (paper, *_more) = enrolled(officer)
    address = f"/password/{people.link(hotline.security_officer, officer)}/"
    new = {"password": OTHER, "again": OTHER}

    assert client.post(address, new).status_code == 422
    assert client.post(address, new | {"code": "123456"}).status_code == 422
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)
    assert client.post(address, new | {"code": paper}).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(OTHER)


def test_no_officer_takes_another_officers_factor_away(hotline: SmallCity, person: Person) -> None:
    officer, clerk = person("administrator"), person("operator")
    enrolled(officer)
    enrolled(clerk)

    assert refused(people.drop_factor, hotline.security_officer, officer, reason="丢了手机") == "second_person"
    assert refused(people.drop_factor, hotline.administrator, clerk, reason="丢了手机") == "not_allowed"
    assert refused(people.drop_factor, hotline.security_officer, clerk, reason=" ") == "bad_input"
    people.drop_factor(hotline.security_officer, clerk, reason="丢了手机")

    assert (second_factor.has(officer), second_factor.has(clerk)) == (True, False)
    assert Entry.objects.latest("pk").action == "second_factor_off"


def test_who_made_a_link_gives_that_account_no_powers(hotline: SmallCity, person: Person) -> None:
    clerk = person("transport_clerk")
    people.link(hotline.security_officer, clerk)

    made = {"unit": "jieshou", "role": "administrator"}
    assert refused(people.grant, hotline.security_officer, clerk, **made) == "second_person"
    people.grant(hotline.security_officer, clerk, unit="transport", role="unit_head")


def test_who_is_given_a_power_signs_in_anew(hotline: SmallCity, person: Person, client: Client) -> None:
    newcomer = person("stranger")
    sign_in(client, newcomer)
    assert signed_in(client)

    people.grant(hotline.security_officer, newcomer, unit="jieshou", role="auditor")

    assert not signed_in(client)
    assert not Session.objects.filter(user=newcomer).exists()
