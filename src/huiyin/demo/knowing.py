"""What a rehearsal knows from its first page on: matters that another system closed in earlier years, a model learned
from what is closed, issues of many people, one of them taken on, and in the small city one answered.

Everything goes the way it goes in any city: the import, the second reading, `huiyin model train --from-cases --use`,
`huiyin hot-issues --from-cases`, a dispatcher who adopts and joins.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from huiyin.access.actor import IMPORT, actor_of
from huiyin.cases import lessons
from huiyin.cases.enums import Channel, IssueStatus, Kind, Phase, Source, Urgency
from huiyin.cases.models import Case, HotIssue, Passage
from huiyin.cases.services import gather
from huiyin.cases.services import hot_issues as acts
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Opening, open_cases, title_from
from huiyin.cases.services.reread import reread
from huiyin.demo.planner import Town, packaged_ground
from huiyin.demo.texts import Topic, grammar
from huiyin.kernel import clock, home
from huiyin.kernel.errors import ConfigError
from huiyin.people.models import User
from huiyin.routing import versions

EARLIER = 160
"""Matters brought in: the fewest with which the model is sure of what is raised most."""
BEGAN_DAYS, ENDED_DAYS = 720, 380
"""How long ago they were received: before anything that figures of this year compare with."""
SYSTEM = "earlier-hotline"
SCHEME = "jieshou"
OFTEN = 16
"""Categories that the small city's earlier matters are about, the commonest."""
READ_TOGETHER, CITY_READ = 500, 5000
"""Texts read a second time at once, and of a whole city: the worker reads the others meanwhile."""
LEADERS, JOINER, CALLER = ("mayor", "deputy-mayor"), "dispatcher", "callback"
WAITING, LOOKED_AT = "in_callback", 20
DUE = timedelta(days=7)
FEWEST = 3
"""People of an issue that is taken on."""
URGENT = "情况紧急，请马上派人来看。"


@dataclass(frozen=True)
class Said:
    """A matter as somebody raised it, and what it turned out to be."""

    title: str
    body: str
    category: str
    """Within the scheme."""
    kind: Kind
    urgency: Urgency
    unit: str
    town: Town


def said(count: int, chance: random.Random, *, topics: Sequence[str] = ()) -> Iterator[Said]:
    """So many matters in the grammar's words, as often as each topic is raised; of all topics that have a unit where
    none is named.
    """
    words, ground = grammar(), packaged_ground()
    asked = topics or [code for code in words.topics if ground.duties.get(code)]
    for code in chance.choices(asked, [words.topics[code].weight for code in asked], k=count):
        town = chance.choice(ground.towns)
        duty = ground.duties[code]
        yield _one(code, words.topics[code], town.unit if duty == "townships" else duty, town, chance)


def often(count: int) -> list[str]:
    """The topics raised most that have a unit."""
    ground, topics = packaged_ground(), grammar().topics
    listed = [code for code in topics if ground.duties.get(code)]
    return sorted(listed, key=lambda code: (-topics[code].weight, code))[:count]


def _one(code: str, topic: Topic, unit: str, town: Town, chance: random.Random) -> Said:
    words, known = grammar(), {"town": town.name}
    known["place"] = words.of(topic.place, chance, known)
    kind = chance.choices(list(topic.kinds), list(topic.kinds.values()))[0]
    title = words.say(chance.choice(topic.facts), chance, known, topic)
    urgent = chance.random() * 100 < topic.urgent
    opened = "suggest_open" if kind is Kind.SUGGESTION else "open"
    parts = [
        words.of(opened, chance, known), title, words.say(chance.choice(topic.details), chance, known, topic),
        words.say(chance.choice(topic.wishes), chance, known, topic), URGENT if urgent else "",
    ]  # fmt: skip
    urgency = Urgency.URGENT if urgent else Urgency.NORMAL
    return Said(title_from(title), "".join(parts), code, kind, urgency, unit, town)


