"""The rehearsal city's knowledge: written by the units' clerks and published by their heads, through the services."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from io import BytesIO
from typing import Literal

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.policies import READ_ALL
from huiyin.cases.procedures.spec import Part, parse
from huiyin.files.models import File
from huiyin.files.services import store
from huiyin.kernel import clock
from huiyin.knowledge import editing, queries
from huiyin.knowledge.editing import Said
from huiyin.people.models import User
from huiyin.webkit import sheets

FILE = "knowledge/county.yaml"
SCHEME = "jieshou"
WRITTEN = timedelta(days=255)
"""How long before the scenario's now they were published: before its first matter."""
LATELY = timedelta(days=9)
FITS = 0.62
"""How well an article must fit a question that the desk answers by it."""


class Written(Part):
    """One article of the file."""

    unit: str
    category: str
    question: str
    words: str = ""
    answer: str
    body: str = ""
    basis: str
    review_in: int
    until: int | None = None
    """Days from now until it isn't valid any more."""
    state: Literal["published", "review", "draft"] = "published"
    small: bool = False
    sheet: tuple[tuple[str, ...], ...] = ()
    """Rows of a table that lies beside it as a file."""


class Shelf(Part):
    """The whole file."""

    articles: tuple[Written, ...]


def write_articles(users: Mapping[str, User], now: datetime, *, small: bool = False) -> int:
    """Write those for whose unit there are people, as of days before `now`; the number written. The process's clock is
    left at `now`.
    """
    shelf = parse((files("huiyin.demo") / FILE).read_text(encoding="utf-8"), FILE, Shelf)
    wanted = [one for one in shelf.articles if (one.small or not small) and f"{one.unit}-clerk" in users]
    for one in sorted(wanted, key=lambda one: one.state != "published"):
        clerk, head = (actor_of(users[f"{one.unit}-{who}"]) for who in ("clerk", "head"))
        at = now - (WRITTEN if one.state == "published" else LATELY)
        clock.install(lambda at=at: at)  # type: ignore[misc]
        row = editing.begin(actor=clerk, unit=one.unit, said=_said(one, now), files=_files(one, clerk))
        if one.state != "draft":
            editing.submit(actor=clerk, key=row.pk, seen=1)
        if one.state == "published":
            editing.approve(actor=head, key=row.pk, seen=2)
    clock.install(lambda: now)
    return len(wanted)


def _files(one: Written, clerk: Actor) -> list[File]:
    if not one.sheet:
        return []
    book = b"".join(sheets.as_xlsx(iter(one.sheet), name="list", widths=(24, 40)))
    return [store(BytesIO(book), name=f"{one.question.rstrip('？')}（清单）.xlsx", actor=clerk.key)]


def _said(one: Written, now: datetime) -> Said:
    today = clock.local_date(now)
    return Said(
        one.question, one.answer, one.basis, one.body, one.words, valid_from=clock.today(),
        valid_to=today + timedelta(days=one.until) if one.until is not None else None,
        review_on=today + timedelta(days=one.review_in), public=True, category=f"{SCHEME}/{one.category}",
        owner=f"{one.unit}-clerk",
    )  # fmt: skip


def judge_articles(now: datetime) -> None:
    """What the seats think of some of them: one is doubted by two. The process's clock is left at `now`."""
    people = [actor_of(user) for user in User.objects.filter(postings__role="operator").order_by("username")[:4]]
    known = {one.question: one.key for one in queries.all_published(_DESK)}
    for n, (question, says) in enumerate(VOTES.items()):
        for who, (useful, remark) in zip(people, says, strict=False):
            if question in known:
                clock.install(lambda n=n: now - timedelta(days=1 + n))  # type: ignore[misc]
                editing.vote(actor=who, key=known[question], useful=useful, remark=remark)
    clock.install(lambda: now)


YES = (True, "")
VOTES: Mapping[str, tuple[tuple[bool, str], ...]] = {
    "拖欠工资去哪里投诉？": (YES, YES, YES),
    "路灯不亮了归谁修，多久能修好？": (YES, (False, "没有写村里的路灯找谁。"), YES),
    "哪里可以摆摊？": ((False, "疏导点换地方了，还是老地址。"), (False, "没有写夜市的时间。"), YES),
    "公交车几点收班？": (YES, YES),
    "停水了怎么知道什么时候来？": (YES, (False, "没有抢修电话。")),
    "网上买的东西能七天退货吗？": (YES,),
    "车被贴了违停单，不服怎么申诉？": (YES, YES),
}


def article_for(question: str, category: str) -> str:
    """Key of the article by which the desk answers a question of that category ("": of any); "" where there is none."""
    for found in queries.search(_DESK, question, limit=3, least=FITS):
        if category in ("", found.category):
            return str(found.key)
    return ""


_DESK = Actor("system:demo", "演练", rights=frozenset({READ_ALL}))
