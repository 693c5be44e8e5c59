"""The second factor: beginning with one, proving it, new codes on paper, giving it up.

A code is taken once. Wrong ones are counted in memory, for each user, as wrong passwords are (ADR 0021).
"""

import os
import secrets
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.access import limits, rights
from huiyin.access.limits import Limit
from huiyin.access.roles import roles
from huiyin.audit.services import record
from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, Refused
from huiyin.kernel.ids import keyed_hash
from huiyin.people.models import Posting, User
from huiyin.signin import totp
from huiyin.signin.models import RecoveryCode, SecondFactor
from huiyin.vault.box import new_key, unwrapped

ISSUER = "Huiyin"
CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what is mistaken for something else when it is read from paper."""
LETTERS = 10
"""Of a recovery code: some fifty bits."""


@dataclass(frozen=True)
class Enrolment:
    """What a telephone is given: by camera or typed."""

    address: str
    letters: str


def has(user: User) -> bool:
    """Whether a second factor is in use. One statement."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def must_have(user: User) -> bool:
    """Whether this home asks one of them: of whoever holds one of the three powers, or will from some day on."""
    if settings.SECOND_FACTOR != "officers":
        return False
    powerful = [name for name, role in roles().items() if role.rights & rights.POWERS]
    runs = Q(valid_to=None) | Q(valid_to__gte=clock.today())
    return Posting.objects.filter(runs, user=user, role__in=powerful).exists()


def begin(user: User) -> str | None:
    """A fresh secret, not yet in use, in place of one that was begun before; the id by which only the session that
    began it goes on with it. None when another click was faster. Refused for who has one in use.
    """
    key, row = new_key(), SecondFactor(user=user)
    row.key, row.secret = key.wrapped(owner(row)), key.seal(os.urandom(20), f"{owner(row)}/secret")
    if has(user):
        raise _in_use()
    with suppress(IntegrityError), transaction.atomic():  # a second click at the same time begins nothing more
        SecondFactor.objects.filter(user=user, confirmed_at=None).delete()
        row.save(force_insert=True)
        return str(row.pk)
    return None


def begun(user: User, which: str | None) -> Enrolment | None:
    """What was begun by that id and isn't confirmed; None when nothing was."""
    row = _waiting(user, which)
    if row is None:
        return None
    secret = _secret(row)
    return Enrolment(totp.address(secret, user.username, ISSUER), totp.in_letters(secret))


def confirm(user: User, which: str | None, typed: str) -> list[str]:
    """Put what was begun by that id to use with a first code from the telephone; the recovery codes, which are never
    shown again. BadInput for a wrong code, Refused when it wasn't begun, or is in use or replaced by now.
    """
    row = _waiting(user, which)
    if row is None:
        raise _not_begun(user)
    with limits.failures(Limit.CODES, user.key, BadInput), transaction.atomic():
        step = _step(row, _plain(typed))
        if step is None:
            raise _wrong()
        waiting = SecondFactor.objects.filter(pk=row.pk, confirmed_at=None)
        if not waiting.update(confirmed_at=clock.now(), last_step=step):
            raise _not_begun(user)
        record(actor=user.key, action="second_factor_on", subject=user.key)
        return _new_codes(user)


def prove(user: User, typed: str) -> str:
    """That it is them: `code` from the telephone or `recovery` from paper, each taken once.

    BadInput for a wrong one and one that was taken before; TooMany after too many of these.
    """
    with limits.failures(Limit.CODES, user.key, BadInput):
        plain = _plain(typed)
        row = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
        if row is not None and len(plain) == totp.DIGITS:
            step = _step(row, plain)
            fresh = SecondFactor.objects.filter(pk=row.pk, last_step__lt=step) if step is not None else None
            if fresh is not None and fresh.update(last_step=step):
                return "code"
        elif row is not None:
            paper = RecoveryCode.objects.filter(user=user, hashed=_hash(user, plain), used_at=None)
            if paper.update(used_at=clock.now()):
                return "recovery"
        raise _wrong()


def codes_left(user: User) -> int:
    """How many codes from paper haven't been used."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def renew_codes(user: User, typed: str) -> list[str]:
    """New codes on paper in place of all older ones, for who proves to hold the factor."""
    with transaction.atomic():
        prove(user, typed)
        record(actor=user.key, action="recovery_codes", subject=user.key)
        return _new_codes(user)


def give_up(user: User, typed: str) -> None:
    """Go without it again, for who proves to hold it. Who must have one begins anew at the next sign-in."""
    with transaction.atomic():
        prove(user, typed)
        forget(user, by=user.key)


def forget(user: User, *, by: str, reason: str = "") -> None:
    """Take the factor away with its codes on paper. Who may is decided above."""
    with transaction.atomic():
        SecondFactor.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()
        record(actor=by, action="second_factor_off", subject=user.key, reason=reason)


def owner(row: SecondFactor) -> str:
    """Whom the data key belongs to, for ever."""
    return f"second-factor/{row.pk}"


def _waiting(user: User, which: str | None) -> SecondFactor | None:
    return SecondFactor.objects.filter(pk=which, user=user, confirmed_at=None).first() if which else None


def _secret(row: SecondFactor) -> bytes:
    return unwrapped(row.key, owner(row)).open(row.secret, f"{owner(row)}/secret")


def _step(row: SecondFactor, typed: str) -> int | None:
    """By the true time, whatever the clock of a rehearsal says: the telephone goes by it."""
    return totp.step_of_code(_secret(row), typed, totp.step_of(time.time()))


def _new_codes(user: User) -> list[str]:
    fresh = ["".join(secrets.choice(ALPHABET) for _letter in range(LETTERS)) for _code in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, hashed=_hash(user, code)) for code in fresh])
    return [f"{code[:5]}-{code[5:]}" for code in fresh]


def _hash(user: User, code: str) -> str:
    return keyed_hash(settings.TOKEN_KEY, f"recovery:{user.pk}:{code}")


def _plain(typed: str) -> str:
    """As it was meant: blanks, dashes and wide digits don't count."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed[:60]).casefold() if c.isalnum())


def _wrong() -> BadInput:
    return BadInput(FieldError("code", _("验证码不对，或已经用过。请等手机显示下一个再输入。")))


def _not_begun(user: User) -> Refused:
    if has(user):
        return _in_use()
    return Refused("nothing_begun", _("还没有开始设置。"), do=_("请从头开始设置第二步验证。"))


def _in_use() -> Refused:
    return Refused(
        "second_factor_in_use", _("第二步验证已经在用。"), rule=_("一个账号只用一部手机验证。"),
        do=_("要换手机的，请先停用再重新设置。"),
    )  # fmt: skip
