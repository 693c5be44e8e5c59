"""Files given with an act: attached once, by whoever sent them, read by those whom the passage is for."""

import io
import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image
from pytest_django import Settings

from huiyin.access.actor import ANONYMOUS, Actor, requester
from huiyin.access.tokens import issue
from huiyin.cases import ledger, queries
from huiyin.cases.models import Attachment, Case, Event
from huiyin.cases.services import numbers
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, open_case, open_cases, prepare_opening, write_opened
from huiyin.files.models import File
from huiyin.files.services import drop_loose, name_of, path_of, store
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, NotFound, Refused
from tests.factories.cases import case_in, take_in
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

PAPER = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def paper(actor: Actor, data: bytes = PAPER, name: str = "证明.pdf") -> UUID:
    return store(io.BytesIO(data), name=name, actor=actor.key).pk


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


def note(actor: Actor, number: str, *files: UUID, key: str = "") -> None:
    given = {"note": "已到现场。", "files": [str(one) for one in files]}
    act(actor=actor, number=number, action="note_progress", given=given, key=key)


def test_the_event_commits_to_the_file_and_holds_nothing_of_it(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    note(hotline.transport_clerk, number, paper(hotline.transport_clerk))
    event = Event.objects.get(case__number=number, kind="note_progress")
    attached = Attachment.objects.select_related("file").get()
    assert json.loads(event.payload)["files"] == {"files": [ledger.commitment(attached.nonce, attached.file.sha256)]}
    assert attached.file.sha256 not in event.payload
    assert ledger.first_break(number, Event.objects.filter(case__number=number).order_by("seq")) is None


def test_a_matter_brings_its_photographs_from_the_start(hotline: SmallCity) -> None:
    files = (paper(ANONYMOUS), paper(ANONYMOUS, picture(), "路灯.jpg"))
    opened = open_case(actor=ANONYMOUS, opening=Opening(title="路灯", body="路灯不亮。", files=files))
    found = queries.attachments(opened.dossier.case, ["requester"])
    assert [name_of(one.file) for one in found[1]] == ["证明.pdf", "路灯.jpg"]
    assert File.objects.filter(attached=True).count() == 2


def test_a_file_of_somebody_else_or_of_nobody_is_not_there(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    theirs = paper(hotline.housing_clerk)
    for key in (theirs, uuid4()):
        with pytest.raises(BadInput) as caught:
            note(hotline.transport_clerk, number, key)
        assert [error.field for error in caught.value.fields] == ["files"]
    assert not Attachment.objects.exists()


def test_a_file_is_attached_once(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    one = paper(hotline.transport_clerk)
    note(hotline.transport_clerk, number, one)
    with pytest.raises(Refused) as caught:
        note(hotline.transport_clerk, number, one)
    assert caught.value.code == "file_used"


@pytest.mark.parametrize("matters", [1, 2])
def test_a_file_that_is_named_twice_is_refused(hotline: SmallCity, matters: int) -> None:
    one = paper(ANONYMOUS)
    files = (one, one) if matters == 1 else (one,)
    openings = [Opening(title="路灯", body="路灯不亮。", files=files)] * matters
    with pytest.raises(Refused) as caught:
        open_cases(actor=ANONYMOUS, openings=openings)
    assert caught.value.code == "file_used"
    assert not Case.objects.exists()


def test_the_same_request_again_finds_what_it_did(hotline: SmallCity) -> None:
    number = case_in(hotline, "in_progress")
    one = paper(hotline.transport_clerk)
    note(hotline.transport_clerk, number, one, key="form-1")
    note(hotline.transport_clerk, number, one, key="form-1")
    assert Event.objects.filter(kind="note_progress").count() == 1
    opening = Opening(title="路灯", body="路灯不亮。", files=(paper(ANONYMOUS),), key="form-2")
    first = open_case(actor=ANONYMOUS, opening=opening)
    assert open_case(actor=ANONYMOUS, opening=opening).number == first.number


@pytest.mark.parametrize("files", [["x"], [1], "", [str(UUID(int=n)) for n in range(10)], [str(UUID(int=1))] * 2])
def test_ids_that_are_none_are_refused(hotline: SmallCity, files: object) -> None:
    number = case_in(hotline, "in_progress")
    given = {"note": "试", "files": files}
    if files == "":
        act(actor=hotline.transport_clerk, number=number, action="note_progress", given=given)
        return
    with pytest.raises(BadInput):
        act(actor=hotline.transport_clerk, number=number, action="note_progress", given=given)


def test_evidence_is_for_staff_and_progress_for_the_requester_too(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_progress")
    note(hotline.transport_clerk, number, paper(hotline.transport_clerk, picture(), "现场.jpg"))
    given = {
        "claim": "solved",
        "reply": "修好了。",
        "evidence": "见附件。",
        "files": [str(paper(hotline.transport_clerk))],
    }
    act(actor=hotline.transport_clerk, number=number, action="complete", given=given)
    case = Case.objects.get(number=number)
    shown, evidence = (one[0] for one in queries.attachments(case, ["requester", "staff"]).values())
    client.force_login(hotline.users["supervisor"])
    assert client.get(f"/desk/{number}/files/{evidence.pk}/").getvalue() == PAPER
    answer = client.get(f"/desk/{number}/files/{shown.pk}/")
    assert (answer["Content-Type"], answer["Content-Disposition"].split(";")[0]) == ("image/jpeg", "inline")
    assert "sandbox" in answer["Content-Security-Policy"]
    client.force_login(hotline.users["housing_clerk"])
    assert client.get(f"/desk/{number}/files/{shown.pk}/").status_code == 404
    with pytest.raises(NotFound):
        from huiyin.cases.attachments import serve

        serve(requester(number), number, evidence.pk)
    assert serve(requester(number), number, shown.pk).status_code == 200


def test_a_citizen_sends_a_photograph_with_the_form_and_a_double_click_sends_one(
    hotline: SmallCity, client: Client
) -> None:
    def send() -> int:
        photo = SimpleUploadedFile("坑.jpg", picture(), "image/jpeg")
        said = {"body": "路面有坑。", "kind": "help", "key": "a-key-that-nobody-can-guess", "photos": [photo]}
        status: int = client.post("/submit/", said).status_code
        return status

    assert [send(), send()] == [302, 302]
    case = Case.objects.get()
    attached = Attachment.objects.get(case=case)
    page = client.get(f"/track/{case.number}/").content.decode()
    assert f"/track/{case.number}/files/{attached.pk}/" in page
    assert client.get(f"/track/{case.number}/files/{attached.pk}/").status_code == 200
    client.cookies.clear()
    assert client.get(f"/track/{case.number}/files/{attached.pk}/").status_code == 302


def test_a_file_that_is_not_what_we_take_is_refused_beside_its_field(hotline: SmallCity, client: Client) -> None:
    said = {
        "body": "路面有坑。",
        "kind": "help",
        "key": "k" * 30,
        "photos": [SimpleUploadedFile("a.exe", b"MZ\x00\x01")],
    }
    answer = client.post("/submit/", said)
    assert answer.status_code == 422
    assert "a.exe：只接收图片" in answer.content.decode()
    said["photos"] = [SimpleUploadedFile("b.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")]
    assert "b.heic：HEIC照片打不开" in client.post("/submit/", said).content.decode()
    assert not Case.objects.exists()


def test_over_the_api_a_file_is_sent_first_and_then_named(hotline: SmallCity, client: Client) -> None:
    number = case_in(hotline, "in_progress")
    token = issue(hotline.users["transport_clerk"], name="t", scopes=["cases:case:read_own", "cases:order:handle"])
    headers = {"Authorization": f"Bearer {token}"}
    sent = client.post("/api/v1/files", {"file": SimpleUploadedFile("a.pdf", PAPER)}, headers=headers)
    assert sent.status_code == 201
    made = sent.json()
    assert (made["media_type"], made["size"]) == ("application/pdf", len(PAPER))
    done = client.post(
        f"/api/v1/cases/{number}/actions/note_progress", {"given": {"note": "试", "files": [made["id"]]}},
        content_type="application/json", headers=headers,
    )  # fmt: skip
    assert done.status_code == 200, done.content
    told = client.get(f"/api/v1/cases/{number}/events", headers=headers).json()["events"][-1]["files"]
    assert [one["name"] for one in told] == ["附件.pdf"]
    assert client.get(f"/api/v1/cases/{number}/files/{told[0]['id']}", headers=headers).getvalue() == PAPER
    assert client.get(f"/api/v1/cases/{number}/files/{uuid4()}", headers=headers).status_code == 404
    assert client.get(f"/api/v1/cases/{number}/files/{told[0]['id']}").status_code == 401


def test_what_nobody_attached_is_thrown_away_with_its_bytes(hotline: SmallCity) -> None:
    opened = take_in(hotline)
    kept, loose, alone = paper(ANONYMOUS), paper(ANONYMOUS), paper(ANONYMOUS, b"%PDF-1.7 another\n%%EOF\n")
    code = requester(opened)
    act(actor=code, number=opened, action="add_statement", given={"statement": "见附件", "files": [str(kept)]})
    lonely = path_of(File.objects.get(pk=alone))
    assert drop_loose(before=clock.now() - timedelta(hours=1)) == 0
    assert drop_loose(before=clock.now() + timedelta(seconds=1)) == 2
    assert set(File.objects.values_list("pk", flat=True)) == {kept}
    assert path_of(File.objects.get()).exists()
    assert not lonely.exists()
    assert loose != kept


def test_a_file_that_is_thrown_away_while_it_is_being_attached_is_refused_in_words(hotline: SmallCity) -> None:
    opening = Opening(title="路灯", body="路灯不亮。", files=(paper(ANONYMOUS),))
    made = prepare_opening(actor=ANONYMOUS, opening=opening, serial=numbers.take_serials(1)[0])
    assert drop_loose(before=clock.now() + timedelta(seconds=1)) == 1
    with pytest.raises(Refused, match="有文件已被清理"), transaction.atomic():
        write_opened([made.dossier])
    assert not Case.objects.exists()
