"""The public forms' guard: people pass, programs are asked, floods wait; nothing typed is lost, nothing is written."""

import re
import time
from collections.abc import Callable

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from huiyin.audit.models import Entry
from huiyin.cases.models import Case
from huiyin.kernel.buckets import Rate
from huiyin.webkit.guard import _number
from tests.factories.cases import take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

SAID = {"body": "楼下的路灯坏了三天。", "kind": "help"}
LETTER = {**SAID, "addressed_to": "mayor"}
DOORS = [("/submit/", SAID), ("/mailbox/", LETTER)]


@pytest.fixture
def guarded(settings: Settings) -> None:
    """A guard as it stands in a city."""
    settings.FORM_SECONDS = 3
    settings.RATES = {**settings.RATES, "forms": Rate(2, 3600)}


def begun(seconds: float = 10) -> str:
    """What the form carries so long after it was opened."""
    return signing.dumps(["form", time.time() - seconds], salt="huiyin.form")


def question(page: str) -> dict[str, str]:
    """The question on the page with its right answer."""
    [token] = re.findall(r'name="asked" value="([^"]+)"', page)
    first, second, _nonce = signing.loads(token, salt="huiyin.question")
    return {"asked": token, "answer": str(first + second)}


@pytest.mark.parametrize(("door", "said"), DOORS)
def test_a_person_is_asked_nothing(
    guarded: None, hotline: SmallCity, client: Client, door: str, said: dict[str, str]
) -> None:
    answer = client.post(door, {**said, "key": "k", "begun": begun()})

    assert answer.status_code == 302
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    "over",
    [
        lambda: {"begun": begun(0)},
        dict[str, str],
        lambda: {"begun": "forged"},
        lambda: {"begun": begun(25 * 3600)},
        lambda: {"begun": begun(), "website": "x"},
    ],
    ids=["at once", "never opened", "forged", "a day old", "the trap"],
)
@pytest.mark.parametrize(("door", "said"), DOORS)
def test_a_program_is_asked_and_a_right_answer_lets_anybody_through(
    guarded: None,
    hotline: SmallCity,
    client: Client,
    door: str,
    said: dict[str, str],
    over: Callable[[], dict[str, str]],
) -> None:
    sent = {**said, "key": "k", **over()}
    asked = client.post(door, sent)
    page = asked.content.decode()
    wrong = client.post(door, {**sent, **question(page), "answer": "1"})

    assert (asked.status_code, wrong.status_code, Case.objects.count()) == (422, 422, 0)
    assert SAID["body"] in page
    assert re.findall(r"id=\"(\w+)\"[^>]*autofocus", page) == ["id_answer"]
    assert "请拨打12345" in page
    assert "答案不对" in wrong.content.decode()
    assert client.post(door, {**sent, **question(wrong.content.decode())}).status_code == 302
    assert Case.objects.count() == 1


def test_much_from_one_address_is_asked_and_too_much_must_wait(
    guarded: None, settings: Settings, hotline: SmallCity, client: Client
) -> None:
    settings.RATES = {**settings.RATES, "intake": Rate(3, 3600)}

    def send(n: int, **over: str) -> int:
        said = {**SAID, "key": f"k{n}", "begun": begun(), **over}
        status: int = client.post("/submit/", said).status_code
        return status

    page = [send(n) for n in range(3)]
    asked = client.post("/submit/", {**SAID, "key": "k3", "begun": begun()}).content.decode()

    assert page == [302, 302, 422]
    assert send(4, **question(asked)) == 302
    full = client.post("/submit/", {**SAID, "key": "k5", "begun": begun(), **question(asked)})
    assert (full.status_code, Case.objects.count()) == (429, 3)
    assert 0 < int(full["Retry-After"]) <= 3600
    assert SAID["body"] in full.content.decode()


