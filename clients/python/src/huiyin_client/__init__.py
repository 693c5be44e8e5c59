"""Talk to a city that runs Huiyin: take matters in, follow them, act on them, hear of events."""

from huiyin_client.client import Client
from huiyin_client.errors import Refused, Unreachable
from huiyin_client.webhooks import Forged, verify

__all__ = ["Client", "Forged", "Refused", "Unreachable", "verify"]
