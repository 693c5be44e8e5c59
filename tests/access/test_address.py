"""Whose address counts: the peer's, or what trusted proxies say."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from huiyin.access.address import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),  # a stranger's word
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),  # the first was made up by the client
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),  # two of our own proxies
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "x" * 200, "x" * 64),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_address_is_the_last_that_is_trusted(settings: Settings, peer: str, forwarded: str, address: str) -> None:
    settings.PROXIES = [ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address
