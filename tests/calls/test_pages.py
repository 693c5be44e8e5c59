"""The pages of calls as people without script have them: the cockpit, the lists, the wallboard."""

import json
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from huiyin.audit.models import Entry
from huiyin.calls import queries
from huiyin.calls.enums import Direction, EventKind
from huiyin.calls.models import Call, CallFlag, Whisper
from huiyin.calls.services.telephone import Told, take
from huiyin.calls.web import lists
from huiyin.cases.enums import Kind
from huiyin.cases.models import Case
from huiyin.kernel import clock
from huiyin.knowledge.models import Use
from huiyin.people.services import post
from tests.calls.conftest import NUMBER, Ring
from tests.conftest import SetClock
from tests.factories.cases import case_in, kinds, look
from tests.factories.cases import take as take_act
from tests.knowledge.conftest import published
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db
type As = Callable[[str], Client]


@pytest.fixture
def signed_in(hotline: SmallCity) -> As:
    def as_persona(persona: str) -> Client:
        client = Client()
        client.force_login(hotline.users[persona])
        return client

    return as_persona


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_caller_s_matters_stand_beside_the_notes_and_one_click_urges(
    hotline: SmallCity, ring: Ring, signed_in: As
) -> None:
    number = case_in(hotline, "in_progress")
    call, seat = ring("a", "ringing", "answered"), signed_in("operator")
    page = text_of(seat, "/desk/cockpit/")

    assert number in page
    assert "139****0001" in page
    assert NUMBER not in page
    done = seat.post(
        f"/desk/cockpit/{call.pk}/save/", {"turn": "0", "urge": number, "kind": "help", "urgency": "normal"}
    )
    assert done.status_code == 302
    assert kinds(number)[-1] == "urge"
    assert Call.objects.get().outcome == "followed"


def test_a_mistake_shows_the_form_again_with_nothing_lost(ring: Ring, signed_in: As) -> None:
    call, seat = ring("a", "ringing", "answered"), signed_in("operator")
    said = {"turn": "0", "body": "路灯不亮", "kind": "help", "urgency": "normal", "area": "没有这里"}
    answer = seat.post(f"/desk/cockpit/{call.pk}/save/", said)

    assert answer.status_code == 422
    assert "没有这个地点" in answer.content.decode()
    assert "路灯不亮" in text_of(seat, "/desk/cockpit/"), "kept as a draft as well"
    answer = seat.post(f"/desk/cockpit/{call.pk}/save/", {**said, "area": "", "join": "210302-000009-9"})
    assert answer.status_code == 422
    assert Case.objects.count() == 0


def test_an_article_past_its_review_says_so_and_the_answer_names_it(
    hotline: SmallCity, ring: Ring, signed_in: As, at: SetClock
) -> None:
    article = published(hotline)
    at("2021-07-01 09:30")
    call, seat = ring("a", "ringing", "answered"), signed_in("operator")
    said = {"turn": "0", "body": "请问公交车几点收班？", "kind": "consult", "urgency": "normal"}
    heard = seat.post("/desk/cockpit/heard/", said).content.decode()
    assert "超过复核日期，答复前请核实" in heard

    used = seat.post(f"/desk/cockpit/{call.pk}/save/", {**said, "use": str(article.pk)}, follow=True).content.decode()
    assert "冬季18:30收班，夏季19:00收班。（此答复超过复核日期，请核实后再说）" in used
    said |= {"reply": "夏季19:00收班。", "article": str(article.pk)}
    assert seat.post(f"/desk/cockpit/{call.pk}/save/", said).status_code == 302

    case = Case.objects.get()
    assert (case.kind, case.state, Call.objects.get().outcome) == (Kind.CONSULT, "answered", "answered")
    use = Use.objects.get()
    assert (use.article_id, use.case_id, use.late_days > 0) == (article.pk, case.pk, True)


