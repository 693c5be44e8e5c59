"""Appointing, recording who was there, handing on what they took up; and what is missing or soon over."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.cases import policies
from huiyin.cases.enums import Allegation, Channel, Kind
from huiyin.cases.models import Case
from huiyin.cases.policies import HANDLE
from huiyin.cases.services.open import Opened, Opening, Requester, open_case, title_from
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.kernel.text import UNREADABLE, one_line
from huiyin.org.models import Area
from huiyin.org.reference import KnownArea, org
from huiyin.villages import duty
from huiyin.villages.models import Post, PostKind, Presence, Referral, Sort

MANAGE = "villages:post:manage"
SOON = timedelta(days=30)
"""This long before its end a post is warned of."""
LATELY = timedelta(days=90)
YEAR = timedelta(days=366)
LONGEST = 5 * YEAR
SINCE_YEAR = 1949
"""No term begins earlier."""
SHOWN = 100
POSTS_MOST = 20


@dataclass(frozen=True)
class Appointment:
    """Whom to appoint."""

    kind: str
    area: str
    name: str
    office: str
    phone: str
    since: date
    until: date
    duty_days: str
    """As people write them: `5、20`."""


@dataclass(frozen=True)
class Standing:
    """A village with who holds its posts today."""

    area: KnownArea
    posts: dict[str, Post]
    """By kind; without one, nobody holds it."""
    ending: dict[str, int]
    """Kind → days left, of those that end soon."""
    present: int = 0
    """Times that somebody was there of late."""
    referred: int = 0

    @property
    def missing(self) -> list[str]:
        """Kinds that nobody holds."""
        return [kind for kind in PostKind.values if kind not in self.posts]


@dataclass(frozen=True)
class Held:
    """A post with what was done in it."""

    post: Post
    current: bool
    recordable: bool
    """Current, or over so lately that the last days may still be entered."""
    next_day: date | None
    owed: int
    """Days of duty this month, up to today."""
    kept: int
    presences: list[Presence] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    """Handed on, as far as the reader may know of them."""


def may_look(actor: Actor) -> bool:
    """Whoever keeps the lists, and whoever handles orders somewhere."""
    return actor.may(MANAGE) or actor.may(HANDLE)


def may_record(actor: Actor, area: KnownArea) -> bool:
    """Whoever keeps the lists, and the town whose village it is."""
    return actor.may(MANAGE) or policies.works_in(actor, area)


def villages(town: str = "", words: str = "", most: int | None = None) -> list[KnownArea]:
    """The villages and communities that exist today, in a town, whose names hold the words."""
    today, around = clock.today(), org().area(town) if town else None
    inside = around.path if around else ""
    found = [
        area for area in org().areas.values()
        if area.level == "village" and area.in_force(today) and area.path.startswith(inside)
        and words in area.named(today).name
    ]  # fmt: skip
    return found[:most]


def village(code: str) -> KnownArea:
    """A village by its code. NotFound for anything else."""
    known = org().area(code)
    if known is None or known.level != "village":
        raise NotFound("no_such_village", _("没有这个村（社区）。"), do=_("请从名单中选择。"))
    return known


def holders(areas: Iterable[KnownArea], day: date | None = None) -> dict[str, dict[str, Post]]:
    """Area → kind → who holds the post on that day (today). One statement."""
    on, found = day or clock.today(), defaultdict[str, dict[str, Post]](dict)
    codes = [area.code for area in areas]
    for post in Post.objects.filter(area__in=codes, since__lte=on, until__gte=on).order_by("since"):
        found[post.area_id][post.kind] = post
    return found


def standings(actor: Actor, town: str = "") -> list[Standing]:
    """The villages of the actor with their posts, those that want something first. Three statements."""
    _looks(actor)
    mine = [area for area in villages(town) if may_record(actor, area)]
    today, held = clock.today(), holders(mine)
    posts = [post.pk for by_kind in held.values() for post in by_kind.values()]
    since = today - LATELY
    there = Counter(Presence.objects.filter(post__in=posts, day__gte=since).values_list("post", flat=True))
    handed = Counter(Referral.objects.filter(post__in=posts, day__gte=since).values_list("post", flat=True))
    found = []
    for area in mine:
        by_kind = held.get(area.code, {})
        ending = {kind: (post.until - today).days for kind, post in by_kind.items() if post.until - today <= SOON}
        own = [post.pk for post in by_kind.values()]
        found.append(Standing(area, by_kind, ending, sum(there[pk] for pk in own), sum(handed[pk] for pk in own)))
    return sorted(found, key=lambda one: (-len(one.missing), not one.ending, one.area.path))


def of_village(actor: Actor, area: KnownArea) -> list[Held]:
    """Who holds or held the posts of a village, the latest first, and what they did there of late.

    Raises NotAllowed. Four statements.
    """
    _looks(actor, area)
    today = clock.today()
    posts = list(Post.objects.filter(area=area.code).order_by("-since", "kind")[:POSTS_MOST])
    there, handed = defaultdict[UUID, list[Presence]](list), defaultdict[UUID, list[Case]](list)
    for presence in Presence.objects.filter(post__in=posts).order_by("-day")[:SHOWN]:
        there[presence.post_id].append(presence)
    referrals = Referral.objects.filter(post__in=posts).order_by("-day")
    known = Case.objects.filter(policies.visible(actor), pk__in=referrals.values("case"))
    cases = {case.pk: case for case in known.order_by("-id")[:SHOWN]}
    for referral in referrals[:SHOWN]:
        if referral.case_id in cases:
            handed[referral.post_id].append(cases[referral.case_id])
    found = []
    for post in posts:
        on_duty = [one.day for one in there[post.pk] if one.sort == Sort.DUTY]
        owed, kept = duty.kept(post.duty_days, post.since, post.until, today, on_duty)
        ahead = duty.next_day(post.duty_days, today, post.until)
        current = post.since <= today <= post.until
        lately = post.since <= today and today - post.until <= LATELY
        found.append(Held(post, current, lately, ahead, owed, kept, there[post.pk], handed[post.pk]))
    return found


def appoint(*, actor: Actor, said: Appointment) -> Post:
    """Name somebody for a village from a day on; whoever held the post until then leaves the day before. Raises
    NotAllowed, BadInput, or Refused where somebody is named for a later day already.
    """
    manages(actor)
    days = checked(said)
    with transaction.atomic():
        Area.objects.select_for_update().get(code=said.area)  # one at a time for each village
        others = Post.objects.filter(area=said.area, kind=said.kind, until__gte=said.since)
        if others.filter(since__gte=said.since).exists():
            raise Refused(
                "post_taken", _("从这一天起已经任命了别人。"), rule=_("一个村同一时间只有一名村警、一名法律顾问。"),
                do=_("请先核对任期。"),
            )  # fmt: skip
        others.update(until=said.since - timedelta(days=1))
        return Post.objects.create(
            kind=said.kind, area_id=said.area, name=one_line(said.name), office=one_line(said.office),
            phone=one_line(said.phone), since=said.since, until=said.until, duty_days=days, made_by=actor.key,
            made_at=clock.now(),
        )  # fmt: skip


def record(*, actor: Actor, post: UUID, day: date, sort: str, people: int) -> Presence:
    """Record that they were there. Raises NotFound, NotAllowed, BadInput, or Refused for a second time."""
    held = _post(actor, post)
    errors = []
    if sort not in Sort.values:
        errors.append(FieldError("sort", _("请选择做了什么。")))
    if not held.since <= day <= min(held.until, clock.today()):
        errors.append(FieldError("day", _("应在任期内，不晚于今天。")))
    if not 0 <= people <= 9999:
        errors.append(FieldError("people", _("应为0到9999的整数。")))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有记录。"))
    row = Presence(
        post=held, day=day, sort=sort, people=people, recorded_by=actor.key, recorded_at=clock.now()
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            "recorded_already", _("这一天的这一项已经记录。"), rule=_("同一天同一项只记一次。"), do=_("请核对日期。")
        ) from None
    return row


def refer(
    *, actor: Actor, post: UUID, body: str, requester: Requester, category: str | None, key: str,
    allegation: Allegation = Allegation.NONE, respondent: str | None = None,
) -> Opened:  # fmt: skip
    """Hand on what they took up as a case, which goes its way like every other; nothing here leads to an accusation,
    not even a count. Raises NotFound, NotAllowed or BadInput.
    """
    held = _post(actor, post)
    with transaction.atomic():
        opened = open_case(actor=actor, opening=Opening(
            title=title_from(body), body=body, channel=Channel.OTHER, kind=Kind.REPORT if allegation else Kind.HELP,
            category=category, area=held.area_id, requester=requester, allegation=allegation,
            respondent_unit=respondent, key=key,
        ))  # fmt: skip
        if not opened.again and allegation is not Allegation.WRONGDOING:
            Referral.objects.create(post=held, case=opened.dossier.case, day=clock.today())
    return opened


def days(actor: Actor, area: KnownArea, first: date, last: date) -> list[Presence]:
    """What was recorded of a village's days, both included, the latest first; at most a year. Raises NotAllowed or
    BadInput. One statement.
    """
    _looks(actor, area)
    if not timedelta() <= last - first <= YEAR:
        raise BadInput(FieldError("last", _("应不早于起始日，最长一年。")))
    told = Presence.objects.filter(post__area=area.code, day__gte=first, day__lte=last)
    return list(told.select_related("post").order_by("-day", "post", "sort"))


def on_day(area: KnownArea, kind: str, day: date) -> UUID:
    """The post of whoever holds it on a day. BadInput where nobody does."""
    held = holders([area], day).get(area.code, {}).get(kind)
    if held is None:
        raise BadInput(FieldError("day", _("这一天没有人任这个职。")), what=_("所填内容有误，没有记录。"))
    return held.pk


def _looks(actor: Actor, area: KnownArea | None = None) -> None:
    """NotAllowed for whoever handles nothing, or has nothing to do with the town whose village it is."""
    if not may_look(actor):
        raise NotAllowed("not_yours", _("您不能查看村警和法律顾问的工作情况。"), do=_("请从门户查找本村的联系人。"))
    if area and not may_record(actor, area):
        raise NotAllowed("not_yours", _("您不能查看别的乡镇（街道）的工作情况。"), do=_("请从门户查找联系人。"))


def manages(actor: Actor) -> None:
    """NotAllowed for whoever doesn't keep the lists."""
    if not actor.may(MANAGE):
        raise NotAllowed("not_yours", _("您不能任命村警和法律顾问。"), do=_("请联系综治中心。"))


