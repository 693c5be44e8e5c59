"""One call: sent, tried again where that is harmless, read. Only the standard library."""

import http.client
import json
import random
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from huiyin_client.errors import Refused, Unreachable

AGAIN = frozenset({429, 502, 503, 504})
"""Answers after which nothing was done, or the same call does no harm."""
HARMLESS = frozenset({"GET", "DELETE"})
"""What may be sent twice without a key: what is gone is gone."""
WAIT_MOST = 60.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like another refusal: a token goes to the city that was named and nowhere else."""

    def redirect_request(self, *_told: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


@dataclass(frozen=True)
class Caller:
    """How calls are made: to where, with which headers, how patiently."""

    base: str
    headers: Mapping[str, str]
    timeout: float = 20.0
    tries: int = 4
    sleep: Callable[[float], None] = time.sleep

    def send(
        self, method: str, path: str, body: bytes | None, more: Mapping[str, str], *, raw: bool = False
    ) -> tuple[Any, Mapping[str, str]]:
        """The answer as data (`raw`: as it is), and its headers. Raises Refused and Unreachable."""
        request = urllib.request.Request(  # noqa: S310 - the caller says which city
            self.base + path, data=body, method=method, headers={**self.headers, **more}
        )
        fault: Exception | None = None
        for attempt in range(1, self.tries + 1):
            try:
                with _OPENER.open(request, timeout=self.timeout) as got:
                    data = got.read()
                    said = data if raw else json.loads(data) if data else None
                    return said, dict(got.headers.items())
            except urllib.error.HTTPError as error:
                if error.code not in AGAIN or attempt == self.tries:
                    raise Refused(error.code, _problem(error)) from error
                wait = _named(error.headers.get("Retry-After"))
            except (OSError, http.client.HTTPException, ValueError) as error:
                fault, wait = error, None
                if attempt == self.tries:
                    break
            # Waiting as long as told; else ever longer, and not all callers in step.
            self.sleep(min(wait if wait is not None else 2 ** (attempt - 1) * random.uniform(0.5, 1), WAIT_MOST))  # noqa: S311
        raise Unreachable(f"{method} {self.base}{path}: {fault}") from fault


class Calls:
    """What all operations are sent by."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def _send(
        self, method: str, path: str, *, query: Mapping[str, object] | None = None, given: object = None,
        key: str = "", if_match: int | None = None, raw: bool = False,
    ) -> Any:  # fmt: skip
        """Send it. What isn't named in the query isn't sent. Without a key that makes it harmless, what changes
        something is tried once.
        """
        asked = {name: _text(value) for name, value in (query or {}).items() if value not in (None, "")}
        headers = {"Content-Type": "application/json"} if given is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": f'"{if_match}"'} if if_match is not None else {}
        body = json.dumps(given, ensure_ascii=False).encode() if given is not None else None
        caller = self._caller if method in HARMLESS or key else replace(self._caller, tries=1)
        return caller.send(method, path + (f"?{urlencode(asked)}" if asked else ""), body, headers, raw=raw)[0]


def fresh() -> str:
    """A key that nobody can guess, so that a lost answer can be asked for again with the query code in it."""
    return uuid.uuid4().hex


def part(value: object) -> str:
    """A value as one part of an address."""
    return quote(str(value), safe="")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        said = json.loads(error.read())
    except (OSError, http.client.HTTPException, ValueError):
        said = None
    return said if isinstance(said, dict) else {"title": f"HTTP {error.code}", "status": error.code}


def _named(seconds: str | None) -> float | None:
    return float(seconds) if seconds and seconds.isascii() and seconds.isdecimal() else None
