"""Who is calling: a bearer token's user within the token's scopes, or nobody."""

from collections.abc import Collection

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from huiyin.access import limits
from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.access.address import client_address
from huiyin.access.limits import Limit
from huiyin.access.tokens import Pass, pass_of
from huiyin.kernel.errors import NotAllowed, NotSignedIn

WHOLE = "*"
"""The scope of operations that only a token without limits may call."""


class Bearer(HttpBearer):
    """`Authorization: Bearer hy_…`: acts for the token's user. A token that isn't valid is refused, never ignored.

    A token that is limited to scopes must have one of `scopes`; without any, the operation asks for none.
    """

    openapi_description = "A token of `huiyin token issue` or of `POST /tokens`; its scopes are rights."

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor; raises NotSignedIn, NotAllowed without a scope, TooMany."""
        limits.take(Limit.TOKEN, token)
        with limits.failures(Limit.GUESSES, client_address(request), NotSignedIn):
            shown = pass_of(token)
            if shown is None:
                raise NotSignedIn(
                    "token_invalid",
                    _("这个令牌无效、已过期或已撤销。"),
                    rule=_("每次调用须带有效的令牌。"),
                    do=_("请用 huiyin token issue 重新签发。"),
                )
        check_scopes(shown, self.scopes)
        request.shown_pass = shown  # type: ignore[attr-defined]
        return shown.actor


def check_scopes(shown: Pass, scopes: Collection[str]) -> None:
    """NotAllowed for a limited token without any of the scopes that an operation asks for."""
    if scopes and shown.scopes and not shown.scopes & set(scopes):
        raise NotAllowed(
            "scope_missing",
            _("这个令牌的范围不包括这项操作。"),
            rule=_("限定范围的令牌只能用于其范围内的操作：%(scopes)s。") % {"scopes": _("、").join(scopes)},
            do=_("请换用范围合适的令牌。"),
            scopes=list(scopes),
        )


class Anyone:
    """The last resort of a public operation: a visitor."""

    def __call__(self, _request: HttpRequest) -> Actor:
        return ANONYMOUS


anyone = Anyone()


def caller(request: HttpRequest) -> Actor:
    """Whoever the operation's authentication let in."""
    found: Actor = request.auth  # type: ignore[attr-defined]
    return found


def shown_pass(request: HttpRequest) -> Pass:
    """The token that the call was made with."""
    found: Pass = request.shown_pass  # type: ignore[attr-defined]
    return found
