"""API tokens. Only a keyed hash is kept; the text is shown once, when the token is issued."""

from django.conf import settings
from django.db import models

from huiyin.kernel import clock
from huiyin.kernel.ids import new_id


class Token(models.Model):
    """A program's way to act as a user, within `scopes` (rights; empty: all of the user's)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    hashed = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
