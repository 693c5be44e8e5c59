"""Letters from the writer's hand to the public answer: every state, every refusal, every door."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.access.actor import requester
from huiyin.cases import rulebook
from huiyin.cases.enums import Allegation, Channel, Kind
from huiyin.cases.models import Case
from huiyin.cases.services.open import Requester, open_case
from huiyin.cases.services.sweep import sweep
from huiyin.kernel.errors import NotAllowed, NotFound, Refused
from huiyin.letters import published
from huiyin.notices.models import Notice
from tests.conftest import SetClock
from tests.factories.cases import Step, clock_of, kinds, last_day, look, opening, sound, take, walk
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

GIVEN: dict[str, dict[str, Any]] = {
    "assign": {"lead": "transport", "ground_text": "试"},
    "assign_complex": {"lead": "transport", "ground_text": "试"},
    "reply": {"reply": "8路公交车已恢复停靠。", "evidence": "公交公司记录"},
    "amend_reply": {"reason": "请写明恢复时间"},
    "return_order": {"ground": "not_our_duty", "explanation": "归住建"},
    "fail_audit": {"reason": "没有答复时间"},
    "answer_directly": {"reply": "请拨打公交公司电话。"},
    "to_petition": {"explanation": "请留意信访部门的告知。"},
    "register_petition": {"explanation": "信访编号XF-1"},
    "not_a_petition": {"explanation": "是一般求助"},
    "redirect": {"reason": "court", "explanation": "请依法起诉。"},
    "publish": {"public_title": "公交不停靠", "public_question": "8路公交车不停靠。", "public_reply": "已恢复停靠。"},
    "withdraw_publication": {"reason": "写信人要求"},
    "write_again": {"statement": "又不停靠了"},
    "note_progress": {"note": "已约谈公交公司"},
}
WHO = {
    "screen": "operator", "screen_complex": "operator", "assign": "dispatcher", "assign_complex": "dispatcher",
    "reply": "transport_clerk", "approve_reply": "transport_head", "amend_reply": "transport_head",
    "return_order": "transport_clerk", "pass_audit": "supervisor", "fail_audit": "supervisor",
    "answer_directly": "operator", "to_petition": "dispatcher", "redirect": "operator", "publish": "dispatcher",
    "withdraw_publication": "requester", "write_again": "requester", "archive": "supervisor",
    "note_progress": "transport_clerk", "register_petition": "petition_clerk", "not_a_petition": "petition_clerk",
}  # fmt: skip
REPLIED = ("screen", "assign", "reply", "approve_reply")
ANSWERED = (*REPLIED, "pass_audit")


def go(*names: str) -> list[Step]:
    """The steps as their usual people take them."""
    return [Step(WHO[name], name, GIVEN.get(name, {})) for name in names]


def write(city: SmallCity, **over: Any) -> str:
    """Number of a new letter to the mayor, whose writer agrees to publication."""
    said = {"procedure": "mailbox", "action": "write", "channel": Channel.MAILBOX, "given": {"publication": "agreed"}}
    return open_case(actor=city.stranger, opening=opening(**{**said, **over})).number


def named(field: str, text: str) -> Step:
    """A publication with that text in one of its fields."""
    return Step("dispatcher", "publish", {**GIVEN["publish"], field: text})


ROUTES = {
    "received": (),
    "screened": ("screen",),
    "assigned": ("screen", "assign"),
    "returned": ("screen", "assign", "return_order"),
    "drafted": ("screen", "assign", "reply"),
    "replied": REPLIED,
    "answered": ANSWERED,
    "published": (*ANSWERED, "publish"),
    "with_petitions": ("to_petition",),
    "redirected": ("to_petition", "register_petition"),
    "archived": (*ANSWERED, "archive"),
}


@pytest.mark.parametrize("procedure", ["mailbox", "letter"])
def test_every_state_is_reached_and_the_record_is_sound(hotline: SmallCity, procedure: str) -> None:
    said: dict[str, Any] = {"procedure": procedure, "action": "write" if procedure == "mailbox" else "register"}
    for state, route in ROUTES.items():
        number = open_case(actor=hotline.operator, opening=opening(**said, given={"publication": "agreed"})).number
        assert walk(hotline, number, *go(*route)).case.state == state
        assert sound(number) == []
    states = set(rulebook.procedure(f"{procedure}@1").states)
    assert states == {*ROUTES, "in_examination", "concluded", "merged"}


def test_an_ordinary_letter_is_answered_in_three_working_days_and_a_complex_one_in_ten(
    hotline: SmallCity, at: SetClock
) -> None:
    at("2021-09-27 09:00")
    plain, hard, petition = write(hotline), write(hotline), write(hotline)

    walk(hotline, plain, *go("screen", "assign"))
    walk(hotline, hard, *go("screen_complex", "assign_complex"))
    walk(hotline, petition, *go("to_petition"))

    assert last_day(clock_of(look(plain), "answer")) == "2021-09-30"
    assert last_day(clock_of(look(plain), "handle", "transport")) == "2021-09-30"
    assert last_day(clock_of(look(hard), "answer")) == "2021-10-15"
    assert last_day(clock_of(look(hard), "handle", "transport")) == "2021-10-13"
    assert last_day(clock_of(look(petition), "answer")) == "2021-10-12"
    sources = {look(n).clocks[-1].limit.policy for n in (plain, hard, petition)}
    assert sources == {"jieshou-letters@1"}


@pytest.mark.parametrize(
    ("before", "step", "code"),
    [
        (("screen",), "assign_complex", "letter_ordinary"),
        (("screen_complex",), "assign", "letter_complex"),
        (ANSWERED, named("public_reply", "请联系何立秋"), "personal_data_left"),
        (ANSWERED, named("public_title", "13900000001"), "personal_data_left"),
        (("screen", "assign", "reply"), Step("transport_clerk", "approve_reply"), None),
        (("screen",), Step("dispatcher", "assign", {"lead": "hotline", "ground_text": "试"}), "desk_cannot_handle"),
        (("screen",), Step("dispatcher", "assign", {"lead": "renzhai", "ground_text": "试"}), "township_not_bound"),
    ],
)  # fmt: skip
def test_the_rules_of_letters_refuse(
    hotline: SmallCity, before: tuple[str, ...], step: str | Step, code: str | None
) -> None:
    number = write(hotline)
    version = walk(hotline, number, *go(*before)).case.version
    tried = go(step)[0] if isinstance(step, str) else step

    with pytest.raises(Refused if code else NotAllowed) as caught:
        walk(hotline, number, tried)

    assert code in {None, caught.value.code}
    assert str(caught.value.do)
    assert look(number).case.version == version


def test_a_head_who_drafted_the_reply_does_not_approve_it(hotline: SmallCity) -> None:
    number = write(hotline)
    walk(hotline, number, *go("screen", "assign"), Step("transport_head", "reply", GIVEN["reply"]))

    with pytest.raises(Refused) as caught:
        take(hotline, number, "transport_head", "approve_reply")

    assert caught.value.code == "own_draft"


def test_a_letter_that_is_a_petition_goes_to_the_bureau_and_comes_back_if_it_is_none(hotline: SmallCity) -> None:
    number = write(hotline)

    told = walk(hotline, number, *go("to_petition"))
    assert (told.case.state, told.case.lead_unit_id) == ("with_petitions", "petitions")
    assert Notice.objects.filter(case_number=number, recipient_key="unit:petitions").exists()

    told = walk(hotline, number, *go("not_a_petition", "assign"))
    assert (told.case.state, told.case.lead_unit_id) == ("assigned", "transport")
    assert clock_of(told, "answer").running
    assert sound(number) == []


def test_a_new_message_reopens_and_what_was_published_is_gone_until_it_is_published_again(hotline: SmallCity) -> None:
    number = write(hotline)
    walk(hotline, number, *go(*ANSWERED, "publish"))
    assert [letter.number for letter in published.page().letters] == [number]

    told = walk(hotline, number, *go("write_again"))

    assert (told.case.state, told.case.tally["reopenings"]) == ("screened", 1)
    assert clock_of(told, "answer").running
    assert published.page().letters == []
    with pytest.raises(NotFound):
        published.letter(number)
    again = {**GIVEN["publish"], "public_reply": "又恢复停靠了。"}
    walk(hotline, number, *go("assign", "reply", "approve_reply", "pass_audit"), Step("dispatcher", "publish", again))
    assert [letter.reply for letter in published.page().letters] == ["又恢复停靠了。"]
    assert published.letter(number).reply == "又恢复停靠了。"
    assert sound(number) == []


@pytest.mark.parametrize(
    "over", [{"given": {}}, {"allegation": Allegation.FIRM}], ids=["not agreed", "a report on a firm"]
)
def test_without_consent_or_with_something_confidential_nothing_is_published(
    hotline: SmallCity, over: dict[str, Any]
) -> None:
    number = write(hotline, **over)
    walk(hotline, number, *go(*ANSWERED))

    with pytest.raises(Refused) as caught:
        walk(hotline, number, *go("publish"))

    assert caught.value.code == "not_agreed"


def test_an_answered_letter_is_filed_by_itself_and_can_still_be_written_on(hotline: SmallCity, at: SetClock) -> None:
    number = write(hotline)
    walk(hotline, number, *go(*ANSWERED))
    at("2021-04-10 09:00")
    sweep()

    assert look(number).case.state == "archived"
    assert walk(hotline, number, *go("write_again")).case.state == "screened"


def test_an_accusation_in_a_letter_is_sealed_like_any_other(hotline: SmallCity) -> None:
    number = write(hotline, allegation=Allegation.WRONGDOING, respondent_unit="transport")

    with pytest.raises(NotFound):
        walk(hotline, number, *go("screen"))
    assert take(hotline, number, "case_officer", "take_over").case.state == "in_examination"


# The pages


def test_the_mailbox_is_written_followed_answered_and_read_by_the_public(hotline: SmallCity, client: Client) -> None:
    form = {
        "key": "k1", "body": "8路车不停，我叫何立秋，电话13900000001", "kind": "complaint", "name": "何立秋",
        "phone": "13900000001", "addressed_to": "secretary", "publication": "on",
    }  # fmt: skip
    answer = client.post("/mailbox/", form, follow=True)
    page = answer.content.decode()
    case = Case.objects.get()
    assert answer.redirect_chain == [("/receipt/", 302)]
    assert case.number in page
    assert (case.procedure, case.channel, case.tally) == ("mailbox@1", "mailbox", {"publication": "agreed"})
    assert client.post("/mailbox/", form).status_code == 302
    assert Case.objects.count() == 1
    assert "收到" in client.get(f"/track/{case.number}/").content.decode()

    walk(hotline, case.number, *go(*ANSWERED))
    client.force_login(hotline.users["dispatcher"])
    proposed = client.get(f"/desk/{case.number}/?action=publish").content.decode()
    [question] = re.findall(r'name="public_question"[^>]*>([^<]*)<', proposed)
    assert question == "8路车不停，我叫〔本人信息〕，电话〔电话〕"
    fields = {"version": str(look(case.number).case.version), "key": "p", "public_title": "公交不停靠",
              "public_question": question, "public_reply": "已恢复停靠。"}  # fmt: skip
    assert client.post(f"/desk/{case.number}/do/publish/", fields).status_code == 302
    client.logout()

    listed, read = client.get("/answers/").content.decode(), client.get(f"/answers/{case.number}/").content.decode()
    assert "公交不停靠" in listed
    assert "已恢复停靠。" in read
    assert "何立秋" not in listed + read
    assert client.get("/answers/210302-000099-4/").status_code == 404


def test_an_empty_letter_is_refused_beside_its_field(hotline: SmallCity, client: Client) -> None:
    answer = client.post("/mailbox/", {"key": "k", "body": " ", "kind": "help", "addressed_to": "mayor"})

    assert answer.status_code == 422
    assert "请写明您遇到的事" in answer.content.decode()
    assert Case.objects.count() == 0


def test_a_letter_on_paper_is_registered_with_its_scan(hotline: SmallCity, client: Client) -> None:
    client.force_login(hotline.users["operator"])
    form: dict[str, Any] = {"key": "k", "body": "来信一页", "kind": "help", "addressed_to": "mayor", "name": "何立秋"}

    without = client.post("/desk/letters/new/", form)
    assert without.status_code == 422
    assert "请上传来信的扫描件" in without.content.decode()
    scan = SimpleUploadedFile("letter.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    done = client.post("/desk/letters/new/", form | {"photos": scan}, follow=True)

    case = Case.objects.get()
    page = done.content.decode()
    assert (case.procedure, case.channel, case.kind) == ("letter@1", "letter", Kind.HELP)
    assert "附件.pdf" in page
    assert "查询码" in page
    assert kinds(case.number) == ["register"]


def test_only_the_desk_registers_letters(hotline: SmallCity, client: Client) -> None:
    client.force_login(hotline.users["transport_clerk"])
    assert client.get("/desk/letters/new/").status_code == 403
    said = opening(procedure="letter", action="register", requester=Requester())
    for actor in (hotline.transport_clerk, hotline.stranger, requester("210302-000001-2")):
        with pytest.raises(NotAllowed):
            open_case(actor=actor, opening=said)


def test_the_public_list_goes_on_page_by_page(hotline: SmallCity, client: Client) -> None:
    for n in range(published.PAGE + 2):
        number = write(hotline, key=f"k{n}")
        walk(hotline, number, *go("screen", "answer_directly", "publish"))

    first = published.page()
    rest = published.page(first.before)

    assert (len(first.letters), len(rest.letters), rest.before) == (published.PAGE, 2, "")
    assert len({letter.number for letter in [*first.letters, *rest.letters]}) == published.PAGE + 2
    assert client.get("/answers/", {"before": "nonsense"}).status_code == 200


def test_a_letter_about_the_petition_bureau_is_not_led_by_it(hotline: SmallCity) -> None:
    number = write(hotline, allegation=Allegation.CONDUCT, respondent_unit="petitions")

    with pytest.raises(Refused) as caught:
        walk(hotline, number, *go("to_petition"))

    assert caught.value.code == "unit_concerned"


def test_a_letter_handed_to_the_bureau_after_an_answer_has_one_lead(hotline: SmallCity) -> None:
    number = write(hotline)
    walk(hotline, number, *go(*ANSWERED, "write_again", "to_petition"))

    leads = [(order.unit_id, order.status) for order in look(number).orders if order.role == "lead"]

    assert leads == [("petitions", "placed")]
    with pytest.raises(NotAllowed):
        take(hotline, number, "transport_clerk", "register_petition", explanation="x")
    assert sound(number) == []