def _post(actor: Actor, key: UUID) -> Post:
    """A post whose village is the actor's."""
    held = Post.objects.filter(pk=key).first()
    if held is None:
        raise NotFound("no_such_post", _("没有这个任职。"), do=_("请从村的页面选择。"))
    if not may_record(actor, org().areas[held.area_id]):
        raise NotAllowed("not_yours", _("您不能记录这个村的情况。"), do=_("请联系所在乡镇（街道）。"))
    return held


def checked(said: Appointment) -> list[int]:
    """The days of duty. BadInput for everything that is wrong."""
    errors, days = [], []
    if said.kind not in PostKind.values:
        errors.append(FieldError("kind", _("请选择村警或者法律顾问。")))
    known = org().area(said.area)
    if known is None or known.level != "village" or not known.in_force(said.since):
        errors.append(FieldError("area", _("没有这个村（社区）。")))
    for name, text, most in (("name", said.name, 60), ("office", said.office, 120), ("phone", said.phone, 30)):
        if not one_line(text) or len(text) > most or UNREADABLE.search(text):
            errors.append(FieldError(name, _("请填写，最多%(most)s个字符。") % {"most": most}))
    if said.since.year < SINCE_YEAR:
        errors.append(FieldError("since", _("不早于%(year)s年。") % {"year": SINCE_YEAR}))
    if said.until < said.since or said.until - said.since > LONGEST:
        errors.append(FieldError("until", _("应在任期开始之后，最长五年。")))
    try:
        days = duty.read_days(said.duty_days)
    except ValueError:
        errors.append(FieldError("duty_days", _("应为每月的几号，如“5、20”。")))
    if errors:
        raise BadInput(*errors, what=_("所填内容有误，没有任命。"))
    return days
