"""Who is calling: a bearer token's user, or nobody."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from huiyin.access.actor import ANONYMOUS, Actor
from huiyin.access.tokens import actor_of_token
from huiyin.kernel.errors import NotSignedIn


class Bearer(HttpBearer):
    """`Authorization: Bearer hy_…`: acts for the token's user. A token that isn't valid is refused, never ignored."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor; raises NotSignedIn."""
        actor = actor_of_token(token)
        if actor is None:
            raise NotSignedIn(
                "token_invalid",
                _("这个令牌无效、已过期或已撤销。"),
                rule=_("每次调用须带有效的令牌。"),
                do=_("请用 huiyin token issue 重新签发。"),
            )
        return actor


def anyone(_request: HttpRequest) -> Actor:
    """The last resort of a public operation: a visitor."""
    return ANONYMOUS