def test_danger_is_told_at_once_and_one_click_records_the_transfer(ring: Ring, signed_in: As) -> None:
    call, seat = ring("a", "ringing", "answered"), signed_in("operator")
    said = {"turn": "0", "body": "我家着火了，人还在里面", "kind": "help", "urgency": "normal"}

    heard = seat.post("/desk/cockpit/heard/", said).content.decode()
    assert "可能有人有危险" in heard
    assert "依据“着火”" in heard
    first = text_of(seat, "/desk/cockpit/").split('form="save"')[1].split(">")[0]
    assert 'value="keep"' in first, "Enter in a field presses the first button"
    assert 'name="connect" value="119"' in heard
    seat.post(f"/desk/cockpit/{call.pk}/save/", {**said, "connect": "119"})
    assert (Call.objects.get().outcome, look(Case.objects.get().number).case.outcome) == ("emergency", "emergency")


def test_a_missed_call_is_rung_back_from_the_list_and_the_number_s_showing_is_written_down(
    ring: Ring, signed_in: As
) -> None:
    call, seat = ring("a", "ringing", "missed"), signed_in("operator")
    assert "139****0001" in text_of(seat, "/desk/cockpit/owed/")

    page = seat.post(f"/desk/cockpit/{call.pk}/do/", {"do": "ring_back"}, follow=True).content.decode()
    assert f"tel:{NUMBER}" in page
    assert Entry.objects.filter(action="ring_back", subject=f"call:{call.pk}").count() == 1
    assert NUMBER not in text_of(seat, "/desk/cockpit/"), "shown once"
    seat.post(f"/desk/cockpit/{call.pk}/do/", {"do": "unreached"})
    assert Call.objects.get().attempts == 1


def test_a_supervisor_sees_the_seats_rules_on_flags_and_whispers(hotline: SmallCity, ring: Ring, signed_in: As) -> None:
    call, seat, chief = ring("a", "ringing", "answered"), signed_in("operator"), signed_in("supervisor")
    ring("b", "ringing", number="13900000002")
    seat.post(f"/desk/cockpit/{call.pk}/do/", {"do": "flag", "kind": "insults", "note": "骂人"})
    flag = CallFlag.objects.get()

    wall = text_of(chief, "/desk/cockpit/wall/")
    assert "钱小满" in wall
    assert "139****0002" in wall
    assert "骂人" in text_of(chief, "/desk/cockpit/flags/")
    assert chief.post(f"/desk/cockpit/flags/{flag.pk}/", {"ruling": "upheld"}).status_code == 422
    assert chief.post(f"/desk/cockpit/flags/{flag.pk}/", {"ruling": "upheld", "remark": "属实"}).status_code == 302
    chief.post(f"/desk/cockpit/{call.pk}/do/", {"do": "whisper", "text": "别急"})
    assert "别急" in text_of(seat, f"/desk/cockpit/news/?call={call.pk}")
    assert Whisper.objects.get().seen_at is not None
    ring("c", "ringing", "answered", since=60)
    assert "主管核定的标记1次" in text_of(seat, f"/desk/cockpit/?call={Call.objects.get(external='c').pk}")


def test_figures_of_days_open_the_calls_that_they_count_and_leave_as_files(
    hotline: SmallCity, ring: Ring, signed_in: As
) -> None:
    for n in range(3):
        ring(f"a{n}", "ringing", "answered", "ended", number=f"1390000010{n}")
    ring("m", "ringing", "missed", number="13900000200")
    chief = signed_in("supervisor")

    days = text_of(chief, "/desk/cockpit/days/")
    assert "75.0%" in days
    listed = text_of(chief, "/desk/cockpit/calls/?group=answered&day=2021-03-02")
    assert listed.count("data-row") == 3
    for path in ("days/?format=csv", "days/?format=xlsx", "calls/export/", "calls/export/?format=jsonl"):
        assert b"".join(chief.get(f"/desk/cockpit/{path}").streaming_content)  # type: ignore[attr-defined]
    assert chief.get("/desk/cockpit/calls/?group=nothing").status_code == 422
    assert chief.get("/desk/cockpit/days/?since=2020-01-01").status_code == 422


