"""Addresses that come with a request: which of them a page leads on to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def followed(request: HttpRequest, asked: str) -> str:
    """The address that was asked for if it is one of ours and begins with a slash; "" for any other."""
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return asked if ours else ""
