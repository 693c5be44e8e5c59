"""Sessions with what they are recognised by, second factors, and codes from paper."""

from typing import ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from huiyin.kernel import clock
from huiyin.kernel.ids import new_id


class Session(AbstractBaseSession):
    """A browser's session. Of one that is signed in: whose, from where, and when it was last seen."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, default="")
    """Browser and system in a word each; the rest of what a browser says of itself isn't kept."""
    place = models.CharField(max_length=45, default="")
    """The address without its end."""
    since = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    """To within some minutes."""


class SecondFactor(models.Model):
    """A user's secret, sealed; of use once a code was given that only its holder could know."""

    id = models.UUIDField(primary_key=True, default=new_id)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    key = models.BinaryField()
    """The data key, wrapped by a master key."""
    secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    """The half minute of the last code that was taken: neither it nor an older one is taken again."""

    def __str__(self) -> str:
        return str(self.pk)


class RecoveryCode(models.Model):
    """A code from paper for who has lost the telephone; only a keyed hash is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes", db_index=False)
    hashed = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("user", "hashed"), name="recovery_code_once")]

    def __str__(self) -> str:
        return str(self.pk)
