"""From quotas to plans: which matter comes when, about what, from whom. Pure, and the same for the same seed.

Each stretch of each door first gets its instants, by day of the week, season and hour. Occurrences and matters that
are to be open on the last day take theirs at fixed times; the rest are dealt from the last instant back to the first,
each to a way that can be over by the end.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import yaml

from huiyin.cases.enums import Allegation, Channel, Kind, Urgency
from huiyin.demo.quotas import DIRECT, HOTLINE, CityScenario, Quota, Stretch, quotas, share_out
from huiyin.demo.routes import OPERATORS, WAYS, Plan, Way
from huiyin.demo.texts import Grammar, Occurrence, Topic, grammar, occurrences
from huiyin.kernel.errors import ConfigError
from huiyin.org.services import packaged_city

WEEK = (1.16, 1.12, 1.06, 1.04, 1.02, 0.80, 0.76)
"""Monday to Sunday, against the mean."""
MONTHS = (0.96, 0.84, 0.98, 0.99, 1.03, 1.16, 1.12, 1.10, 1.04, 0.98, 0.96, 0.97)
HOURS = (2, 1, 1, 1, 1, 3, 12, 40, 95, 110, 104, 84, 50, 44, 78, 96, 92, 74, 50, 42, 34, 22, 10, 0)
"""Nothing in the day's last hour: what is answered on the call is answered on that day."""
CHANNELS = ((Channel.PHONE, 87), (Channel.WECHAT, 7), (Channel.WEB, 4), (Channel.APP, 2))
RESPONDENTS = (
    "service-hall", "housing", "transport", "market-regulation", "natural-resources", "education", "civil-affairs",
)  # fmt: skip
WRONG = ("city-management", "housing", "transport", "market-regulation", "water", "natural-resources", "civil-affairs")
PHOTOGRAPHED = 4
VILLAGE = "village_place"
PRAISE, UNSORTED = "other.praise", "other.none"


@dataclass(frozen=True)
class Town:
    """A street, town or township with its unit and area."""

    unit: str
    area: str
    name: str
    street: bool


@dataclass(frozen=True)
class Ground:
    """What the packaged rules say of the city: whose duty each category is, and its eighteen towns."""

    duties: Mapping[str, str]
    """Category within the scheme → unit; `townships`, or "" where the list is silent."""
    towns: Sequence[Town]


def packaged_ground() -> Ground:
    """Read from the packaged catalogue and units."""
    text = (files("huiyin.hotline") / "catalogue" / "jieshou.yaml").read_text(encoding="utf-8")
    duties = {
        f"{top['code']}.{child['code']}": child.get("unit", "")
        for top in yaml.safe_load(text)["categories"]
        for child in top["children"]
    }
    groups = yaml.safe_load(packaged_city())["groups"]
    towns = [
        Town(unit["code"], unit["area"], unit["name"], group["kind"] == "street")
        for group in groups
        if group["kind"] in {"street", "town", "township"}
        for unit in group["units"]
    ]
    return Ground(duties, towns)


def plan_city(scenario: CityScenario, works: Callable[[date], bool], zone: ZoneInfo, scale: float = 1) -> list[Plan]:
    """Every matter of the city, the earliest first. `works` says which days are worked."""
    return _Planner(scenario, works, zone, scale).plan()


def _picture(plan: Plan) -> str:
    """A letter on paper is scanned; one in `PHOTOGRAPHED` of those who write from a telephone sends a photograph."""
    if plan.door == "letter":
        return "page"
    writes = plan.door == HOTLINE and plan.channel in {Channel.WECHAT, Channel.WEB, Channel.APP}
    shows = plan.kind in {Kind.HELP, Kind.COMPLAINT} and plan.allegation is Allegation.NONE
    return "street" if writes and shows and plan.seed % PHOTOGRAPHED == 0 else ""


