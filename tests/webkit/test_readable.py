"""NUL, which PostgreSQL takes nowhere, in an address."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/duties?scheme=%C3%85%00%C2%8D", 200),
        ("/answers/?q=%00路灯", 200),
        ("/api/v1/cases/%00", 401),
        ("/villages/%00/", 404),
        ("/open311/v2/services/%00.json", 404),
        ("/open311/v2/requests.json?service_request_id=%00", 200),
    ],
)
def test_nul_in_an_address_is_left_out_or_names_nothing(client: Client, address: str, status: int) -> None:
    assert client.get(address).status_code == status
