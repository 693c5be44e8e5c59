"""The actor: whoever does something, as every service sees them. Frozen; knows rights, not roles."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from huiyin.access import rights
from huiyin.access.roles import Role, Scope, roles
from huiyin.kernel import clock
from huiyin.org.reference import Org, org
from huiyin.org.versions import Cached
from huiyin.people.models import POSTINGS, Posting, User


@dataclass(frozen=True, slots=True)
class Post:
    """One posting in force: a role in a unit."""

    unit: str
    unit_path: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """`key` is what events name: `user:<username>`, `requester:<number>`, `system:<job>`, `anonymous`."""

    key: str
    name: str
    postings: tuple[Post, ...] = ()
    rights: frozenset[str] = frozenset()

    def may(self, right: str) -> bool:
        """Whether they hold the right anywhere."""
        return right in self.rights

    def may_in(self, right: str, unit_path: str) -> bool:
        """Whether they hold the right over the unit of that path, as far as each posting's role reaches."""
        return any(_reaches(post, scope, unit_path) for post, scope in self._holding(right))

    def units_with(self, right: str) -> frozenset[str]:
        """Codes of all units over which they hold the right: the list twin of `may_in`."""
        found: set[str] = set()
        for post, scope in self._holding(right):
            if scope == Scope.UNIT:
                found.add(post.unit)
            else:
                found.update(unit.code for unit in org().units_under(post.unit_path if scope == Scope.SUBTREE else "/"))
        return frozenset(found)

    def limited_to(self, scopes: Iterable[str]) -> "Actor":
        """The same actor with no right outside `scopes`."""
        return replace(self, rights=self.rights & frozenset(scopes))

    def _holding(self, right: str) -> list[tuple[Post, Scope]]:
        if right not in self.rights:
            return []
        known = roles()
        return [(post, role.scope) for post in self.postings if (role := known.get(post.role)) and right in role.rights]


def _reaches(post: Post, scope: Scope, unit_path: str) -> bool:
    match scope:
        case Scope.ALL:
            return True
        case Scope.SUBTREE:
            return unit_path.startswith(post.unit_path)
        case Scope.UNIT:
            return unit_path == post.unit_path


SWEEP = Actor("system:sweep", "定时任务", rights=frozenset({rights.SYSTEM_SWEEP}))
"""The timer: warns, marks breaches and does what falls due by itself."""
IMPORT = Actor("system:import", "数据导入", rights=frozenset({rights.SYSTEM_IMPORT}))
"""The import of records made elsewhere."""
SYSTEM = SWEEP
"""For jobs that have no name of their own."""
ANONYMOUS = Actor("anonymous", "访客")
"""A visitor without account or case number."""


def requester(number: str, name: str = "") -> Actor:
    """Whoever raised the case of that number and has shown its access code."""
    return Actor(f"requester:{number}", name or "诉求人")


class _Desk:
    """The actors of one day and one state of the units."""

    def __init__(self) -> None:
        self.day: date | None = None
        self.org: Org | None = None
        self.actors: dict[str, Actor] = {}

    def on(self, day: date, units: Org) -> dict[str, Actor]:
        if self.day != day or self.org is not units:
            self.day, self.org, self.actors = day, units, {}
        return self.actors


_desk = Cached(POSTINGS, _Desk)


def actor_of(user: User | AnonymousUser) -> Actor:
    """The user as an actor with today's postings: one statement, then none until a posting changes.

    A user who is inactive or not signed in is `ANONYMOUS`.
    """
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    day, units = clock.today(), org()
    actors = _desk.get().on(day, units)
    if user.username not in actors:
        actors[user.username] = _make(user, day, units)
    return actors[user.username]


def _make(user: User, day: date, units: Org) -> Actor:
    rows = Posting.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), user=user, valid_from__lte=day)
    postings = tuple(
        Post(unit.code, unit.path, role)
        for code, role in rows.order_by("id").values_list("unit_id", "role")
        if (unit := units.unit(code)) is not None
    )
    return Actor(user.key, user.display_name, postings, _rights(postings))


def _rights(postings: Iterable[Post]) -> frozenset[str]:
    nothing: Role | None = None
    held = [roles().get(post.role, nothing) for post in postings]
    return frozenset(right for role in held if role for right in role.rights)
