"""Erasing: two people, closed matters alone, nothing left of the person, every hash still verifies."""

import io
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huiyin.access.actor import Actor, requester
from huiyin.access.tokens import issue
from huiyin.cases.models import Attachment, Case, Passage
from huiyin.cases.services.act import act
from huiyin.cases.services.erase import erase
from huiyin.cases.services.open import Requester, open_case
from huiyin.cases.services.reveal import reveal
from huiyin.cases.story import story
from huiyin.files.models import File
from huiyin.files.services import path_of, store
from huiyin.kernel.errors import NotAllowed, NotFound, Refused
from huiyin.ledger import sealing
from huiyin.ledger.receipts import receipt
from huiyin.metrics.facts import Facts
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from huiyin.privacy.requests import Wanted, ask_as_requester
from huiyin.reports import facts
from tests.cases.services.test_sealed_rows import everything
from tests.conftest import SetClock
from tests.factories.cases import case_in, history, kinds, look, opening, sound, take, walk
from tests.ledger.conftest import faults
from tests.letters.test_letters import ANSWERED, go, write
from tests.personas import SmallCity
from tests.privacy.canary import whole_database

NAME, PHONE, HIDDEN = "欧阳霜降", "13912345678", "邻居家的霜降"
BODY = f"我叫{NAME}，电话{PHONE}，住12号楼3单元502室。楼道漏水，{HIDDEN}也说过。"
TRACES = (NAME, PHONE, "霜降", "楼道漏水", "水管已换")


@pytest.fixture
def told(hotline: SmallCity) -> tuple[str, str]:
    """Number and code of a closed matter with texts, a file and messages."""
    made = open_case(
        actor=hotline.operator,
        opening=opening(body=BODY, title=f"{NAME}家漏水", requester=Requester(NAME, PHONE, "s@example.org")),
    )
    number = made.number
    walk(hotline, number, "accept", "dispatch", "sign", "contact_requester")
    kept = store(io.BytesIO(f"产权人{NAME}".encode()), name=f"{NAME}.txt", actor=hotline.transport_clerk.key)
    take(hotline, number, "transport_clerk", "note_progress", note="霜降说水管已换", files=[str(kept.pk)])
    take(hotline, number, "transport_clerk", "complete", claim="solved", reply="水管已换。", evidence=BODY)
    walk(hotline, number, "pass_audit", "record_callback", "close")
    assert made.access_code
    return number, made.access_code


def wish(number: str, what: str = "delete") -> str:
    """Number of a request by the requester of that matter."""
    return ask_as_requester(Wanted(what, [number], key=f"a-key-for-{what}-of-{number}")).number


def step(actor: Actor, number: str, action: str, **given: object) -> None:
    """One action on a request."""
    act(actor=actor, number=number, action=action, given=given)


def erased(city: SmallCity, number: str) -> str:
    """Number of the request by which two people erased the requester of a matter."""
    asked = wish(number)
    step(city.operator, asked, "propose_deletion")
    step(city.supervisor, asked, "carry_out")
    return asked


def traces() -> list[str]:
    """Where something of the person or of their words is left, in clear."""
    return sorted({where for where, kept in everything() for word in TRACES if word.encode() in kept})


def test_erasing_leaves_the_course_of_the_matter_and_nothing_of_the_person(
    hotline: SmallCity, told: tuple[str, str], at: SetClock, django_capture_on_commit_callbacks: Any
) -> None:
    number, _code = told
    before, kept = look(number).case, File.objects.get()
    wrapped = bytes(before.requester.key or b"")
    assert wrapped
    at("2022-04-01 09:00")

    with django_capture_on_commit_callbacks(execute=True):
        asked = erased(hotline, number)

    after = look(number).case
    same = ("number", "state", "phase", "clocks", "outcome", "received_at", "closed_at", "category_id", "lead_unit_id")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert kinds(number)[-2:] == ["erasure_asked", "erased"]
    assert [event.actor for event in history(number)[-2:]] == ["user:operator", "user:supervisor"]
    assert kinds(asked) == ["request", "propose_deletion", "carry_out", "erased"]
    assert look(asked).case.state == "deleted"
    assert traces() == []
    assert [place for place, held in whole_database() if wrapped in held] == [], "overwritten, freed pages included"
    assert not path_of(kept).exists(), "the sealed bytes of the file are gone too"
    assert Party.objects.exclude(key=None, contact=None, phone_index="").count() == 0
    assert Passage.objects.exclude(text="", nonce="", sealed=None).count() == 0
    assert Attachment.objects.exclude(nonce="").count() == 0
    assert Notice.objects.exclude(subject="", body="", sealed=None, due_at=None).count() == 0
    assert (sound(number), sound(asked), faults()) == ([], [], [])


