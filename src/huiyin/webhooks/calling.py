"""Calling a receiver: only public addresses, or those of networks that the city names; no redirect is followed.

The name is resolved once, every address it stands for is looked at, and the connection goes to one of those addresses:
a name that answers differently the second time gains nothing. However slowly a receiver drips, a call ends in time.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from huiyin.kernel import text
from huiyin.kernel.errors import FieldError
from huiyin.kernel.in_time import in_time

SECONDS = 10
"""How long a receiver may take for any step of its answer."""
WHOLE = 30.0
"""How many seconds the whole call may take from the first byte on."""
READ = 2_000
NOT_PUBLIC = tuple(ip_network(one) for one in ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96", "fec0::/10", "5f00::/16"))
"""Addresses that are global by their registry's letter and lead inward all the same: translated and compatible IPv4,
old site-local ones, segments."""


@dataclass(frozen=True)
class Answer:
    """What came of a call. `status` 0: nobody answered; `said` tells why, or how the answer begins."""

    status: int
    said: str
    body: bytes = b""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the receiver is there and doesn't want this message, whatever it does with others."""
        return 400 <= self.status < 500 and self.status not in {408, 425, 429}


def faults(url: str) -> list[FieldError]:
    """What is wrong with an address that is never called."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = SplitResult("", "", "", "", ""), None
    if (
        parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.fragment
        or len(url) > 500 or not url.isascii() or not url.isprintable() or " " in url or port == 0
    ):  # fmt: skip
        return [FieldError("url", _("应为 https 网址。"))]
    try:
        _reached(parts)
    except OSError as error:
        return [FieldError("url", _("这个地址不能用：%(why)s。") % {"why": error})]
    return []


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post the body. Never raises for what the other side does."""
    return _call("POST", url, body, headers, READ)


def get(url: str, headers: Mapping[str, str], *, most: int) -> Answer:
    """Get at most so many bytes; a longer answer is none."""
    got = _call("GET", url, None, headers, most + 1)
    return Answer(0, f"more than {most} bytes") if len(got.body) > most else got


def _call(method: str, url: str, body: bytes | None, headers: Mapping[str, str], most: int) -> Answer:
    try:
        parts = urlsplit(url)
        caller = _Pinned(parts, _reached(parts))
        with in_time(caller, WHOLE):
            path = parts.path + (f"?{parts.query}" if parts.query else "") or "/"
            caller.request(method, path, body, dict(headers))
            got = caller.getresponse()
            data = got.read(most)
        return Answer(got.status, _said(f"{got.status} {data.decode('utf-8', 'replace')}"), data)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(0, _said(f"{type(error).__name__}: {error}"))


def _said(words: str) -> str:
    """What a receiver said, as far as a database keeps it."""
    return text.shown(words).strip()[:300]


def _reached(parts: SplitResult) -> str:
    """The address to connect to. OSError where the name stands for nothing, or for one that isn't called."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(row[4][0]) for row in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    if not found:
        raise OSError("no address")
    if not all(_is_named(one) or (parts.scheme == "https" and _is_public(one)) for one in found):
        raise OSError("not a public https address, and in none of HUIYIN_WEBHOOK_NETWORKS")
    return found[0]


def _is_public(found: str) -> bool:
    address = ip_address(found.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    inward = address.is_multicast or any(address in network for network in NOT_PUBLIC)
    return address.is_global and not inward and (inner is None or _is_public(str(inner)))


def _is_named(found: str) -> bool:
    address = ip_address(found.partition("%")[0])
    return any(address in network for network in settings.WEBHOOK_NETWORKS if network.version == address.version)


class _Pinned(http.client.HTTPConnection):
    """A connection to that address under the name of the receiver, which its certificate must bear."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        assert parts.hostname is not None
        self.default_port = 443 if parts.scheme == "https" else 80
        super().__init__(parts.hostname, parts.port or self.default_port, timeout=SECONDS)
        self._address = address
        self._secure = ssl.create_default_context() if parts.scheme == "https" else None

    def connect(self) -> None:
        """To the address that was looked at, whatever the name stands for by now."""
        self.sock = socket.create_connection((self._address, self.port), SECONDS)
        if self._secure is not None:
            secured = self._secure.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = secured
            secured.do_handshake()
