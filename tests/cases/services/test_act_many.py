"""Many lives at once leave the record that they leave one by one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from huiyin.access.actor import requester
from huiyin.cases import ledger, queries
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Kind, Urgency
from huiyin.cases.models import Case, Order
from huiyin.cases.services.act import act
from huiyin.cases.services.act_many import Deed, Life, act_many
from huiyin.cases.services.numbers import take_serials
from huiyin.cases.services.open import Opening, open_case
from huiyin.cases.services.requests import Request
from huiyin.cases.services.sweep import sweep
from huiyin.kernel import clock
from huiyin.kernel.errors import HuiyinError, Refused
from huiyin.notices.models import Notice
from huiyin.people.models import Party
from huiyin.people.parties import contact_of
from tests.conftest import SetClock
from tests.factories.cases import DISSATISFIED, HOTLINE, Step, actor_named, opening, publish_rules, sound
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db

WORK = ("accept", "dispatch", "sign", "contact_requester")
CLOSE = ("complete", "pass_audit", "record_callback", "close")


@dataclass(frozen=True)
class Script:
    """One life: hours between its steps, and the steps, of which some name another life by its place in the list."""

    gaps: float
    steps: tuple[str | Step, ...]
    over: dict[str, Any] = field(default_factory=dict)
    named: dict[str, tuple[str, int]] = field(default_factory=dict)

    def step(self, n: int) -> Step:
        found = self.steps[n]
        return HOTLINE[found] if isinstance(found, str) else found


MERGE = Step("dispatcher", "merge", {"reason": "同一件事"})
REPEAT = Step("operator", "link_repeat", {})
LIVES = [
    Script(2, ("accept", "answer_directly")),
    Script(2, (*WORK, *CLOSE)),
    Script(9, (*WORK, *CLOSE)),
    Script(30, (*WORK, *CLOSE)),
    Script(60, (*WORK, *CLOSE)),
    Script(3, ("accept", MERGE), named={"merge": ("main", 2)}),
    Script(4, ("accept", "dispatch", MERGE), named={"merge": ("main", 2)}),
    Script(5, ("accept", REPEAT, "dispatch", "sign"), named={"link_repeat": ("earlier", 0)}),
    Script(8, ("accept", "dispatch", "return_order", "redispatch")),
    Script(4, ("accept", "dispatch", "object", "designate", "sign")),
    Script(10, (*WORK, "request_extension", "endorse_extension", "grant_extension", *CLOSE)),
    Script(11, (*WORK, "pause", "resume", *CLOSE)),
    Script(12, (*WORK, "supervise", "answer_supervision", "lift_supervision")),
    Script(13, (*WORK, "complete", "pass_audit", DISSATISFIED, "rehandle", *CLOSE)),
    Script(6, (*WORK, "request_termination", "approve_termination")),
    Script(20, ("accept", "dispatch", "add_assist", "sign", "contact_requester", "report_help", "complete")),
    Script(1, ("seal", "inform", "conclude"), {"kind": Kind.REPORT}),
    Script(2, ("accept", "dispatch"), {"urgency": Urgency.DANGER}),
    Script(50, ("refuse",)),
    Script(26, (*WORK, "urge", "add_statement", *CLOSE, "reopen")),
    Script(1, ()),
]
START, UNTIL = "2021-03-02 09:30", "2021-04-20 12:00"


@pytest.fixture
def hotline(city: SmallCity, at: SetClock) -> SmallCity:
    """The small city with published rules."""
    at(START)
    publish_rules()
    return city


def begins(n: int, start: datetime) -> datetime:
    """When the n-th life begins: one after the other, so that serials have one order."""
    return start + timedelta(minutes=7 * n)


def stand(instant: datetime) -> None:
    """Stop the clock."""
    clock.install(lambda: instant)


def said(script: Script) -> Opening:
    """What the life begins with."""
    return opening(**script.over)


def one_by_one(city: SmallCity, start: datetime, until: datetime) -> None:
    """Every act by itself, with a sweep at each mark."""
    numbers: dict[int, str] = {}
    ahead = [(begins(n, start), n, -1) for n in range(len(LIVES))]
    while ahead:
        ahead.sort()
        at, n, step = ahead.pop(0)
        _sweep_until(at)
        stand(at)
        script = LIVES[n]
        if step < 0:
            numbers[n] = open_case(actor=city.operator, opening=said(script)).number
        else:
            taken = script.step(step)
            given = dict(taken.given)
            if taken.action in script.named:
                name, other = script.named[taken.action]
                given[name] = numbers[other]
            actor = actor_named(city, taken.who, numbers[n])
            act(actor=actor, number=numbers[n], action=taken.action, given=given)
        following = at + timedelta(hours=script.gaps)
        if step + 1 < len(script.steps) and following <= until:
            ahead.append((following, n, step + 1))
    _sweep_until(until)


def _sweep_until(until: datetime) -> None:
    while True:
        mark = Case.objects.filter(wake_at__lte=until).order_by("wake_at").values_list("wake_at", flat=True).first()
        if mark is None:
            return
        stand(mark)
        sweep(at=mark)


def at_once(city: SmallCity, start: datetime, until: datetime) -> Sequence[Dossier]:
    """The same lives in bulk."""
    serials = take_serials(len(LIVES))
    lives = [Life([], begins(n, start), city.operator, said(script), serials[n]) for n, script in enumerate(LIVES)]
    for n, (life, script) in enumerate(zip(lives, LIVES, strict=True)):
        deeds = []
        for step in range(len(script.steps)):
            taken = script.step(step)
            who = taken.who
            named = {}
            if taken.action in script.named:
                name, other = script.named[taken.action]
                named[name] = lives[other]
            deeds.append(
                Deed(
                    begins(n, start) + timedelta(hours=script.gaps * (step + 1)),
                    (lambda d: requester(d.case.number)) if who == "requester" else actor_named(city, who),
                    Request(taken.action, taken.given),
                    named,
                )
            )
        life.deeds = deeds
    return act_many(lives, until=until)


def record() -> dict[str, Any]:
    """Everything in the record but what is random: row keys, nonces, and what is hashed from them."""
    numbers = {str(row.pk): row.number for row in Case.objects.all()}
    parties = {str(row.pk): contact_of(row).name for row in Party.objects.all()}

    def payload(text: str) -> Any:
        found = json.loads(text)
        found["texts"], found["heading"] = sorted(found.get("texts", {})), "heading" in found
        found["cases"] = {name: numbers[pk] for name, pk in found.get("cases", {}).items()}
        if "case" in found:
            found["case"]["requester"] = parties.get(found["case"]["requester"])
        return found

    told: dict[str, Any] = {}
    for case in Case.objects.order_by("number"):
        skipped = {"id", "access_code_hash", "head", "heading", "requester_id", "main_id", "earlier_id"}
        row = {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields if f.attname not in skipped}
        row["main"], row["earlier"] = numbers.get(str(case.main_id)), numbers.get(str(case.earlier_id))
        events = [
            (e.kind, e.actor, e.unit, e.occurred_at, e.recorded_at, e.phase, e.promise_at, e.answers, e.lead,
             payload(e.payload))
            for e in queries.history(case)
        ]  # fmt: skip
        orders = [
            {f.name: getattr(o, f.name) for f in Order._meta.concrete_fields if f.name not in {"id", "case"}}
            for o in Order.objects.filter(case=case).order_by("unit")
        ]
        notices = sorted(Notice.objects.filter(case_number=case.number).values_list("kind", "created_at", "due_at"))
        texts = sorted(case.passages.values_list("seq", "field", "text", "audience"))
        told[case.number] = (row, events, orders, notices, texts)
    return told


def test_the_bulk_record_is_that_of_single_acts(hotline: SmallCity, at: SetClock) -> None:
    until, start = at(UNTIL), at(START)
    before = take_serials(1)[0]
    with transaction.atomic():
        one_by_one(hotline, start, until)
        singly = record()
        transaction.set_rollback(True)
    assert not Case.objects.exists()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a sequence isn't rolled back
            cursor.execute("SELECT setval('cases_serial_seq', %s)", [before])

    at_once(hotline, start, until)

    together = record()
    assert list(together) == list(singly)
    assert len(together) == len(LIVES)
    for number in singly:
        assert together[number] == singly[number]
    assert any("clock_breached" in [e[0] for e in events] for _row, events, *_ in together.values())
    assert {row["state"] for row, *_ in together.values()} >= {"closed", "archived", "accepted"}


def test_each_case_holds_together_and_its_chain_is_whole(hotline: SmallCity, at: SetClock) -> None:
    until, start = at(UNTIL), at(START)

    moved = at_once(hotline, start, until)

    for dossier in moved:
        assert sound(dossier.case.number) == []
        assert ledger.first_break(dossier.case.number, queries.history(dossier.case)) is None


def test_lives_of_cases_that_are_there_go_on(hotline: SmallCity, at: SetClock) -> None:
    start = at(START)
    number = open_case(actor=hotline.operator, opening=opening()).number
    dossier = queries.find(hotline.operator, number)
    deed = Deed(start + timedelta(hours=1), hotline.operator, Request("accept"))
    late = Deed(start + timedelta(days=90), hotline.operator, Request("answer_directly", {"reply": "试"}))

    act_many([Life([deed, late], dossier=dossier)], until=start + timedelta(hours=2))

    assert Case.objects.get().state == "accepted"
    assert sound(number) == []


def test_a_refusal_leaves_nothing_behind(hotline: SmallCity, at: SetClock) -> None:
    start = at(START)
    good = Life([], start, hotline.operator, opening(), take_serials(1)[0])
    wrong = Deed(start + timedelta(hours=1), hotline.transport_clerk, Request("sign"))
    bad = Life([wrong], start, hotline.operator, opening(), take_serials(1)[0])

    with pytest.raises(HuiyinError):
        act_many([good, bad], until=start + timedelta(days=1))

    assert not Case.objects.exists()
    assert not Party.objects.exists()


def test_what_a_single_act_refuses_the_bulk_refuses(hotline: SmallCity, at: SetClock) -> None:
    start = at(START)
    deeds = [Deed(start + timedelta(hours=n + 1), hotline.operator, Request("accept")) for n in range(2)]

    with pytest.raises(Refused) as caught:
        act_many([Life(deeds, start, hotline.operator, opening(), take_serials(1)[0])], until=start + timedelta(days=1))

    assert caught.value.code == "wrong_state"