def test_the_file_of_calls_says_who_rang_whom_and_that_it_is_cut_off(
    ring: Ring, signed_in: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring("a", "ringing", "missed")
    take(system="user:pbx", external="b", told=[Told(EventKind.RINGING, clock.now())], direction=Direction.OUT)
    chief, path = signed_in("supervisor"), "/desk/cockpit/calls/export/?format=jsonl"

    def told() -> list[dict[str, str]]:
        lines = b"".join(chief.get(path).streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        return [json.loads(line) for line in lines]

    assert [row["direction"] for row in told()] == ["打出去的", "打进来"]
    monkeypatch.setattr(lists, "EXPORT_MOST", 1)
    monkeypatch.setattr(lists, "PAGE", 1)
    assert [list(row) for row in told()][1:] == [["left_out"]]


def test_what_to_tell_the_caller_is_neither_past_nor_kept_from_the_seat(
    hotline: SmallCity, ring: Ring, signed_in: As, at: SetClock
) -> None:
    late = case_in(hotline, "in_progress")
    call, form = (
        ring("a", "ringing", "answered"),
        {"turn": "0", "body": "路灯不亮", "kind": "help", "urgency": "normal"},
    )
    seat = signed_in("operator")

    def told(path: str, given: dict[str, str]) -> str:
        answer = seat.post(f"/desk/cockpit/{path}/save/", form | given, follow=True).content.decode()
        return answer.partition("data-told")[2].partition("</div>")[0]

    assert "前答复" in told(f"{call.pk}", {"step": "taken_in"})
    case = Case.objects.exclude(number=late).get()
    take_act(hotline, case.number, "operator", "seal", lead="discipline", respondent_unit="transport", reason="收钱")
    assert seat.get(f"/desk/{case.number}/").status_code == 404
    again = told(f"{call.pk}", {"step": "taken_in"})
    assert "之前已经保存过" in again
    assert "告诉来电人" not in again

    at("2021-09-08 09:30")
    seat, second = signed_in("operator"), ring("b", "ringing", "answered")
    urged = told(f"{second.pk}", {"urge": late})
    assert "由界首市交通运输局办理。" in urged
    assert "前答复" not in urged


def test_a_sealed_matter_s_number_stands_in_no_list_of_calls(hotline: SmallCity, ring: Ring, signed_in: As) -> None:
    call, seat = ring("a", "ringing", "answered"), signed_in("operator")
    said = {"turn": "0", "body": "有工作人员收好处，我有记录。", "kind": "report", "urgency": "normal"}
    said |= {"allegation": "wrongdoing", "respondent_unit": "界首市交通运输局", "step": "taken_in"}
    assert seat.post(f"/desk/cockpit/{call.pk}/save/", said).status_code == 302

    number = Case.objects.get().number
    for persona in ("operator", "supervisor"):
        client = signed_in(persona)
        assert number not in text_of(client, "/desk/cockpit/calls/")
        assert number not in text_of(client, f"/desk/cockpit/{call.pk}/")


def test_who_rang_with_an_accusation_and_what_came_of_it_is_told_to_none_of_the_hotline(
    hotline: SmallCity, ring: Ring, signed_in: As
) -> None:
    call, seat = ring("a", "ringing", "answered", "ended"), signed_in("operator")
    now = clock.now()
    events = [Told(EventKind.THREE_WAY, now, other="王先生"), Told(EventKind.RECORDED, now, recording="rec/1.wav")]
    take(system="user:pbx", external="a", told=events)
    seat.post(f"/desk/cockpit/{call.pk}/do/", {"do": "whisper", "text": "举报的"})
    seat.post(f"/desk/cockpit/{call.pk}/do/", {"do": "flag", "kind": "insults", "note": "骂人"})
    said = {"turn": "0", "body": "有工作人员收好处，我有记录。", "kind": "report", "urgency": "normal"}
    said |= {"allegation": "wrongdoing", "respondent_unit": "界首市交通运输局", "step": "taken_in"}
    chief, path = signed_in("supervisor"), "/desk/cockpit"
    masked, told_of = "139****0001", ("王先生", "rec/1.wav", "举报的", "139****0001", "钱小满")
    before = text_of(chief, f"{path}/{call.pk}/")
    assert [one for one in told_of if one not in before] == []
    assert seat.post(f"{path}/{call.pk}/save/", said).status_code == 302

    for client in (seat, chief):
        shown = text_of(client, f"{path}/{call.pk}/").partition("<main")[2]
        assert [one for one in (*told_of, ">受理 ·") if one in shown] == []
        listed = text_of(client, f"{path}/calls/").partition("<tbody")[2].partition("</tbody")[0]
        assert str(call.pk) in listed
        assert [one for one in (masked, "钱小满", "受理", "欠回拨") if one in listed] == []
        file = b"".join(client.get(f"{path}/calls/export/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
        assert [one for one in (*told_of, "受理") if one in file] == []
        assert str(call.pk) not in text_of(client, f"{path}/calls/?outcome=taken_in")
    assert masked not in text_of(chief, f"{path}/flags/")
    second = Call.objects.get(pk=ring("b", "ringing", "answered", since=60).pk)
    assert queries.others_with(second, hotline.supervisor) == []
    assert queries.level_of(clock.today()).answered == 2, "still counted"


def test_a_call_that_is_transferred_while_one_types_loses_no_word(
    hotline: SmallCity, ring: Ring, signed_in: As
) -> None:
    call, seat = ring("a", "ringing", "answered"), signed_in("operator")
    post(user=hotline.users["supervisor"], unit="hotline", role="operator")
    chief = signed_in("supervisor")
    chief.post("/desk/cockpit/seat/", {"do": "sit", "extension": "8002"})
    said = {"turn": "0", "body": "打了很久的记录", "kind": "help", "urgency": "normal"}
    seat.post(f"/desk/cockpit/{call.pk}/draft/", said)
    take(system="user:pbx", external="a", told=[Told(EventKind.TRANSFERRED, clock.now(), extension="8002")])

    assert "已转到别的坐席" in text_of(seat, f"/desk/cockpit/news/?call={call.pk}")
    answer = seat.post(f"/desk/cockpit/{call.pk}/save/", said | {"body": "打了很久的记录，还有一句"})
    assert answer.status_code == 409
    assert "打了很久的记录，还有一句" in answer.content.decode()
    assert "打了很久的记录" in text_of(chief, f"/desk/cockpit/?call={call.pk}")
    assert Case.objects.count() == 0


def test_files_are_in_the_language_of_the_page(ring: Ring, signed_in: As) -> None:
    ring("a", "ringing", "missed")
    chief = signed_in("supervisor")
    chief.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    for path, column, word in (("days", "Came in", "打进来"), ("calls/export", "Missed", "未接到")):
        file = chief.get(f"/desk/cockpit/{path}/?format=csv").streaming_content  # type: ignore[attr-defined]
        with translation.override("zh-hans"):
            told = b"".join(file).decode()
        assert column in told, told
        assert word not in told


def test_a_seat_without_a_telephone_system_writes_its_calls_down(hotline: SmallCity, signed_in: As) -> None:
    seat = signed_in("operator")
    post(user=hotline.users["supervisor"], unit="hotline", role="operator")
    assert "先就座" in text_of(seat, "/desk/cockpit/")
    assert seat.post("/desk/cockpit/seat/", {"do": "sit", "extension": "不是"}).status_code == 422

    page = seat.post("/desk/cockpit/seat/", {"do": "write", "number": NUMBER}, follow=True).content.decode()
    assert "139****0001" in page
    call = Call.objects.get()
    seat.post(f"/desk/cockpit/{call.pk}/do/", {"do": "hang_up"})
    seat.post(f"/desk/cockpit/{call.pk}/save/", {"turn": "0", "step": "no_matter", "kind": "help", "urgency": "normal"})
    assert (Call.objects.get().state, Call.objects.get().outcome) == ("ended", "no_matter")
    assert signed_in("supervisor").get(f"/desk/cockpit/?call={call.pk}").status_code == 200
    assert signed_in("supervisor").post(f"/desk/cockpit/{call.pk}/draft/", {"body": "x"}).status_code == 404
