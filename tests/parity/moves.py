"""What may be called, each with made-up input, right and wrong: the repertoire of a play.

A move takes the play and returns something that JSON can hold; a refusal is raised as the service raises it.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from huiyin.access import tokens
from huiyin.access.actor import Actor
from huiyin.cases import echo, joins, queries, story, worklists
from huiyin.cases.enums import Allegation, Channel, Kind, Urgency
from huiyin.cases.models import Case
from huiyin.cases.policies import READ_ALL
from huiyin.cases.procedures.spec import Action, Input, InputType
from huiyin.cases.services.act import act, options
from huiyin.cases.services.bring_in import as_data, bring_in, load_mapping
from huiyin.cases.services.catalogue import load_catalogue
from huiyin.cases.services.migrate import migrate
from huiyin.cases.services.open import Opening, Requester, open_case, open_cases
from huiyin.cases.services.publish import publish
from huiyin.cases.services.recount import recount
from huiyin.cases.services.reveal import reveal
from huiyin.cases.services.sweep import sweep
from huiyin.cases.services.track import prove
from huiyin.files.services import drop_loose, name_of, store
from huiyin.kernel import clock
from huiyin.letters import published
from huiyin.metrics.hotline import DEFINITIONS
from huiyin.notices.services import deliver
from huiyin.org.enums import UnitKind
from huiyin.org.services import close_unit, register_unit, rename_unit
from huiyin.people.models import Posting
from huiyin.people.services import create_user, end_posting, post, set_active
from huiyin.reports import figures
from huiyin.workdays.services import set_own_day
from tests.factories.cases import actor_named
from tests.personas import PEOPLE, SmallCity

GOOD = ("情况属实", "8路公交车又不停靠。", "皖K12345'; --", "𠮷" * 40, "Ä é ß", "行一\n行二\t\\", "%_")
TEXTS = (*GOOD, *GOOD, *GOOD, "　", "x" * 400)
UNITS = ("transport", "housing", "bus", "xicheng-street", "renzhai", "discipline", "petitions")
SAID = (*UNITS, *UNITS, "nobody")
AREAS = ("341282002", "341282202", "341282202201", "341282", "341282002", "000000")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
ORDINARY = Kind.COMPLAINT, Kind.HELP, Kind.SUGGESTION, Kind.CONSULT
EYE = Actor("system:shell", "命令行", rights=frozenset({READ_ALL}))
STAFF = sorted(who for who, (_name, _unit, role) in PEOPLE.items() if role)


@dataclass
class Play:
    """A city at play: who is there, what was made so far, and the dice."""

    city: SmallCity
    dice: Random
    folder: Path
    now: datetime
    numbers: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    files: list[UUID] = field(default_factory=list)
    openings: list[tuple[Actor, Opening]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)

    def text(self) -> str:
        return self.dice.choice(TEXTS)

    def number(self) -> str:
        """Mostly a late case: those are still under way."""
        if not self.numbers or self.dice.random() < 0.02:
            return "210302-000099-1"  # no case has it
        return self.dice.choice(self.numbers[-12:] if self.dice.random() < 0.8 else self.numbers)

    def actor(self, number: str = "") -> Actor:
        return actor_named(self.city, self.dice.choice([*sorted(PEOPLE), "requester", "visitor", "sweep"]), number)


type Move = Callable[[Play], Any]
MOVES: list[tuple[int, Move]] = []
"""Weight and move."""


def move(weight: int) -> Callable[[Move], Move]:
    """Add a move to the repertoire."""

    def add(one: Move) -> Move:
        MOVES.append((weight, one))
        return one

    return add


def value(play: Play, asked: Input) -> Any:  # noqa: C901, PLR0911 - one for each type
    """What a person may type into such a field, mostly right."""
    dice = play.dice
    match asked.type:
        case InputType.TEXT:
            return play.text()
        case InputType.CHOICE:
            return dice.choice([*asked.choices] * 5 + ["no_such_choice"])
        case InputType.UNIT:
            return dice.choice(SAID)
        case InputType.UNITS:
            return dice.sample(UNITS, dice.randint(0, 2))
        case InputType.PEOPLE:
            return dice.choice([[], ["renzhai_clerk"], ["nobody"]])
        case InputType.CATEGORY:
            return dice.choice(["play/lights", "play/bus", "no_such_category"])
        case InputType.AREA:
            return dice.choice(AREAS)
        case InputType.DATE:
            return dice.choice([(clock.today() + timedelta(days=dice.randint(-2, 20))).isoformat(), "tomorrow"])
        case InputType.CASE:
            return play.number()
        case InputType.COUNT:
            return dice.randint(0, 8)
        case InputType.FLAG:
            return dice.random() < 0.5
        case InputType.FILES:
            return [str(one) for one in play.files[-1:]]


def inputs(play: Play, action: Action) -> dict[str, Any]:
    """Input for the action; now and then something needed is missing."""
    wanted = {name: asked for name, asked in action.inputs.items() if asked.required or play.dice.random() < 0.3}
    return {name: value(play, asked) for name, asked in wanted.items() if play.dice.random() < 0.98}


def an_opening(play: Play) -> Opening:
    dice = play.dice
    requester = Requester(name=f"何{play.text()[:8]}", phone=f"1390000{dice.randint(0, 9999):04d}")
    kind = dice.choice(ORDINARY) if dice.random() < 0.7 else dice.choice(list(Kind))
    letter = dice.random() < 0.2
    return Opening(
        title=play.text()[:120], body=play.text(), kind=kind, channel=Channel.MAILBOX if letter else Channel.WEB,
        urgency=dice.choice([*[Urgency.NORMAL] * 4, *Urgency]),
        allegation=dice.choice(list(Allegation)) if dice.random() < 0.15 else Allegation.NONE,
        respondent_unit=dice.choice(SAID) if dice.random() < 0.15 else None,
        area=dice.choice(AREAS) if dice.random() < 0.3 else None,
        category=dice.choice(["play/lights", "none"]) if dice.random() < 0.2 else None,
        requester=requester if dice.random() < 0.8 else Requester(),
        key=f"key-{dice.randint(0, 10**18):020d}" if dice.random() < 0.4 else "",
        procedure="mailbox" if letter else "", action="write" if letter else "receive",
        given={"publication": dice.choice(["agreed", "refused"])} if letter else {},
        files=(play.files[-1],) if play.files and dice.random() < 0.3 else (),
    )  # fmt: skip


def keep(play: Play, number: str, code: str | None) -> None:
    if number not in play.codes:
        play.numbers.append(number)
    play.codes[number] = code or ""


@move(60)
def take_in(play: Play) -> Any:
    who = actor_named(play.city, play.dice.choice(["operator", "operator", "stranger", "visitor", "auditor"]))
    opening = an_opening(play)
    if opening.key:
        play.openings.append((who, opening))
    opened = open_case(actor=who, opening=opening)
    keep(play, opened.number, opened.access_code)
    return [opened.number, opened.access_code, opened.dossier.case.head]


@move(10)
def take_in_again(play: Play) -> Any:
    """The same key, with the same content or with another."""
    who, opening = play.dice.choice(play.openings) if play.openings else (play.city.operator, an_opening(play))
    if play.dice.random() < 0.3:
        opening = opening.with_changes(title="另一个标题")
    opened = open_case(actor=who, opening=opening)
    keep(play, opened.number, opened.access_code)
    return [opened.number, opened.access_code, opened.again]


@move(5)
def take_in_several(play: Play) -> Any:
    made = open_cases(actor=play.city.operator, openings=[an_opening(play) for _ in range(3)])
    for one in made:
        keep(play, one.number, one.access_code)
    return [one.number for one in made]


@move(240)
def press_a_button(play: Play) -> Any:
    """Somebody does one of the first things that their screen offers."""
    number = play.number()
    dossier = queries.find(EYE, number)
    people = [actor_named(play.city, who, number) for who in play.dice.sample(STAFF, 6)]
    people.append(actor_named(play.city, "requester", number))
    offered = [(who, one) for who in people for one in options(who, [dossier])[0] if one.possible]
    if not offered:
        return "nothing offered"
    who, option = play.dice.choice(offered)
    given = inputs(play, dossier.procedure.actions[option.name])
    key = f"act-{play.dice.randint(0, 10**18)}" if play.dice.random() < 0.2 else ""
    done = act(actor=who, number=number, action=option.name, given=given, key=key)
    if key:
        again = act(actor=who, number=number, action=option.name, given=given, key=key)
        assert again.case.version == done.case.version
    return [option.name, who.key, done.case.version, done.case.head]


@move(40)
def try_anything(play: Play) -> Any:
    number = play.number()
    case = Case.objects.filter(number=number).first()
    actor = play.actor(number) if play.dice.random() < 0.5 else actor_named(play.city, play.dice.choice(STAFF))
    if case is None:
        return act(actor=actor, number=number, action="accept").case.head
    actions = queries.load([case])[0].procedure.actions
    name = play.dice.choice(sorted(actions))
    seen = case.version - play.dice.choice([0, 0, 1])
    done = act(actor=actor, number=number, action=name, given=inputs(play, actions[name]), expected_version=seen)
    return [name, done.case.head]


@move(10)
def join_two(play: Play) -> Any:
    number, main = play.number(), play.number()
    done = act(actor=play.city.dispatcher, number=number, action="merge", given={"main": main, "reason": "同一件事"})
    voices = joins.voices(play.city.supervisor, queries.find(play.city.supervisor, main).case)
    return [done.case.head, [voice.number for voice in voices]]


@move(25)
def let_time_pass(play: Play) -> Any:
    play.now += timedelta(hours=play.dice.choice([1, 5, 24, 72, 24 * 9]))
    return vars(sweep())


@move(8)
def send_notices(play: Play) -> Any:
    return vars(deliver(most=play.dice.choice([1, 7, 1000])))


@move(12)
def read_who_asks(play: Play) -> Any:
    number = play.number()
    who = play.actor(number) if play.dice.random() < 0.3 else play.city.operator
    return vars(reveal(actor=who, number=number, reason=play.dice.choice(["", "核实地址", "回访需要"])))


@move(8)
def follow_one(play: Play) -> Any:
    number = play.number()
    code = play.codes.get(number) if play.dice.random() < 0.8 else "AAAAAAAAAA"
    return prove(number, code or "").key


@move(12)
def tell_a_story(play: Play) -> Any:
    number = play.number()
    who = play.actor(number) if play.dice.random() < 0.3 else play.city.supervisor
    return story.story(who, number)


@move(30)
def read_a_list(play: Play) -> Any:
    who = actor_named(play.city, play.dice.choice(STAFF))
    mine = worklists.views(who)
    counted = worklists.counts(who, mine)
    chosen = play.dice.choice(mine) if mine else worklists.view_of(who, "all")
    page = worklists.page(who, chosen, filters=worklists.filters_from({"kind": play.dice.choice(["", "complaint"])}))
    return [chosen.name, dict(sorted(counted.items())), [row.number for row in page.rows], page.next_cursor]


@move(6)
def read_the_no_echo_list(play: Play) -> Any:
    return [str(line) for line in echo.overview(actor_named(play.city, play.dice.choice(STAFF)))]


@move(2)
def count_a_figure(play: Play) -> Any:
    definition = DEFINITIONS[play.dice.choice(sorted(DEFINITIONS))]
    period = figures.period_of(date(2021, 3, 1), clock.today())
    with figures.session(play.city.supervisor, fresh=True) as session:
        return [definition.name, str(session.run(definition, period)), str(session.rows(definition, period, limit=20))]


@move(5)
def read_what_is_published(play: Play) -> Any:
    return [one.number for one in published.page().letters]


@move(15)
def send_a_file(play: Play) -> Any:
    data = play.dice.choice([PDF, PDF + b"%2", "东升路路灯不亮。".encode(), b"", b"MZ\x90\x00" + b"\x00" * 60])
    name = play.dice.choice(["现场.pdf", "../../keys", "字" * 200])
    once = play.dice.choice(["", "form-1"])
    kept = store(io.BytesIO(data), name=name, actor=play.dice.choice(["anonymous", "user:operator"]), once=once)
    play.files.append(kept.pk)
    return [kept.sha256, name_of(kept)]


@move(3)
def drop_files(play: Play) -> Any:
    return drop_loose(before=clock.now() - timedelta(days=1))


MAPPING = """
name: play
title: {zh: 演练, en: Play}
origin: play
key: ref
body: content
unit: unit
units_are_ours: true
category: {scheme: play, columns: [cat1, cat2]}
address: [town]
received: {column: date}
channel: phone
kind: {column: content, contains: {consult: [咨询], complaint: [投诉]}, default: other}
lifecycle: {column: status, contains: {historic: [已办结], open: [在办]}, default: historic}
"""


@move(10)
def import_a_file(play: Play) -> Any:
    dice = play.dice
    (play.folder / "play.yaml").write_text(MAPPING, encoding="utf-8")
    path = play.folder / "play.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["ref", "content", "unit", "cat1", "cat2", "town", "date", "status"])
        for _ in range(dice.randint(1, 12)):
            key = dice.randint(1, 60)
            unit = dice.choice(["界首市交通运输局", "交通局", "神秘办", "住建局", "", "Ämt"])
            day = dice.choice(["2021-03-01", "2021-03-01 08:30:00", "someday"])
            body = f"投诉第{key}盏路灯" if dice.random() < 0.9 else play.text()
            out.writerow([f"R{key}", body, unit, dice.choice(["市政", "交通", ""]), dice.choice(["路灯", ""]), "任寨镇",
                          day, dice.choice(["已办结", "在办"])])  # fmt: skip
    report = bring_in(path, load_mapping(play.folder / "play.yaml"), dry_run=dice.random() < 0.2)
    known = Case.objects.filter(origin="play").order_by("number").values_list("number", flat=True)
    for number in known:
        if number not in play.codes:
            keep(play, number, "")
    return as_data(report)


@move(6)
def change_the_catalogue(play: Play) -> Any:
    unit = play.dice.choice(SAID)
    code = play.dice.choice(["lights", "bus", f"c{play.dice.randint(1, 30)}", "Bad Code"])
    day = play.dice.choice(["2000-01-01", "2021-02-01"])
    text = f"scheme: play\nsource: 演练\nfrom: {day}\ncategories:\n  - {{code: {code}, name: 名{code}, unit: {unit}}}\n"
    return list(load_catalogue(text, "play.yaml"))


@move(4)
def register_a_unit(play: Play) -> Any:
    code = play.dice.choice([f"office-{play.dice.randint(1, 20)}", "Bad Code", "transport"])
    parent = play.dice.choice(["jieshou", "transport", "nobody"])
    unit = register_unit(code=code, name=play.text()[:20], kind=UnitKind.DEPARTMENT, parent=parent)
    play.units.append(unit.code)
    return unit.path


@move(3)
def rename_or_close_a_unit(play: Play) -> Any:
    unit = play.dice.choice([*play.units, "jieshou", "nobody"])
    on = clock.today() + timedelta(days=play.dice.randint(-1, 30))
    if play.dice.random() < 0.5:
        return rename_unit(unit=unit, name=f"新{play.text()[:10]}", on=on)
    return close_unit(unit=unit, on=on)


@move(3)
def decide_about_a_day(play: Play) -> Any:
    day = clock.today() + timedelta(days=play.dice.randint(1, 20))
    source = play.dice.choice(["界政办〔2021〕1号", "  "])
    set_own_day(day, works=play.dice.random() < 0.3, name="停电", source=source)
    return recount()


@move(5)
def change_the_staff(play: Play) -> Any:
    dice = play.dice
    name = dice.choice([f"new_{dice.randint(1, 15)}", "operator", "a:b", ""])
    user = create_user(username=name, display_name="新人")
    post(user=user, unit=dice.choice(SAID), role="unit_clerk")
    if dice.random() < 0.5:
        end_posting(posting=Posting.objects.get(user=user), on=clock.today() + timedelta(days=dice.randint(-1, 3)))
    if dice.random() < 0.3:
        set_active(user=user, active=False)
    return user.key


@move(4)
def issue_a_token(play: Play) -> Any:
    dice = play.dice
    user = play.city.users[dice.choice(STAFF)]
    text = tokens.issue(user, play.text()[:40], scopes=dice.choice([(), ("nonsense",)]), days=dice.choice([1, 90, 900]))
    found = tokens.actor_of_token(text)
    return [text, found.key if found else None]


@move(2)
def migrate_one(play: Play) -> Any:
    return migrate(actor=play.city.auditor, number=play.number(), to="hotline@9", ground=play.text()).case.head


@move(2)
def publish_a_wrong_rule(play: Play) -> Any:
    return publish(
        actor=play.city.administrator, sort="procedure", text="name: hotline\n", file="wrong.yaml", reason="试"
    ).key
