"""Accounts and postings: who may, what is kept apart, and what can't be left empty."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huiyin.access.actor import Actor, actor_of
from huiyin.access.models import Token
from huiyin.access.roles import roles
from huiyin.access.tokens import Pass
from huiyin.audit import tokens
from huiyin.audit.models import Entry
from huiyin.cli.people import command
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, HuiyinError, NotFound
from huiyin.offices import people
from huiyin.offices.role_words import WORDS
from huiyin.people.models import Posting, User
from huiyin.people.services import create_user, post
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

GOOD = "三更灯火五更鸡正是读书时"


def person(hotline: SmallCity, username: str = "newcomer") -> User:
    return people.add(hotline.administrator, username=username, name="尤新来")


def written(user: User) -> list[tuple[str, str]]:
    return list(Entry.objects.filter(subject=user.key).order_by("pk").values_list("actor", "action"))


def refusal(does: Callable[..., object], *args: Any, **given: Any) -> str:
    """The code of what is raised; nothing may have been written, not even in the audit."""

    def stored() -> tuple[int, ...]:
        tables = (
            list(User.objects.values_list()),
            list(Posting.objects.values_list()),
            list(Token.objects.values_list()),
        )
        return (Entry.objects.count(), *map(hash, map(str, tables)))

    before = stored()
    with pytest.raises(HuiyinError) as caught:
        does(*args, **given)
    assert before == stored()
    return caught.value.code


def test_an_account_can_do_nothing_until_its_owner_has_a_password_and_a_post(hotline: SmallCity) -> None:
    user = person(hotline)
    assert (user.has_usable_password(), actor_of(user).rights) == (False, frozenset())

    uid, token = people.link(hotline.administrator, user).split("/")
    people.choose(people.of_link(uid, token), GOOD)
    people.grant(hotline.security_officer, user, unit="transport", role="unit_clerk")

    assert authenticate(username="newcomer", password=GOOD) == user
    assert actor_of(user).units_with("cases:order:handle") == {"transport"}
    assert refusal(people.of_link, uid, token) == "no_such_link"
    assert written(user) == [
        ("user:administrator", "add_user"), ("user:administrator", "password_link"), (user.key, "choose_password"),
        ("user:security_officer", "grant_posting"),
    ]  # fmt: skip


def test_each_officer_does_their_own_and_nobody_else_does_it(hotline: SmallCity) -> None:
    user = person(hotline)
    administrators: list[tuple[Callable[..., object], tuple[object, ...], dict[str, object]]] = [
        (people.add, (), {"username": "another", "name": "某某"}),
        (people.change, (user,), {"name": "尤改名"}),
        (people.set_active, (user,), {"active": False, "reason": "离职"}),
    ]
    given = {"unit": "transport", "role": "unit_clerk"}
    for who in ("operator", "leader", "auditor", "stranger", "transport_head", "security_officer"):
        for does, about, how in administrators:
            assert refusal(does, getattr(hotline, who), *about, **how) == "not_allowed"
    for who in ("operator", "leader", "auditor", "stranger", "transport_head", "administrator"):
        assert refusal(people.grant, getattr(hotline, who), user, **given) == "not_allowed"


def test_the_administrator_cannot_take_over_an_account_that_has_a_post(hotline: SmallCity) -> None:
    for who in ("security_officer", "auditor", "operator"):
        assert refusal(people.link, hotline.administrator, hotline.users[who]) == "not_allowed"
    assert people.link(hotline.security_officer, hotline.users["operator"])
    user = person(hotline)
    assert refusal(people.link, hotline.security_officer, user) == "not_allowed"


def test_nobody_does_it_for_themselves(hotline: SmallCity) -> None:
    admin, officer = hotline.users["administrator"], hotline.users["security_officer"]

    assert refusal(people.set_active, hotline.administrator, admin, active=False, reason="试") == "oneself"
    assert refusal(people.link, hotline.security_officer, officer) == "oneself"
    assert refusal(people.grant, hotline.security_officer, officer, unit="hotline", role="supervisor") == "oneself"


@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        ("administrator", "security_officer", False), ("auditor", "administrator", False),
        ("operator", "auditor", False), ("security_officer", "operator", False), ("operator", "supervisor", True),
        ("unit_clerk", "unit_head", True),
    ],
)  # fmt: skip
def test_the_three_powers_meet_no_other_role(hotline: SmallCity, held: str, wanted: str, fits: bool) -> None:
    user = person(hotline)
    people.grant(hotline.security_officer, user, unit="transport", role=held)

    def grant() -> object:
        return people.grant(hotline.security_officer, user, unit="housing", role=wanted)

    if fits:
        grant()
    else:
        assert refusal(grant) == "powers_apart"
        assert people.grant(hotline.security_officer, person(hotline, "other"), unit="housing", role=wanted), (
            "another person may"
        )


def test_a_power_may_follow_another_role_once_that_has_ended(hotline: SmallCity) -> None:
    user, today = person(hotline), clock.today()
    people.grant(hotline.security_officer, user, unit="transport", role="unit_clerk", until=today)

    made = people.grant(hotline.security_officer, user, unit="jieshou", role="auditor", since=today + timedelta(days=1))

    assert made.valid_from == today + timedelta(days=1)
    clash = {"unit": "jieshou", "role": "auditor", "since": today + timedelta(days=30)}
    assert refusal(people.grant, hotline.security_officer, user, **clash) == "held_already"


def test_the_last_officer_of_a_kind_stays(hotline: SmallCity, deputies: dict[str, Actor]) -> None:
    first, second = hotline.users["security_officer"], User.objects.get(username="second_security_officer")
    admin, deputy = hotline.users["administrator"], User.objects.get(username="second_administrator")
    leave: dict[str, Any] = {"active": False, "reason": "离职"}
    by = deputies["administrator"]
    assert refusal(people.set_active, by, first, **leave) == "last_officer", "the second one can't sign in yet"
    User.objects.filter(pk=second.pk).update(password=make_password(GOOD))
    people.set_active(by, first, **leave)
    assert refusal(people.set_active, by, second, **leave) == "last_officer"

    row = admin.postings.get()
    third = create_user(username="third", display_name="第三人", password=GOOD)
    post(user=third, unit="jieshou", role="administrator", since=clock.today() + timedelta(days=1))
    end = (deputies["security_officer"], admin, row.pk)
    assert refusal(people.end, *end, reason="调离") == "last_officer", "not yet in office"
    User.objects.filter(pk=deputy.pk).update(password=make_password(GOOD))
    people.end(*end, reason="调离")
    assert Posting.objects.get(pk=row.pk).valid_to == clock.today()


def test_a_closed_account_is_out_at_once_and_comes_back_with_its_posts(hotline: SmallCity, client: Client) -> None:
    user = hotline.users["operator"]
    client.force_login(user)
    assert client.get("/desk/").status_code == 200

    people.set_active(hotline.administrator, user, active=False, reason="休假")

    assert client.get("/desk/").status_code == 302
    assert refusal(people.link, hotline.security_officer, user) == "inactive"
    assert refusal(people.grant, hotline.security_officer, user, unit="hotline", role="supervisor") == "inactive"
    people.set_active(hotline.administrator, user, active=True, reason="回来")
    assert actor_of(User.objects.get(pk=user.pk)).may("cases:case:take_in")


def test_what_cannot_be_is_refused(hotline: SmallCity) -> None:
    user, officer = person(hotline), hotline.security_officer

    fits: dict[str, Any] = {"unit": "transport", "role": "unit_clerk"}
    for faulty in ({"unit": "nowhere"}, {"role": "king"}, {"until": date(2000, 1, 1)}):
        with pytest.raises(BadInput):
            people.grant(officer, user, **(fits | faulty))
    assert refusal(people.add, hotline.administrator, username="newcomer", name="又一个") == "username_taken"
    with pytest.raises(BadInput):
        people.add(hotline.administrator, username="x", name=" ")
    for username in ("", "a b", "a/b", "..", "user:x", "_x", "x" * 61):
        with pytest.raises(BadInput):
            people.add(hotline.administrator, username=username, name="某某")
    assert people.add(hotline.administrator, username="柳云.li@jieshou-1", name="某某")
    assert people.add(hotline.administrator, username="ｌｉｕ", name="某某").username == "liu", "as sign-in reads it"
    assert refusal(people.add, hotline.administrator, username="liu", name="某某") == "username_taken"
    assert refusal(people.found, hotline.administrator, "a\0") == "no_such_user"
    with pytest.raises(BadInput):
        people.choose(user, "12345")
    with pytest.raises(NotFound):
        people.end(officer, user, 10**9, reason="试")
    with pytest.raises(BadInput):
        people.end(officer, hotline.users["operator"], hotline.users["operator"].postings.get().pk, reason=" ")
    for uid, token in (("", ""), ("####", "x"), ("MQ", "c0ffee-1")):
        with pytest.raises(NotFound):
            people.of_link(uid, token)


def test_a_link_from_before_the_first_post_opens_nothing_after_it(hotline: SmallCity) -> None:
    user = person(hotline)
    link = people.link(hotline.administrator, user).split("/")
    people.grant(hotline.security_officer, user, unit="transport", role="unit_clerk")

    assert refusal(people.of_link, *link) == "no_such_link"


def test_the_first_link_ends_the_tokens_of_an_account_and_none_follows(hotline: SmallCity) -> None:
    user, admin = person(hotline), hotline.administrator
    shown = Pass(uuid4(), "administrator", admin, frozenset(), clock.now())
    made, _text = tokens.issue(shown, name="machine", username="newcomer")

    people.link(admin, user)

    made.refresh_from_db()
    assert made.revoked_at is not None
    assert refusal(tokens.issue, shown, name="again", username="newcomer") == "not_a_machine"
    assert [action for _actor, action in written(user)] == ["add_user", "issue_token", "revoke_token", "password_link"]


def test_of_two_who_use_one_link_at_once_the_first_one_chooses(hotline: SmallCity) -> None:
    user = person(hotline)
    link = people.link(hotline.administrator, user).split("/")
    first, second = people.of_link(*link), people.of_link(*link)
    people.choose(first, GOOD)

    assert refusal(people.choose, second, "另一个人在同一刻选的密码") == "no_such_link"
    assert authenticate(username="newcomer", password=GOOD) == user


def test_a_press_too_many_and_an_ended_post_change_nothing(hotline: SmallCity) -> None:
    officer, user = hotline.security_officer, person(hotline)
    read_before = people.found(officer, user.username)
    made = people.grant(officer, user, unit="transport", role="unit_clerk")
    assert refusal(people.grant, officer, read_before, unit="transport", role="unit_clerk") == "held_already"

    Posting.objects.filter(pk=made.pk).update(valid_from=date(2019, 1, 1), valid_to=date(2020, 1, 1))
    assert refusal(people.end, officer, user, made.pk, reason="试") == "ended_already"


def test_a_post_that_has_not_begun_is_withdrawn_and_may_be_given_again(hotline: SmallCity, client: Client) -> None:
    officer, user = hotline.security_officer, person(hotline)
    given: dict[str, Any] = {"unit": "transport", "role": "unit_clerk", "since": clock.today() + timedelta(days=9)}
    made = people.grant(officer, user, **given)
    client.force_login(hotline.users["security_officer"])
    assert "撤回任职" in client.get("/offices/people/newcomer/").content.decode()

    client.post(f"/offices/people/newcomer/postings/{made.pk}/end/", {"reason": "给错了"})

    assert not Posting.objects.filter(user=user).exists()
    assert written(user)[-1] == (officer.key, "withdraw_posting")
    assert people.grant(officer, user, **given).pk != made.pk


def test_a_link_holds_for_a_day(hotline: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person(hotline)
    uid, token = people.link(hotline.administrator, user).split("/")
    monkeypatch.setattr("django.conf.settings.PASSWORD_RESET_TIMEOUT", -1)

    with pytest.raises(NotFound):
        people.of_link(uid, token)


# The pages


def test_from_a_new_account_to_the_first_day_at_work(hotline: SmallCity) -> None:
    admin, officer, theirs = Client(), Client(), Client()
    admin.force_login(hotline.users["administrator"])
    officer.force_login(hotline.users["security_officer"])

    wrong = admin.post("/offices/new/", {"username": "", "name": ""})
    assert wrong.status_code == 422
    made = admin.post("/offices/new/", {"username": "liuyun", "name": "柳云", "phone": "", "email": ""})
    assert made.headers["Location"] == "/offices/people/liuyun/"
    assert "还没有密码" in admin.get("/offices/people/liuyun/").content.decode()
    shown = admin.post("/offices/people/liuyun/link/").content.decode()
    assert admin.get("/offices/people/liuyun/link/").headers["Location"] == "/offices/people/liuyun/"
    path = shown.split("http://testserver")[1].split("<")[0]
    assert theirs.post(path, {"password": GOOD, "again": "别的"}).status_code == 422
    assert theirs.post(path, {"password": "1234567890", "again": "1234567890"}).status_code == 422
    assert theirs.post(path, {"password": GOOD, "again": GOOD}).headers["Location"] == "/sign-in/"
    assert theirs.get(path).status_code == 404
    assert (
        admin.post("/offices/people/liuyun/postings/", {"unit": "transport", "role": "unit_clerk"}).status_code == 403
    )
    given = officer.post("/offices/people/liuyun/postings/", {"unit": "transport", "role": "unit_clerk"})
    assert given.headers["Location"].endswith("?done=granted")
    assert "已任职，即刻生效" in officer.get(given.headers["Location"]).content.decode()
    theirs.post("/sign-in/", {"username": "liuyun", "password": GOOD})
    assert theirs.get("/desk/").status_code == 200


def test_people_are_found_by_words_and_unit_and_come_in_pages(hotline: SmallCity, client: Client) -> None:
    User.objects.bulk_create([User(username=f"bulk{n:03}", display_name=f"众人{n}", password="!") for n in range(60)])
    client.force_login(hotline.users["auditor"])

    def listed(query: str) -> str:
        return client.get(f"/offices/people/{query}").content.decode()

    first = listed("?q=bulk")
    assert (first.count("众人"), "下一页" in first) == (50, True)
    second = listed(f"?q=bulk&after={first.split('after=')[1].split('"')[0]}")
    assert (second.count("众人"), "下一页" in second) == (10, False)
    assert "郑春生" in listed("?unit=transport")
    assert "冯有居" not in listed("?unit=transport")
    assert "没有符合的人员" in listed("?q=nobody")
    assert "新建账号" not in first, "the auditor makes none"
    with CaptureQueriesContext(connection) as few:
        listed("?q=众人1")
    with CaptureQueriesContext(connection) as many:
        listed("?q=众人")
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("who", "tabs"),
    [
        ("administrator", {"人员"}), ("security_officer", {"人员"}), ("auditor", {"人员", "审计"}),
        ("leader", {"看板", "数据"}), ("transport_clerk", {"看板", "数据"}), ("stranger", set()),
    ],
)  # fmt: skip
def test_nobody_is_shown_a_tab_that_would_refuse_them(
    hotline: SmallCity, client: Client, who: str, tabs: set[str]
) -> None:
    client.force_login(hotline.users[who])

    nav = client.get("/display/").content.decode().split("<nav")[1].split("</nav>")[0]

    assert {tab for tab in ("人员", "审计", "看板", "数据") if f">{tab}<" in nav} == tabs


def test_officers_begin_with_their_own_page(hotline: SmallCity, client: Client) -> None:
    for who, where in (("administrator", "/offices/"), ("security_officer", "/offices/people/"),
                       ("auditor", "/offices/audit/")):  # fmt: skip
        account = hotline.users[who]
        account.set_password(GOOD)
        account.save()
        answer = client.post("/sign-in/", {"username": account.username, "password": GOOD})
        assert answer.headers["Location"] == where
        client.logout()


def test_the_first_officers_are_made_at_the_shell(hotline: SmallCity, client: Client) -> None:
    made = CliRunner().invoke(command, ["add", "first", "第一人", "--unit", "jieshou", "--role", "administrator"])
    assert made.exit_code == 0, made.output
    path = made.output.strip()
    assert client.post(path, {"password": GOOD, "again": GOOD}).status_code == 302
    assert actor_of(User.objects.get(username="first")).may("people:user:manage")

    again = CliRunner().invoke(command, ["link", "first"])
    assert client.get(again.output.strip()).status_code == 200
    half = CliRunner().invoke(command, ["add", "second", "第二人", "--unit", "jieshou"])
    assert (half.exit_code, User.objects.filter(username="second").exists()) == (2, False)
    wrong = CliRunner().invoke(command, ["add", "second", "第二人", "--unit", "jieshou", "--role", "king"])
    assert isinstance(wrong.exception, BadInput)
    assert not User.objects.filter(username="second").exists(), "nothing is half made"
    assert isinstance(CliRunner().invoke(command, ["link", "nobody"]).exception, NotFound)
    assert set(Entry.objects.filter(actor=people.SHELL).values_list("action", flat=True)) == {
        "add_user", "grant_posting", "password_link",
    }  # fmt: skip


def test_every_role_is_told_in_words_and_by_who_holds_it(hotline: SmallCity, client: Client) -> None:
    assert {right for role in roles().values() for right in role.rights} == set(WORDS)
    client.force_login(hotline.users["auditor"])

    page = client.get("/offices/roles/").content.decode()

    held = dict(re.findall(r'people/\?role=(\w+)">(\d+)</a>', page))
    assert held["unit_clerk"] == str(Posting.objects.filter(role="unit_clerk").count())
    for role, number in held.items():
        listed = client.get(f"/offices/people/?role={role}").content.decode()
        assert listed.split("<tbody>")[1].count("<tr>") == int(number), role
    client.force_login(hotline.users["operator"])
    assert "people/?role=" not in client.get("/offices/roles/").content.decode()


def test_a_post_is_looked_at_before_it_is_given(hotline: SmallCity, client: Client) -> None:
    user, before = person(hotline), Posting.objects.count()
    client.force_login(hotline.users["security_officer"])
    asked = {"unit": "transport", "role": "unit_head", "do": "preview"}

    page = client.post(f"/offices/people/{user.username}/postings/", asked)

    assert (page.status_code, "审核本单位的答复、延期和退单" in page.content.decode()) == (200, True)
    assert page.context["preview"].there == Posting.objects.filter(unit="transport", role="unit_head").count()
    assert client.post(f"/offices/people/{user.username}/postings/", {"do": "preview"}).status_code == 422
    assert Posting.objects.count() == before
    client.force_login(hotline.users["administrator"])
    assert client.post(f"/offices/people/{user.username}/postings/", asked).status_code == 403