def test_who_will_be_asked_is_asked_before_they_choose_files_and_once(
    guarded: None, hotline: SmallCity, client: Client
) -> None:
    for n in range(2):
        client.post("/submit/", {**SAID, "key": f"k{n}", "begun": begun()})
    said = {**SAID, "key": "k2", "begun": begun()}

    details = client.post("/submit/", {**said, "step": "say"})
    answered = {**said, **question(details.content.decode()), "step": "details"}
    photo = SimpleUploadedFile("a.txt", b"ok")
    review = client.post("/submit/", {**answered, "photos": [photo]})
    page = review.content.decode()
    kept = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("kept", "asked", "answer")}  # type: ignore[index]
    sent = client.post("/submit/", {**said, **kept, "step": "send"})

    assert (details.status_code, review.status_code, sent.status_code) == (200, 200, 302)
    assert Case.objects.count() == 3


def test_an_answer_given_early_outlives_a_mistake_on_the_same_page_and_a_wrong_one_is_asked_again_there(
    guarded: None, hotline: SmallCity, client: Client
) -> None:
    for n in range(2):
        client.post("/submit/", {**SAID, "key": f"k{n}", "begun": begun()})
    said = {**SAID, "key": "k2", "begun": begun(), "step": "details"}
    first = client.post("/submit/", {**said, "step": "say"}).content.decode()
    mistaken = {**said, **question(first), "email": "x"}

    wrong = client.post("/submit/", {**mistaken, "answer": "1"}).content.decode()
    right = client.post("/submit/", mistaken).content.decode()
    carried = {name: re.search(rf'name="{name}" value="([^"]*)"', right)[1] for name in ("asked", "answer")}  # type: ignore[index]
    review = client.post("/submit/", {**said, **carried, "photos": [SimpleUploadedFile("a.txt", b"ok")]})
    back = client.post("/submit/", {**said, **carried, "step": "back"}).content.decode()

    assert ("答案不对" in wrong, "附件请重新选择" in wrong, "等于几" in wrong) == (True, False, True)
    assert ("等于几" in right, review.status_code, "等于几" in review.content.decode()) == (False, 200, False)
    assert carried["asked"] in back


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12), ("１２", 12), ("十二", 12), ("twelve", 12), (" 四 ", 4), ("一十", 10), ("九。", 9), ("", None),
        ("9999", None), ("٣", None), ("\x00", None),
    ],
)  # fmt: skip
def test_an_answer_is_read_as_people_type_it(typed: str, number: int | None) -> None:
    assert _number(typed) == number


def test_codes_are_guessed_on_the_page_only_so_often(settings: Settings, hotline: SmallCity, client: Client) -> None:
    settings.RATES = {**settings.RATES, "guesses": Rate(2, 3600)}
    number = take_in(hotline)

    tries = [client.post("/track/", {"number": number, "code": "AAAAAAAAAA"}) for _ in range(3)]

    assert [one.status_code for one in tries] == [422, 422, 429]
    assert [one.has_header("Retry-After") for one in tries] == [False, False, True]
    assert 0 < int(tries[2]["Retry-After"]) <= 1800
    late = client.get("/rate/forged/")
    assert (late.status_code, int(late["Retry-After"]) > 0) == (429, True)


def test_passwords_are_guessed_only_so_often_by_address_and_by_name(
    settings: Settings, hotline: SmallCity, client: Client
) -> None:
    settings.RATES = {**settings.RATES, "sign_in": Rate(2, 3600)}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what slows a guess isn't asked here

    def attempt(n: int) -> int:
        one = Client(REMOTE_ADDR=f"203.0.113.{n}")
        status: int = one.post("/sign-in/", {"username": "operator", "password": "x"}).status_code
        return status

    assert [attempt(1) for _ in range(3)] == [422, 422, 429]
    assert [attempt(n) for n in range(2, 21)] == [422] * 18 + [429]
    assert Entry.objects.filter(action="sign_in_failed").count() == 20
