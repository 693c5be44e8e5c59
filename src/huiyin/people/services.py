"""Writing users and postings. Who may is decided above, by the ring that knows rights."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import clock
from huiyin.kernel.errors import BadInput, FieldError, Refused
from huiyin.org.reference import org
from huiyin.org.versions import Cached, touch
from huiyin.people.models import POSTINGS, Posting, User

USERNAME = re.compile(r"[^\W_][\w.@-]*")
"""What stands in addresses and in the keys of actors."""


def create_user(
    *, username: str, display_name: str, password: str | None = None, phone: str = "", email: str = ""
) -> User:
    """A new user, without any posting and so without any right. Without a password nobody signs in as them."""
    username = unicodedata.normalize("NFKC", username)  # as the sign-in form reads it
    if not USERNAME.fullmatch(username) or len(username) > 60:
        raise BadInput(FieldError("username", _("用户名由文字、数字和 . @ - _ 组成，以文字或数字开头，最多60个字符。")))
    try:
        with transaction.atomic():
            return User.objects.create_user(username, password, display_name=display_name, phone=phone, email=email)
    except IntegrityError:
        raise Refused(
            "username_taken",
            _("用户名“%(username)s”已被使用。") % {"username": username},
            rule=_("用户名不得重复，停用后也不再分配。"),
            do=_("请换一个用户名。"),
        ) from None


def create_users(names: Iterable[tuple[str, str]], password: str | None = None) -> list[User]:
    """Many users at once as (username, display name), all with the same password, which is hashed once."""
    hashed = make_password(password)
    return User.objects.bulk_create(
        [User(username=username, display_name=name, password=hashed) for username, name in names]
    )


def display_names(keys: Iterable[str]) -> dict[str, str]:
    """Actor key → name for the users among `keys`: one statement for those whose name nobody has asked for yet."""
    names = {key.removeprefix("user:") for key in keys if key.startswith("user:")}
    known = _names.get()
    new = names - known.keys()
    if new:
        known.update(User.objects.filter(username__in=new).values_list("username", "display_name"))
    return {f"user:{username}": known[username] for username in names if username in known}


def keys_of(text: str) -> list[str]:
    """Actor keys of whom a text names: a key itself, a username, or a whole name that several may bear. The text itself
    where it names nobody; none for no text. One statement.
    """
    if ":" in text or not text:
        return [text] if text else []
    named = User.objects.filter(Q(username=text) | Q(display_name=text)).values_list("username", flat=True)
    return [f"user:{username}" for username in named] or [text]


_names: Cached[dict[str, str]] = Cached(POSTINGS, dict)


def post(*, user: User, unit: str, role: str, since: date | None = None, until: date | None = None) -> Posting:
    """Give a user a role in a unit from a day on (today)."""
    return post_many([Posting(user=user, unit_id=unit, role=role, valid_from=since or clock.today(), valid_to=until)])[
        0
    ]


def post_many(postings: Iterable[Posting]) -> list[Posting]:
    """Many postings in one statement; refuses a unit that isn't registered."""
    rows = list(postings)
    unknown = sorted({row.unit_id for row in rows if org().unit(row.unit_id) is None})
    if unknown:
        raise BadInput(FieldError("unit", _("没有代码为“%(unit)s”的单位。") % {"unit": _("、").join(unknown)}))
    with transaction.atomic():
        made = Posting.objects.bulk_create(rows)
        touch(POSTINGS)
    return made


def end_posting(*, posting: Posting, on: date) -> None:
    """The posting's last day is `on`; it stays in the record."""
    if on < posting.valid_from:
        raise BadInput(FieldError("on", _("任职结束日不得早于开始日。")))
    posting.valid_to = on
    with transaction.atomic():
        posting.save(update_fields=["valid_to"])
        touch(POSTINGS)


def withdraw_posting(*, posting: Posting) -> None:
    """Take back a posting that hasn't begun: nothing was ever done by it, so nothing of it stays."""
    with transaction.atomic():
        posting.delete()
        touch(POSTINGS)


def set_active(*, user: User, active: bool) -> None:
    """Let a user sign in, or not any more. Their postings and past acts stay."""
    user.is_active = active
    with transaction.atomic():
        user.save(update_fields=["is_active"])
        touch(POSTINGS)