def bring_earlier(count: int = EARLIER) -> int:
    """Bring in closed matters of earlier years as an import does, once; how many."""
    if Case.objects.filter(origin=SYSTEM).exists():
        return 0
    made = said(count, random.Random(9), topics=often(OFTEN))  # noqa: S311 - invented matters, the same each time
    step = timedelta(days=BEGAN_DAYS - ENDED_DAYS) / count
    openings = [
        Opening(
            title=one.title, body=one.body, channel=Channel.PHONE, kind=one.kind, urgency=one.urgency,
            category=f"{SCHEME}/{one.category}", area=one.town.area, action="import_historic",
            occurred_at=clock.now() - timedelta(days=BEGAN_DAYS) + step * n, source=Source.IMPORT, origin=SYSTEM,
            origin_key=str(n), given={"lead": one.unit},
        )
        for n, one in enumerate(made)
    ]  # fmt: skip
    return len(open_cases(actor=IMPORT, openings=openings))


def know(*, most: int | None = None) -> str:
    """Read what is there a second time (the latest `most` texts), learn a model from it and use it, put issues
    together. The model's version, "" where too little is closed to learn from.
    """
    left = Passage.objects.filter(reread=False).count() if most is None else most
    for start in range(0, left, READ_TOGETHER):
        reread(most=min(READ_TOGETHER, left - start))
    gather.catch_up(lambda _done: None)
    return _learn()


def know_city(now: datetime) -> None:
    """The same for a whole city, from its latest texts, as if it all happened at one instant."""
    clock.install(lambda: now)
    try:
        know(most=CITY_READ)
        take_on()
    finally:
        home.install_clock()


def _learn() -> str:
    from huiyin.routing.train import train  # noqa: PLC0415 - scikit-learn takes seconds to load

    try:
        model = train(lessons.from_closed())
    except ConfigError:
        return ""
    versions.keep(model, at=clock.now(), by="system:demo")
    versions.use(model.version, at=clock.now(), by="system:demo")
    return model.version


def take_on(*, most: int = 1) -> list[HotIssue]:
    """Leaders answer for the hottest issues that can be joined to one open matter, and a dispatcher joins the others.
    Where that one only waits for its callback, it is called back and closed, and everybody who joined is answered.
    """
    users: Mapping[str, User] = {user.username: user for user in User.objects.filter(username__in=(*LEADERS, JOINER))}
    joiner, taken = actor_of(users[JOINER]), list[HotIssue]()
    found = HotIssue.objects.filter(status=IssueStatus.FOUND, people__gte=FEWEST).order_by("-heat", "pk")
    for issue in found[:LOOKED_AT]:
        main = _main_of(issue)
        if main is None or len(taken) == most:
            continue
        adopted = acts.adopt(
            actor=joiner, issue=issue, version=issue.version, owner=LEADERS[len(taken) % len(LEADERS)],
            unit=main.lead_unit_id or "", due_on=clock.today() + DUE, main=main.number,
        )  # fmt: skip
        acts.join_all(actor=joiner, issue=adopted, key=f"demo/{issue.pk}")
        if main.state == WAITING:
            _answer(main)
        taken.append(adopted)
    gather.work()
    return taken


def _main_of(issue: HotIssue) -> Case | None:
    """The open matter of the issue that a unit works on, the first of them."""
    rows = Case.objects.filter(reading__issue=issue, phase=Phase.OPEN, main=None).exclude(lead_unit=None)
    return rows.order_by("received_at").first()


def _answer(main: Case) -> None:
    callback = actor_of(User.objects.get(username=CALLER))
    told = {"reached": "reached", "solved": "yes", "satisfied": "yes", "note": "说夜里听不到了，路面也冲洗了。"}
    for action, given in (("record_callback", told), ("close", {})):
        act(actor=callback, number=main.number, action=action, given=given)
