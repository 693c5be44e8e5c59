"""Issuing and ending API tokens, each written into the audit.

People have tokens of their own. An officer issues them only to accounts that nobody signs in with: a token for a
person would let the administrator act as that person.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access import rights, tokens
from huiyin.access.models import Token
from huiyin.access.tokens import Pass
from huiyin.audit.details import Detail
from huiyin.audit.models import Entry
from huiyin.audit.services import record
from huiyin.kernel.errors import BadInput, FieldError, NotAllowed, NotFound, Refused
from huiyin.kernel.text import UNREADABLE
from huiyin.people.models import User

NAME_MOST = 80
LINK = "password_link"
"""The entry that makes an account a person's."""


def listed(by: Pass, username: str = "") -> Sequence[Token]:
    """The tokens of somebody, newest first: one's own, or anybody's for the officers who issue and revoke them."""
    wanted = username or by.username
    if wanted == by.username:
        _whole(by)
    elif not (by.actor.may(rights.ISSUE_TOKENS) or by.actor.may(rights.REVOKE_TOKENS)):
        raise NotFound("no_such_user", _("没有这个用户。"), do=_("请核对用户名。"))
    return list(Token.objects.filter(user__username=wanted).select_related("user").order_by("-id")[:100])


def issue(by: Pass, *, name: str, scopes: Iterable[str] = (), days: int = 90, username: str = "") -> tuple[Token, str]:
    """A new token and its text, which is never shown again.

    Raises NotAllowed, NotFound, BadInput, and Refused for a person's account (see above).
    """
    wanted = username or by.username
    if wanted == by.username:
        _whole(by)
    elif not by.actor.may(rights.ISSUE_TOKENS):
        raise NotAllowed(
            "not_allowed", _("您只能为自己签发令牌。"), rule=_("为他人签发令牌由系统管理员办理。"),
            do=_("请联系系统管理员。"),
        )  # fmt: skip
    user = User.objects.filter(username=wanted, is_active=True).first()
    if user is None:
        raise NotFound("no_such_user", _("没有这个用户。"), do=_("请核对用户名。"))
    if wanted != by.username and not is_machine(user):
        raise Refused(
            "not_a_machine",
            _("“%(name)s”是个人账号。") % {"name": user.display_name},
            rule=_("令牌等于以其本人行事；管理员只能为无人登录的接口账号签发。"),
            do=_("请由本人签发，或为接口另设账号。"),
        )
    return issue_as(by.actor.key, user, name=name, scopes=scopes, days=days)


def issue_as(by: str, user: User, *, name: str, scopes: Iterable[str] = (), days: int = 90) -> tuple[Token, str]:
    """The same without asking for any right: for whoever has the home itself in hand. BadInput for a faulty wish."""
    if not 0 < len(name) <= NAME_MOST or UNREADABLE.search(name):
        raise BadInput(FieldError("name", _("请填写用途，最多%(most)s个字符。") % {"most": NAME_MOST}))
    with transaction.atomic():
        text = tokens.issue(user, name, scopes, days)
        made = Token.objects.filter(user=user).latest("id")
        detail: Detail = {"token": str(made.pk), "scopes": made.scopes, "days": days}
        record(actor=by, action="issue_token", subject=user.key, detail=detail)
    return made, text


def is_machine(user: User) -> bool:
    """Whether nobody signs in with it: it has no password, and nobody was ever given a link to choose one."""
    return not user.has_usable_password() and not Entry.objects.filter(subject=user.key, action=LINK).exists()


def has_made_link(by: str, user: User) -> bool:
    """Whether that officer ever made a link at which this account's password is chosen."""
    return Entry.objects.filter(subject=user.key, action=LINK, actor=by).exists()


def revoke(by: Pass, key: UUID) -> None:
    """End a token at once: one's own, or anybody's for the security officer. NotFound for others."""
    token = Token.objects.filter(pk=key).select_related("user").first()
    mine = token is not None and token.user.username == by.username and not by.scopes
    if token is None or not (mine or by.actor.may(rights.REVOKE_TOKENS)):
        raise NotFound("no_such_token", _("没有这个令牌。"), do=_("请从令牌列表中选择。"))
    revoke_as(by.actor.key, token)


def revoke_as(by: str, token: Token) -> None:
    """The same without asking for any right."""
    with transaction.atomic():
        tokens.revoke(token)
        record(actor=by, action="revoke_token", subject=token.user.key, detail={"token": str(token.pk)})


def _whole(by: Pass) -> None:
    """A token that is limited must not make one that isn't."""
    if by.scopes:
        raise NotAllowed(
            "scope_missing",
            _("这个令牌的范围不包括这项操作。"),
            rule=_("自己的令牌只能用不限范围的令牌管理。"),
            do=_("请换用范围合适的令牌。"),
        )
