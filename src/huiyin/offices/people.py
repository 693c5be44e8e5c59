"""Accounts and postings. An account alone gives no right: the administrator makes it, the security officer gives it a
role in a unit. Each act is in the audit; nothing is deleted.

Nobody learns another's password: whoever gets an account, or has lost a password, chooses one by a link that holds for
a day and once. The administrator makes links for accounts that hold no posting, the security officer for the others:
who makes accounts can't take over one that already has powers, and who gives powers makes no accounts. What would give
one officer another's powers takes a second person (ADR 0028): a link for an officer opens with that officer's own code,
and nobody gives powers to an account for which they made a link.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.db.models import Q
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights, staff
from huiyin.access.actor import Actor
from huiyin.access.models import Token
from huiyin.access.roles import roles
from huiyin.audit import tokens
from huiyin.audit.services import record
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.org.reference import org
from huiyin.org.versions import touch
from huiyin.people import services
from huiyin.people.models import POSTINGS, Posting, User
from huiyin.signin import passwords, second_factor, sessions

POWERS = rights.POWERS
KEEPERS = frozenset({rights.MANAGE_USERS, rights.GRANT_POSTINGS})
"""Without somebody who holds these nobody could be let in any more."""
SHELL = "system:shell"
"""Who acts, in the audit: whoever has the home itself in hand."""
NO_PASSWORD = UNUSABLE_PASSWORD_PREFIX
"""What stands for the password of an account that nobody can sign in with."""


class _Links(PasswordResetTokenGenerator):
    """Links that die with the first post: who made one for an account without powers can't use it on one that has."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{Posting.objects.filter(user=user).exists()}"


_links = _Links()


def found(actor: Actor, username: str) -> User:
    """The person of that name with all postings. NotAllowed for who may not read people; NotFound."""
    rows = staff.people(actor, exactly=username, most=1) if username.isprintable() else ()
    if not rows:
        raise NotFound("no_such_user", _("没有这个用户。"), do=_("请核对用户名。"))
    return rows[0]


def add(actor: Actor, *, username: str, name: str, phone: str = "", email: str = "") -> User:
    """A new account without rights and without a password."""
    needs(actor, rights.MANAGE_USERS)
    return add_as(actor.key, username=username, name=name, phone=phone, email=email)


def add_as(by: str, *, username: str, name: str, phone: str = "", email: str = "") -> User:
    """The same on behalf of whoever has the home in hand."""
    if not name.strip() or len(name) > 60:
        raise BadInput(FieldError("name", _("姓名不能为空，最多60个字符。")))
    with transaction.atomic():
        user = services.create_user(
            username=username.strip(), display_name=name.strip(), password=None, phone=phone, email=email
        )
        record(actor=by, action="add_user", subject=user.key)
    return user


def change(actor: Actor, user: User, *, name: str, phone: str = "", email: str = "") -> None:
    """Correct what is known of a person. The username stays: the record names them by it."""
    needs(actor, rights.MANAGE_USERS)
    if not name.strip() or len(name) > 60:
        raise BadInput(FieldError("name", _("姓名不能为空，最多60个字符。")))
    with transaction.atomic():
        changed = [f for f, new in (("display_name", name.strip()), ("phone", phone), ("email", email))
                   if getattr(user, f) != new]  # fmt: skip
        user.display_name, user.phone, user.email = name.strip(), phone, email
        user.save(update_fields=["display_name", "phone", "email"])
        touch(POSTINGS)
        record(actor=actor.key, action="change_user", subject=user.key, detail={"fields": changed})


def set_active(actor: Actor, user: User, *, active: bool, reason: str) -> None:
    """Let somebody sign in, or not any more, at once. Postings and past acts stay."""
    needs(actor, rights.MANAGE_USERS)
    _not_oneself(actor, user)
    _reasoned(reason)
    with transaction.atomic():
        touch(POSTINGS)
        if not active:
            _keeps_somebody(Posting.objects.filter(user=user))
        services.set_active(user=user, active=active)
        sessions.drop(user)
        record(
            actor=actor.key, action="activate_user" if active else "deactivate_user", subject=user.key, reason=reason
        )


def link(actor: Actor, user: User) -> str:
    """The path at which that person chooses a password, within a day and once. It is shown to the officer alone.

    Refused for an officer without a second factor: nothing would show that it is they who use it.
    """
    held = Posting.objects.filter(user=user).exists()
    needs(actor, rights.GRANT_POSTINGS if held else rights.MANAGE_USERS)
    _not_oneself(actor, user)
    if held and is_officer(user) and not second_factor.has(user):
        raise Refused(
            "second_person", _("“%(name)s”是三类管理员之一，没有第二步验证。") % {"name": user.display_name},
            rule=_("管理员的密码不能由另一人单独重设：用链接时要本人的验证码。"),
            do=_("请服务器管理人员用命令 huiyin people link 生成链接；新任的管理员先设密码，后给岗位。"),
        )  # fmt: skip
    return link_as(actor.key, user)