def test_seals_and_receipts_of_before_still_verify(
    own_home: Path, hotline: SmallCity, told: tuple[str, str], at: SetClock
) -> None:
    number, _code = told
    sealing.seal()
    given = receipt(requester(number), number, 1)
    at("2022-04-01 09:00")

    erased(hotline, number)
    sealing.seal()

    assert faults() == []
    assert receipt(requester(number), number, 1)["proof"] == given["proof"]


def test_what_the_person_finds_by_their_query_code_afterwards(
    hotline: SmallCity, told: tuple[str, str], at: SetClock, client: Client
) -> None:
    number, code = told
    at("2022-04-01 09:00")
    erased(hotline, number)

    client.post("/track/", {"number": number, "code": code})
    page = client.get(f"/track/{number}/").content.decode()

    assert "（已依法删除）" in page
    assert "依法删除个人信息" in page
    assert [word for word in TRACES if word in page] == []
    assert "已依法删除，无法恢复" in client.get(f"/track/{number}/my-data/").content.decode()
    with pytest.raises(Refused, match="已依法删除"):
        take(hotline, number, "requester", "reopen", reason="还在漏")
    assert kinds(number)[-1] == "erased"


def test_no_door_shows_the_erased_person_to_staff(
    hotline: SmallCity, told: tuple[str, str], at: SetClock, client: Client
) -> None:
    number, _code = told
    at("2022-04-01 09:00")
    asked = erased(hotline, number)
    client.force_login(hotline.users["supervisor"])
    bearer = {"Authorization": f"Bearer {issue(hotline.users['supervisor'], '试')}"}

    shown = [
        client.get(address).getvalue().decode()
        for address in (f"/desk/{number}/", f"/desk/{asked}/", "/desk/?view=all", "/desk/export/?view=all",
                        f"/desk/{number}/my-data/")
    ]  # fmt: skip
    shown += [
        client.get(f"/api/v1/{path}", headers=bearer).content.decode()
        for path in (f"cases/{number}", f"cases/{number}/events", "cases?view=all", "events")
    ]
    found = client.post("/desk/caller/", {"phone": PHONE}).content.decode()

    assert [word for page in shown for word in TRACES if word in page] == []
    assert number not in found
    with pytest.raises(NotFound):
        reveal(actor=hotline.supervisor, number=number, reason="call")


def test_nobody_erases_alone(hotline: SmallCity, told: tuple[str, str], at: SetClock) -> None:
    number, _code = told
    at("2022-04-01 09:00")
    asked = wish(number)
    with pytest.raises(NotAllowed):
        step(hotline.supervisor, asked, "propose_deletion")
    step(hotline.operator, asked, "propose_deletion")

    with pytest.raises(NotAllowed):
        step(hotline.operator, asked, "carry_out")
    both = replace(hotline.operator, rights=hotline.operator.rights | hotline.supervisor.rights)
    with pytest.raises(Refused, match="您本人"):
        step(both, asked, "carry_out")
    with pytest.raises(Refused, match="您本人"):
        erase(actor=both, cases=[look(number).case.pk])

    assert not look(number).case.requester.erased
    assert kinds(number)[-1] == "erasure_asked"


