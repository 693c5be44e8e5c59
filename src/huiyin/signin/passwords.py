"""Choosing a password: what is asked of one, and what ends with the old one."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.access import limits
from huiyin.access.limits import Limit
from huiyin.audit.services import record
from huiyin.kernel.errors import BadInput, FieldError
from huiyin.people.models import User
from huiyin.signin import second_factor, sessions


def good(user: User, password: str) -> None:
    """BadInput when it is too short or too common."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise BadInput(*(FieldError("password", text) for text in error.messages)) from None


def put(user: User, password: str, code: str = "") -> bool:
    """Set the password and end the user's sessions; who has a second factor proves it by `code`. False, with nothing
    done, when the password was changed meanwhile. BadInput as `good` says, and for a wrong code.
    """
    good(user, password)
    with transaction.atomic():
        if second_factor.has(user):
            second_factor.prove(user, code)
        before = user.password
        user.set_password(password)
        if not User.objects.filter(pk=user.pk, password=before).update(password=user.password):
            transaction.set_rollback(True)
            return False
        sessions.drop(user)
        record(actor=user.key, action="choose_password", subject=user.key)
    return True


def change(user: User, *, old: str, new: str, code: str = "") -> None:
    """Change one's own, for who knows the old one. BadInput also when it was changed meanwhile."""
    with limits.failures(Limit.GUESSES, user.key, BadInput):
        if not user.check_password(old):
            raise _not_present()
    if not put(user, new, code):
        raise _not_present()


def _not_present() -> BadInput:
    return BadInput(FieldError("old", _("现在的密码不对。")))