def link_as(by: str, user: User) -> str:
    """The same on behalf of whoever has the home in hand."""
    if not user.is_active:
        raise Refused(
            "inactive", _("“%(name)s”的账号已停用。") % {"name": user.display_name},
            rule=_("停用的账号不能登录。"), do=_("请先恢复账号。"),
        )  # fmt: skip
    with transaction.atomic():
        if tokens.is_machine(user):  # from here on it is a person's
            for row in Token.objects.filter(user=user, revoked_at=None):
                tokens.revoke_as(by, row)
        record(actor=by, action=tokens.LINK, subject=user.key)
    return f"{urlsafe_base64_encode(force_bytes(user.pk))}/{_links.make_token(user)}"


def of_link(uid: str, token: str) -> User:
    """Whom a link is for. NotFound when it is wrong, used, or a day old."""
    try:
        user = User.objects.filter(pk=urlsafe_base64_decode(uid).decode(), is_active=True).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not _links.check_token(user, token):
        raise _no_such_link()
    return user


def _no_such_link() -> NotFound:
    return NotFound(
        "no_such_link", _("这个链接无效或已过期。"), rule=_("链接一天内有效，只能用一次。"),
        do=_("请联系系统管理员或安全管理员重新生成。"),
    )  # fmt: skip


def choose(user: User, password: str, code: str = "") -> None:
    """Set the password that the one of a link chose; their sessions end. Who has a second factor proves it by `code`.

    BadInput when it is too short or too common, or the code is wrong; NotFound when somebody was quicker with the same
    link.
    """
    if not passwords.put(user, password, code):
        raise _no_such_link()


def end_sessions(actor: Actor, user: User) -> int:
    """Sign somebody out everywhere; from how many places."""
    needs(actor, rights.GRANT_POSTINGS)
    with transaction.atomic():
        ended = sessions.drop(user)
        record(actor=actor.key, action="end_session", subject=user.key, detail={"sessions": ended})
    return ended


def drop_factor(actor: Actor, user: User, *, reason: str) -> None:
    """Take away the second factor of who has lost telephone and paper. Refused for an officer's: that takes whoever has
    the home in hand.
    """
    needs(actor, rights.GRANT_POSTINGS)
    _not_oneself(actor, user)
    _reasoned(reason)
    if is_officer(user):
        raise Refused(
            "second_person", _("“%(name)s”是三类管理员之一。") % {"name": user.display_name},
            rule=_("管理员的第二步验证不能由另一位管理员单独清除。"),
            do=_("请本人用恢复码登录；恢复码也没有的，请服务器管理人员用命令 huiyin people drop-factor 清除。"),
        )  # fmt: skip
    with transaction.atomic():
        sessions.drop(user)
        second_factor.forget(user, by=actor.key, reason=reason)


def is_officer(user: User) -> bool:
    """Whether somebody holds one of the three powers, or ever held one."""
    names = [name for name, role in roles().items() if role.rights & POWERS]
    return Posting.objects.filter(user=user, role__in=names).exists()


def grant(actor: Actor, user: User, *, unit: str, role: str, since: date | None = None,
          until: date | None = None) -> Posting:  # fmt: skip
    """Give somebody a role in a unit. Nobody gives themselves one; who holds one of the three powers holds no other
    role in the same days.
    """
    needs(actor, rights.GRANT_POSTINGS)
    _not_oneself(actor, user)
    if role in roles() and roles()[role].rights & POWERS and tokens.has_made_link(actor.key, user):
        raise Refused(
            "second_person", _("您为“%(name)s”生成过密码链接。") % {"name": user.display_name},
            rule=_("生成链接的人不能再给这个账号管理员岗位。"),
            do=_("请另一位安全管理员办理，或请系统管理员新建账号。"),
        )  # fmt: skip
    return grant_as(actor.key, user, unit=unit, role=role, since=since, until=until)


def grant_as(by: str, user: User, *, unit: str, role: str, since: date | None = None,
             until: date | None = None) -> Posting:  # fmt: skip
    """The same on behalf of whoever has the home in hand."""
    first, known = since or clock.today(), org().unit(unit)
    if role not in roles():
        raise BadInput(FieldError("role", _("没有“%(role)s”这个岗位。") % {"role": role}))
    if known is None or not known.in_force(first):
        raise BadInput(FieldError("unit", _("没有代码为“%(unit)s”的单位，或者它已不再存在。") % {"unit": unit}))
    if until is not None and until < first:
        raise BadInput(FieldError("until", _("任职结束日不得早于开始日。")))
    with transaction.atomic():
        touch(POSTINGS)
        if not User.objects.filter(pk=user.pk, is_active=True).exists():
            raise Refused("inactive", _("“%(name)s”的账号已停用。") % {"name": user.display_name},
                          rule=_("停用的账号不能任职。"), do=_("请先恢复账号。"))  # fmt: skip
        beside = [row for row in Posting.objects.filter(user=user) if _overlap(row, first, until)]
        if any(row.unit_id == unit and row.role == role for row in beside):
            raise Refused("held_already", _("“%(name)s”在这段时间已任此岗位。") % {"name": user.display_name},
                          rule=_("同一岗位同一时间只任一次。"), do=_("要改期限的，请先结束原任职。"))  # fmt: skip
        _apart(user, role, beside)
        made = services.post(user=user, unit=unit, role=role, since=first, until=until)
        if roles()[role].rights & POWERS:
            sessions.drop(user)  # an officer signs in by the officers' rule
        record(
            actor=by,
            action="grant_posting",
            subject=user.key,
            detail={
                "unit": unit,
                "role": role,
                "since": first.isoformat(),
                "until": until.isoformat() if until else None,
            },
        )
    return made


