"""Users, their postings, and the parties who raise matters."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import clock
from huiyin.kernel.ids import new_id
from huiyin.org.models import Period

POSTINGS = "people:postings"
"""Revision that changes with every posting and every user's name or state."""


class UserManager(BaseUserManager["User"]):
    """Users are made by `services.create_user`; this is what Django itself asks for."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A saved user. Without a password nobody can sign in."""
        user = User(username=username, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """Someone with an account. What they may do follows from their postings alone."""

    username = models.CharField(max_length=60, unique=True)
    """Stable; events name the user by it."""
    display_name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, default="", blank=True)
    email = models.EmailField(default="", blank=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def key(self) -> str:
        """The actor's key in events, `user:<username>`."""
        return f"user:{self.username}"


class Posting(Period):
    """A user's role in a unit for a period. Roles are those of access/roles.yaml."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="postings")
    role = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("user", "unit", "role", "valid_from"), name="posting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.unit_id}"


class PartyKind(models.TextChoices):
    """Who raises a matter."""

    PERSON = "person", _("个人")
    HOUSEHOLD = "household", _("家庭")
    ENTERPRISE = "enterprise", _("企业")
    ORGANISATION = "organisation", _("组织")
    ANONYMOUS = "anonymous", _("匿名")


class Party(models.Model):
    """Whoever raises a matter; an anonymous matter has one too, because its key seals what was written in it.

    What identifies them is sealed (`parties.py` opens it); erasing destroys the key.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=16, choices=PartyKind.choices, default=PartyKind.PERSON)
    key = models.BinaryField(null=True)
    """The data key, wrapped by a master key. None: erased."""
    contact = models.BinaryField(null=True)
    """Name, phone, e-mail and address, sealed. None: nothing was given, or erased."""
    phone_index = models.CharField(max_length=40, default="", db_index=True)
    """Keyed hash of the telephone: finds the matters of a caller, tells no number."""
    area = models.ForeignKey("org.Area", models.PROTECT, null=True, db_index=False)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def anonymous(self) -> bool:
        return self.kind == PartyKind.ANONYMOUS

    @property
    def erased(self) -> bool:
        return self.key is None