class _Planner:
    def __init__(self, scenario: CityScenario, works: Callable[[date], bool], zone: ZoneInfo, scale: float) -> None:
        self.scenario, self.works, self.zone, self.scale = scenario, works, zone, scale
        self.rng = random.Random(scenario.seed)  # noqa: S311 - a rehearsal, not a secret
        self.words: Grammar = grammar()
        self.ground = packaged_ground()
        self.known_people: list[tuple[str, str]] = []

    def plan(self) -> list[Plan]:
        rows = quotas(self.scenario, self.scale)
        plans = [
            plan
            for stretch in self.scenario.stretches
            for door in (HOTLINE, "mailbox", "letter")
            for plan in self._stretch(stretch, door, [r for r in rows if (r.stretch, r.door) == (stretch.name, door)])
        ]
        plans.sort(key=lambda plan: plan.at)
        for plan in plans:
            if not plan.body:
                self._fill(plan)
        self._link_repeats(plans)
        return plans

    # When

    def _stretch(self, stretch: Stretch, door: str, rows: Sequence[Quota]) -> list[Plan]:
        waiting = [
            Plan(stretch.name, door, row.group, row.way, self.scenario.now, self.rng.getrandbits(48))
            for row in rows
            for _ in range(row.count)
        ]
        self.rng.shuffle(waiting)
        slots = self._instants(len(waiting), stretch, door)
        placed: list[Plan] = []
        if door == HOTLINE:
            placed = self._occurrences(stretch, waiting, slots)
        for plan in [p for p in waiting if WAYS[p.way].ages]:
            waiting.remove(plan)
            youngest, oldest = WAYS[plan.way].ages or (0, 0)
            plan.at = self._free(self.scenario.now - timedelta(hours=self.rng.uniform(youngest, oldest)), slots)
            placed.append(plan)
        self._deal(stretch, waiting, slots)
        return placed + waiting

    def _instants(self, count: int, stretch: Stretch, door: str) -> list[datetime]:
        """`count` instants of the stretch, in order, as people call and write."""
        last = min(stretch.until, self.scenario.now.astimezone(self.zone).date())
        days = [stretch.since + timedelta(days=n) for n in range((last - stretch.since).days + 1)]
        weights = [self._day_weight(day, door) for day in days]
        found = [
            self._hour_of(day, door)
            for day, number in zip(days, share_out(count, weights), strict=True)
            for _ in range(number)
        ]
        return sorted(found)

    def _day_weight(self, day: date, door: str) -> float:
        noise = self.rng.uniform(0.86, 1.14)
        weight = WEEK[day.weekday()] * MONTHS[day.month - 1] * noise
        if not self.works(day):
            weight *= 0.9 if day.weekday() >= 5 else 0.62
        elif day.weekday() >= 5:
            weight *= 1.3
        if door == "letter":
            weight *= self.works(day)
        if day == self.scenario.now.astimezone(self.zone).date():
            weight *= sum(HOURS[: self.scenario.now.astimezone(self.zone).hour]) / sum(HOURS)
        return weight

    def _hour_of(self, day: date, door: str) -> datetime:
        now = self.scenario.now.astimezone(self.zone)
        hours = [weight if door != "letter" or 8 <= hour < 17 else 0 for hour, weight in enumerate(HOURS)]
        if day == now.date():
            hours = [weight if hour < now.hour else 0 for hour, weight in enumerate(hours)]
        hour = self.rng.choices(range(24), hours)[0]
        begin = datetime.combine(day, time(hour), self.zone)
        return begin + timedelta(seconds=self.rng.randrange(3600), microseconds=self.rng.randrange(1_000_000))

    @staticmethod
    def _free(wanted: datetime, slots: list[datetime]) -> datetime:
        """The wanted instant, in exchange for the slot nearest to it, so that the stretch keeps its number."""
        nearest = min(range(len(slots)), key=lambda n: abs(slots[n] - wanted))
        del slots[nearest]
        return wanted

    def _deal(self, stretch: Stretch, waiting: list[Plan], slots: list[datetime]) -> None:
        """Give the remaining slots, the last first, each to a plan that can be over in the time left."""
        by_need = sorted(waiting, key=lambda plan: WAYS[plan.way].least_days, reverse=True)
        ready: list[Plan] = []
        for slot in reversed(slots):
            left = (self.scenario.now - slot) / timedelta(days=1)
            while by_need and WAYS[by_need[-1].way].least_days <= left:
                ready.append(by_need.pop())
            if not ready:
                # Nothing can be over so soon: what needs least came somewhat earlier instead.
                plan = by_need.pop()
                days = WAYS[plan.way].least_days + self.rng.uniform(0, 1)
                plan.at = self._waking(self.scenario.now - timedelta(days=days))
                if plan.at.astimezone(self.zone).date() < stretch.since:
                    raise ConfigError("no_room", f"{stretch.name} is too short for {plan.way}.")
                continue
            n = self.rng.randrange(len(ready))
            ready[n], ready[-1] = ready[-1], ready[n]
            ready.pop().at = slot

    def _waking(self, at: datetime) -> datetime:
        """The instant, or the same day's morning where people would be asleep."""
        here = at.astimezone(self.zone)
        return here.replace(hour=8) if here.hour < 8 or here.hour > 21 else here

    # Occurrences

    def _occurrences(self, stretch: Stretch, waiting: list[Plan], slots: list[datetime]) -> list[Plan]:
        """The matters of what many people raise: a main one, those joined to it, and those answered on the call."""
        inside = [
            o for o in occurrences(self.scenario.events)
            if stretch.since <= datetime.fromisoformat(o.begins).date() <= stretch.until
        ]  # fmt: skip
        placed: list[Plan] = []
        for still_open in (False, True):
            mine = [o for o in inside if o.open is still_open]
            joining = [p for p in waiting if WAYS[p.way].joins and bool(WAYS[p.way].ages) is still_open]
            if joining and not mine:
                raise ConfigError("nothing_to_join", f"{stretch.name}: matters join, but nothing occurs.")
            for one, number in zip(mine, share_out(len(joining), [o.weight for o in mine]), strict=True):
                members, joining = joining[:number], joining[number:]
                if members:
                    placed += self._occurrence(one, members, waiting, slots)
        for plan in placed:
            waiting.remove(plan)
        return placed

    def _occurrence(
        self, one: Occurrence, members: list[Plan], waiting: list[Plan], slots: list[datetime]
    ) -> list[Plan]:  # fmt: skip
        main = next(p for p in waiting if p.way == ("open_working" if one.open else "plain"))
        main.way = "open_occurrence" if one.open else "occurrence"
        callers = [p for p in waiting if p.way == "direct_other"][: round(one.on_the_call * self.scale)]
        for caller in callers:
            caller.way = "direct_voice"
        begins = datetime.fromisoformat(one.begins).replace(tzinfo=self.zone)
        times = sorted(self.rng.triangular(0.1, one.hours, one.hours / 6) for _ in [*members, *callers])
        voices = [*members, *callers]
        self.rng.shuffle(voices)
        main.at = self._free(begins, slots)
        for voice, hours in zip(voices, times, strict=True):
            voice.at = self._free(begins + timedelta(hours=hours), slots)
        topic = self.words.topics[one.category]
        for n, plan in enumerate([main, *voices]):
            plan.topic, plan.area, plan.address = one.category, one.area, one.place
            plan.kind = Kind.HELP if one.urgent else Kind.COMPLAINT
            plan.urgency = Urgency.URGENT if one.urgent else Urgency.NORMAL
            plan.main = None if n == 0 else main
            self._person(plan, WAYS[plan.way])
            plan.known |= {"place": one.place, "town": self._town_of(one.area).name}
            if n == 0:
                said = one.first
            elif WAYS[plan.way].joins:
                said = self._retold(one)
            else:
                said = "{open}" + self.rng.choice(one.says)
            plan.body = self.words.say(said, self.rng, plan.known, topic)
            plan.body += self.words.of("feeling", self.rng, plan.known) if self.rng.random() < 0.6 else ""
            plan.told = self.words.say(self.rng.choice(one.told), self.rng, plan.known, topic)
            plan.reply = one.reply
            self._units(plan)
        return [main, *voices]

    def _retold(self, one: Occurrence) -> str:
        """The occurrence as another neighbour tells it: the same facts in nearly the same words, somewhat turned round
        or shortened, and something of their own.
        """
        *clauses, last = one.first.removesuffix("。").split("，")
        chance = self.rng.random()
        if clauses and chance < 0.25:
            clauses = [*clauses[:-1], last, clauses[-1]]
        elif len(clauses) < 2 or chance < 0.8:
            clauses = [*clauses, last]
        core, own = "，".join(clauses) + "。", self.rng.choice(one.says)
        return "{open}" + (core + own if self.rng.random() < 0.7 else own + core)

    # What, where, who

    def _fill(self, plan: Plan) -> None:
        way = WAYS[plan.way]
        rng = self.rng
        plan.topic = self._topic(plan, way)
        topic = self.words.topics[plan.topic]
        plan.kind = way.kind or rng.choices(list(topic.kinds), list(topic.kinds.values()))[0]
        plan.urgency = self._urgency(plan, way, topic)
        self._place(plan, topic)
        self._person(plan, way)
        self._units(plan)
        plan.allegation = way.allegation
        if plan.allegation in {Allegation.CONDUCT, Allegation.WRONGDOING}:
            plan.respondent = rng.choice(RESPONDENTS)
        elif plan.allegation is Allegation.SERVICE:
            plan.respondent = plan.unit
        if plan.allegation is Allegation.CONDUCT:
            plan.unit, plan.ground = "discipline", self.words.of("conduct_ground", rng, plan.known)
        plan.publish = plan.way == "letter_published"
        plan.picture = _picture(plan)
        plan.addressed_to = rng.choice(("mayor", "mayor", "secretary"))
        self._say(plan, way, topic)

    def _topic(self, plan: Plan, way: Way) -> str:
        if way.topics:
            return self.rng.choice(way.topics)
        asking = way.kind is Kind.CONSULT
        month = plan.at.astimezone(self.zone).month
        found = {
            code: topic.weight * topic.season.get(month, 100)
            for code, topic in self.words.topics.items()
            if code != PRAISE and (topic.asks or not asking) and not (plan.door != HOTLINE and code == UNSORTED)
        }
        return self.rng.choices(list(found), list(found.values()))[0]

    def _urgency(self, plan: Plan, way: Way, topic: Topic) -> Urgency:
        if plan.way == "danger":
            return Urgency.DANGER
        hurries = way.urgent and plan.kind in {Kind.HELP, Kind.COMPLAINT} and plan.door == HOTLINE
        return Urgency.URGENT if hurries and self.rng.random() * 100 < topic.urgent else Urgency.NORMAL

    def _place(self, plan: Plan, topic: Topic) -> None:
        rural = topic.place == VILLAGE
        towns = [t for t in self.ground.towns if t.street is not rural or (not rural and self.rng.random() < 0.06)]
        town = self.rng.choice(towns)
        plan.area = town.area
        plan.known["town"] = town.name
        where = self.words.of(topic.place, self.rng, plan.known)
        plan.address = where if town.street and not rural else f"{town.name}{where}"
        plan.known["place"] = plan.address

    def _town_of(self, area: str) -> Town:
        return next(town for town in self.ground.towns if town.area == area)

    def _person(self, plan: Plan, way: Way) -> None:
        rng = self.rng
        direct = plan.group == DIRECT
        plan.operator = rng.choice(OPERATORS)
        if plan.door == HOTLINE:
            by_phone = direct or way.joins
            names, weights = [name for name, _weight in CHANNELS], [weight for _name, weight in CHANNELS]
            chosen = Channel.PHONE if by_phone else rng.choices(names, weights)[0]
            plan.channel = rng.choice((Channel.WEB, Channel.WECHAT)) if not way.phone else chosen
        else:
            plan.channel = Channel.MAILBOX if plan.door == "mailbox" else Channel.LETTER
        if way.allegation is Allegation.WRONGDOING or (plan.way == "direct_other" and rng.random() < 0.05):
            return
        if self.known_people and rng.random() < 0.12:
            plan.name, plan.phone = rng.choice(self.known_people)
        else:
            plan.name = self.words.of("person", rng, {})
            plan.phone = f"13800{rng.randrange(1_000_000):06d}"
            self.known_people.append((plan.name, plan.phone))

    def _units(self, plan: Plan) -> None:
        duty = self.ground.duties[plan.topic]
        town = self._town_of(plan.area or "")
        plan.unit = town.unit if duty == "townships" else duty
        if not plan.unit:
            plan.unit = "government-office"
            plan.ground = self.words.of("silent_ground", self.rng, plan.known)
        plan.wrong = self.rng.choice([unit for unit in WRONG if unit != plan.unit])
        helpers = [unit for unit in (town.unit, "city-management", "police") if unit != plan.unit]
        plan.helper = self.rng.choice(helpers)

    def _say(self, plan: Plan, way: Way, topic: Topic) -> None:
        rng, known = self.rng, plan.known

        def line(name: str) -> str:
            return self.words.of(name, rng, known)

        def say(lines: Iterable[str]) -> str:
            return self.words.say(rng.choice(list(lines)), rng, known, topic)

        plan.reply = line("reply_open") + say(topic.replies) + line("reply_close")
        plan.told = say(topic.told) if topic.told and rng.random() < 0.7 else line("told_generally")
        if plan.allegation is Allegation.WRONGDOING:
            plan.body = line("accusation")
        elif plan.allegation is Allegation.CONDUCT:
            plan.body = line("conduct_body")
        elif plan.kind is Kind.CONSULT and topic.asks:
            question, answer = rng.choice(topic.asks)
            case = line("ask_case") if rng.random() < 0.7 else ""
            plan.title = self.words.say(question, rng, known, topic)
            plan.body = line("ask_open") + case + plan.title + line("ask_close")
            plan.told = self.words.say(answer, rng, known, topic)
            plan.reply = line("answer_open") + plan.told
        elif plan.kind is Kind.SUGGESTION and topic.suggestions:
            plan.body = line("suggest_open") + say(topic.suggestions) + line("suggest_close")
            plan.told = line("told_suggestion")
        elif plan.kind is Kind.PRAISE:
            plan.body = say(topic.facts) + say(topic.details) + say(topic.wishes)
            plan.told = line("told_praise")
        else:
            plan.body = self._complaint(plan, topic, say, line)

    def _complaint(
        self, plan: Plan, topic: Topic, say: Callable[[Iterable[str]], str], line: Callable[[str], str]
    ) -> str:  # fmt: skip
        rng = self.rng
        opening = line("letter_open") if plan.door != HOTLINE else line("open")
        if plan.way == "repeated":
            opening = line("open_again")
        plan.title = say(topic.facts)
        parts = [opening, plan.title, say(topic.details)]
        parts += [line("feeling")] if rng.random() < 0.6 else []
        parts += [line("nothing_done")] if plan.allegation is Allegation.SERVICE else []
        parts += [line("keep_secret")] if plan.allegation is Allegation.FIRM else []
        parts.append(say(topic.wishes))
        parts += [line("letter_close")] if plan.door != HOTLINE else []
        return "".join(parts)

    # Repeats

    def _link_repeats(self, plans: Sequence[Plan]) -> None:
        """Give each repeat an earlier matter of the same kind, with its place and person; without one it is new."""
        before: dict[str, list[Plan]] = {}
        for plan in plans:
            if WAYS[plan.way].repeats:
                since = plan.at - timedelta(days=12)
                found = [p for p in before.get(plan.topic, []) if p.at < since]
                if found:
                    first = self.rng.choice(found)
                    plan.main, plan.area, plan.address = first, first.area, first.address
                    plan.name, plan.phone, plan.unit = first.name, first.phone, first.unit
                    plan.body = plan.body.replace(plan.known["place"], first.address)
                else:
                    plan.way = "plain"
            elif plan.door == HOTLINE and plan.way in {"plain", "noted", "late"}:
                before.setdefault(plan.topic, []).append(plan)