def test_an_open_matter_is_not_erased(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    asked = wish(number)

    with pytest.raises(Refused, match="还有事项在办"):
        step(hotline.operator, asked, "propose_deletion")

    assert kinds(number)[-1] == "contact_requester"
    assert kinds(asked) == ["request"]
    assert look(asked).case.state == "verified"


def test_a_matter_reopened_in_between_is_not_erased(hotline: SmallCity, told: tuple[str, str], at: SetClock) -> None:
    number, _code = told
    asked = wish(number)
    at("2022-03-31 09:00")
    step(hotline.operator, asked, "propose_deletion")
    Case.objects.filter(number=number).update(phase="open")

    with pytest.raises(Refused, match="还有事项在办"):
        step(hotline.supervisor, asked, "carry_out")

    assert kinds(number)[-1] == "erasure_asked"
    assert look(asked).case.state == "deciding"
    assert not look(number).case.requester.erased


def test_a_duty_to_keep_bars_erasure_until_it_ends(hotline: SmallCity, told: tuple[str, str], at: SetClock) -> None:
    number, _code = told
    asked = wish(number)

    with pytest.raises(Refused, match="须保存到 2022-03-02") as refused:
        step(hotline.operator, asked, "propose_deletion")
    assert "至少保存12个月" in str(refused.value.rule)
    at("2022-03-01 23:59")
    with pytest.raises(Refused, match="须保存到"):
        step(hotline.operator, asked, "propose_deletion")

    at("2022-03-02 00:00")
    step(hotline.operator, asked, "propose_deletion")

    assert kinds(number)[-1] == "erasure_asked"


def test_a_refusal_lets_go_of_what_was_asked(hotline: SmallCity, told: tuple[str, str], at: SetClock) -> None:
    number, _code = told
    at("2022-04-01 09:00")
    asked = wish(number)
    step(hotline.operator, asked, "propose_deletion")

    step(hotline.supervisor, asked, "refuse", reason="others", explanation="照片上有他人。")

    assert kinds(number)[-2:] == ["erasure_asked", "erasure_refused"]
    assert look(asked).case.state == "refused"
    assert "erasure" not in look(number).tally
    assert (sound(number), sound(asked), faults()) == ([], [], [])
    assert story(requester(asked), asked)["events"][-1]["texts"][0]["text"] == "照片上有他人。"


def test_an_accusation_is_erased_by_two_officers_of_its_body(hotline: SmallCity, at: SetClock) -> None:
    number = case_in(hotline, "concluded")
    at("2060-04-01 09:00")
    asked = wish(number)
    for actor in (hotline.operator, hotline.supervisor, hotline.transport_head):
        with pytest.raises(NotFound):
            step(actor, asked, "propose_deletion")
    step(hotline.case_officer, asked, "propose_deletion")
    with pytest.raises(Refused, match="您本人"):
        step(hotline.case_officer, asked, "carry_out")

    step(hotline.second_officer, asked, "carry_out")

    assert look(number).case.requester.erased
    assert (sound(number), sound(asked), faults()) == ([], [], [])


def test_all_matters_under_the_same_key_go_together(hotline: SmallCity, told: tuple[str, str], at: SetClock) -> None:
    number, _code = told
    other = case_in(hotline, "closed")
    Case.objects.filter(number=other).update(requester=look(number).case.requester)
    at("2022-04-01 09:00")

    erased(hotline, number)

    assert kinds(other)[-1] == "erased"
    assert sound(other) == []


def test_what_figures_are_counted_from_stays_as_it_was(
    hotline: SmallCity, told: tuple[str, str], at: SetClock
) -> None:  # fmt: skip
    number, _code = told
    at("2022-04-01 09:00")
    before = facts.known(fresh=True).facts

    erased(hotline, number)
    after = facts.known(fresh=True).facts

    assert before.matters.num_rows == 1, "the request itself is no demand"
    assert after.matters.to_pylist() == before.matters.to_pylist()
    kept, more = after.acts.to_pylist(), before.acts.num_rows
    assert sorted(kept, key=itemgetter("seq"))[:more] == sorted(before.acts.to_pylist(), key=itemgetter("seq"))
    last = {name: {act[name] for act in kept if act["seq"] >= more} for name in ("lead", "phase", "answers")}
    assert last == {"lead": {last_act(before)["lead"]}, "phase": {"closed"}, "answers": {False}}


def last_act(known: Facts) -> dict[str, Any]:
    """The latest act of the one matter."""
    acts: list[dict[str, Any]] = known.acts.to_pylist()
    return max(acts, key=itemgetter("seq"))


def test_a_published_letter_is_gone_from_every_page(hotline: SmallCity, at: SetClock, client: Client) -> None:
    number = write(hotline, body=BODY, requester=Requester(NAME, PHONE))
    walk(hotline, number, *go(*ANSWERED, "publish"))
    assert client.get(f"/answers/{number}/").status_code == 200
    at("2031-03-02 09:00")

    erased(hotline, number)

    assert client.get(f"/answers/{number}/").status_code == 404
    assert client.get(f"/api/v1/answers/{number}").status_code == 404
    assert number not in client.get("/answers/").content.decode()
    assert client.get("/api/v1/answers").json()["items"] == []
    assert (sound(number), faults()) == ([], [])