def end(actor: Actor, user: User, posting: int, *, on: date | None = None, reason: str) -> None:
    """The posting's last day (today); one that hasn't begun by then is withdrawn and was never in force.

    Nobody ends their own, and the last officer of a kind stays.
    """
    day = on or clock.today()
    needs(actor, rights.GRANT_POSTINGS)
    _not_oneself(actor, user)
    _reasoned(reason)
    with transaction.atomic():
        touch(POSTINGS)
        row = Posting.objects.filter(user=user, pk=posting).first()
        if row is None:
            raise NotFound("no_such_posting", _("没有这项任职。"), do=_("请刷新后再试。"))
        if row.valid_to is not None and row.valid_to < day:
            raise Refused("ended_already", _("这项任职已经结束。"), rule=_("已结束的任职不再改动。"),
                          do=_("要再任的，请重新给岗位。"))  # fmt: skip
        _keeps_somebody([row])
        later = row.valid_from > day
        record(
            actor=actor.key, action="withdraw_posting" if later else "end_posting", subject=user.key, reason=reason,
            detail={"unit": row.unit_id, "role": row.role, "on": (row.valid_from if later else day).isoformat()},
        )  # fmt: skip
        if later:
            services.withdraw_posting(posting=row)
        else:
            services.end_posting(posting=row, on=day)


def needs(actor: Actor, right: str) -> None:
    """NotAllowed without the right, naming the officer who has it."""
    if not actor.may(right):
        whose = {rights.MANAGE_USERS: _("系统管理员"), rights.GRANT_POSTINGS: _("安全管理员")}[right]
        raise NotAllowed("not_allowed", _("您不能办理这项。"), rule=_("由%(who)s办理。") % {"who": whose},
                         do=_("如职责有变动，请联系安全管理员。"))  # fmt: skip


def _not_oneself(actor: Actor, user: User) -> None:
    if actor.key == user.key:
        raise Refused(
            "oneself", _("不能为自己办理。"), rule=_("账号和任职由另一人办理。"), do=_("请联系另一位管理员。")
        )


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise BadInput(FieldError("reason", _("请写明理由。")))


def _overlap(row: Posting, since: date, until: date | None) -> bool:
    return (row.valid_to is None or row.valid_to >= since) and (until is None or row.valid_from <= until)


def _apart(user: User, role: str, beside: Iterable[Posting]) -> None:
    """Refused where one of the three powers would meet another role."""

    def powers(name: str) -> frozenset[str]:
        return roles()[name].rights & POWERS if name in roles() else frozenset()

    others = {row.role for row in beside} - {role}
    clash = sorted(name for name in others if powers(name) or powers(role))
    if clash:
        raise Refused(
            "powers_apart",
            _("“%(name)s”已任“%(held)s”，不能兼任。")
            % {"name": user.display_name, "held": _("、").join(_titles(clash))},
            rule=_("系统管理、安全管理、审计三权分立，任其一者不兼任其他岗位。"), do=_("请另派人员，或先结束原任职。"),
        )  # fmt: skip


def _titles(names: Iterable[str]) -> list[str]:
    english = (get_language() or "").startswith("en")
    known = ((name, roles().get(name)) for name in names)
    return [(role.title.en if english else role.title.zh) if role else name for name, role in known]


def _keeps_somebody(leaving: Iterable[Posting]) -> None:
    """Refused where nobody else could let people in any more."""
    today = clock.today()
    gone = [row for row in leaving if row.valid_to is None or row.valid_to >= today]
    for power in KEEPERS:
        names = [name for name, role in roles().items() if power in role.rights]
        if not any(row.role in names for row in gone):
            continue
        begun = Posting.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
        left = begun.filter(role__in=names, user__is_active=True).exclude(user__password__startswith=NO_PASSWORD)
        if not left.exclude(pk__in=[row.pk for row in gone]).exists():
            raise Refused(
                "last_officer", _("这是最后一位“%(role)s”。") % {"role": _("、").join(_titles(names))},
                rule=_("系统管理员和安全管理员不能空缺。"), do=_("请先另派一人。"),
            )  # fmt: skip
