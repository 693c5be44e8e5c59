"""Links by which a requester rates an answer without number and code: signed, for one case, for that alone."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, requester
from huiyin.kernel.errors import NotFound

SALT = "huiyin.rate"
VALID = timedelta(days=30)


def rate_link(number: str) -> str:
    """The address at which the requester of the case rates its answer."""
    path: str = reverse("cases:rate", args=[signing.dumps(number, salt=SALT)])
    return f"{settings.ADDRESS}{path}"


def rater(token: str) -> Actor:
    """The requester whom the link was sent to. NotFound for a link that is forged or older than thirty days."""
    try:
        number = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        raise NotFound("link_over", _("这个评价链接无效或已过期。"), do=_("请凭编号和查询码评价。")) from None
    return requester(str(number))
