"""The counts of a seal open what is behind them, for each as far as they may know of it."""

from types import SimpleNamespace

import pytest
from django.test import Client

from huiyin.cases.models import Case
from huiyin.ledger import listing
from tests.personas import SmallCity

pytestmark = pytest.mark.django_db


def numbers(city: SmallCity, who: str, seal: int = 1) -> list[str]:
    return sorted(one.number for one in listing.told(getattr(city, who), seal).matters)


def test_a_seal_lists_its_matters_for_staff_who_know_of_them(record_of: SimpleNamespace, city: SmallCity) -> None:
    told = listing.told(city.operator, 1)

    assert numbers(city, "operator") == sorted([record_of.whole, record_of.half])
    assert sum(one.last - one.first + 1 for one in told.matters) == record_of.seal.events
    assert numbers(city, "renzhai_clerk") == numbers(city, "auditor") == []
    assert listing.told(city.renzhai_clerk, 1).hidden == 2
    assert not listing.told(city.auditor, 1).reads


def test_an_accusation_leaves_the_list_of_everybody_but_its_examiners(
    record_of: SimpleNamespace, city: SmallCity
) -> None:
    Case.objects.filter(number=record_of.whole).update(confidentiality="sealed")

    assert numbers(city, "operator") == [record_of.half]


def test_a_page_leads_on_to_the_next(
    record_of: SimpleNamespace, city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)

    first = listing.told(city.operator, 1)
    second = listing.told(city.operator, 1, after=first.more)

    assert {one.number for told in (first, second) for one in told.matters} == {record_of.whole, record_of.half}
    assert (first.more >= 0, second.more) == (True, -1)


def test_the_counts_open_the_seal_and_the_auditor_its_stretch(
    record_of: SimpleNamespace, city: SmallCity, client: Client
) -> None:
    public = client.get("/ledger/").content.decode()
    stranger = client.get("/ledger/1/").content.decode()
    client.force_login(city.users["auditor"])
    first, last = listing.told(city.auditor, 1).entries or (0, 0)
    address = f"/offices/audit/?since={first}&amp;until={last}"
    page = client.get("/ledger/1/").content.decode()
    entries = client.get(address.replace("&amp;", "&")).content.decode()

    assert public.count('href="/ledger/1/"') == 3
    assert (record_of.whole in stranger, record_of.seal.hash in stranger, record_of.seal.blind in stranger) == (
        False, True, False,
    )  # fmt: skip
    assert address in page
    assert entries.count("核对地址") == 1
    assert "open" not in [cell.strip() for cell in entries.split(">")]
    assert client.get("/ledger/2/").status_code == client.get(f"/ledger/{10**30}/").status_code == 404
