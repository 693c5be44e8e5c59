"""Where a request comes from, as far as it can be trusted: the peer, or what our own proxies say of it."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that limits count by.

    `X-Forwarded-For` is believed only from the proxies of `HUIYIN_PROXIES`, read from the right: the first address
    that isn't one of them. A household's IPv6 addresses (its /64) count as one. Empty behind a socket.
    """
    found = request.META.get("REMOTE_ADDR", "")
    for said in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        if not said.strip() or not _is_proxy(found):
            break
        found = said.strip()
    return _household(found)


def _is_proxy(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in settings.PROXIES if network.version == address.version)


@lru_cache(maxsize=1024)
def _household(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text[:64]
    if isinstance(address, IPv6Address):
        plain = address.ipv4_mapped
        return str(plain) if plain else str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
