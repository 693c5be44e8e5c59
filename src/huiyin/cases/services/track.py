"""Following a matter without an account: its number and its access code make whoever shows them its requester."""

import hmac

from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor, requester
from huiyin.cases.models import Case
from huiyin.cases.services.open import hash_code
from huiyin.kernel.errors import NotFound
from huiyin.kernel.ids import normal_case_number


def prove(number: str, code: str) -> Actor:
    """The requester of the case, from number and access code as typed.

    NotFound for either being wrong, in the same words and after the same work, so that nobody learns which numbers
    exist.
    """
    known = normal_case_number(number)
    stored = Case.objects.filter(number=known).values_list("access_code_hash", flat=True).first() if known else None
    right = hmac.compare_digest(stored or "", hash_code(known or "", code))
    if known is None or not right:
        raise NotFound(
            "number_or_code_wrong",
            _("编号或查询码不对。"),
            do=_("请核对回执上的编号和查询码；查询码不分大小写。遗失的，请拨打12345。"),
        )
    return requester(known)
