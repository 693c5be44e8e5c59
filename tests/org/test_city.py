"""The city file: what it adds, that it adds it once, and what it refuses."""

from datetime import date

import pytest

from huiyin.kernel.errors import ConfigError
from huiyin.org.models import Area, Unit
from huiyin.org.reference import org
from huiyin.org.services import Loaded, load_city, packaged_city, rename_unit
from tests.factories.org import DIVISIONS

pytestmark = pytest.mark.django_db

SMALL = """
city: {zh: 界首市, en: Jieshou}
county: "341282"
groups:
  - source: 试验
    kind: department
    units:
      - {code: transport, name: 界首市交通运输局, en: Transport Bureau}
"""


def test_the_packaged_city_loads_once() -> None:
    first = load_city(packaged_city(), "jieshou.yaml", divisions=DIVISIONS)
    again = load_city(packaged_city(), "jieshou.yaml", divisions=DIVISIONS)

    assert (first.areas, first.names) == (178, 4)
    assert again == Loaded(0, 0, 0)
    assert Unit.objects.filter(level="township").count() == 18
    assert Unit.objects.filter(level="village").count() == 159
    assert Unit.objects.filter(confirmed=False).count() == 0


def test_the_packaged_city_knows_both_renamings() -> None:
    load_city(packaged_city(), "jieshou.yaml", divisions=DIVISIONS)

    for code, old, new in [("renzhai", "任寨乡", "任寨镇"), ("bingji", "邴集乡", "邴集镇")]:
        assert (org().name_of(code, date(2025, 7, 27)), org().name_of(code, date(2025, 7, 28))) == (old, new)
        assert org().is_township(code, date(2021, 6, 30))
    village = org().unit("village-341282202205")
    assert village is not None
    assert (village.path, village.area) == ("/jieshou/renzhai/village-341282202205/", "341282202205")


def test_every_packaged_unit_has_one_name_of_its_own_and_a_source() -> None:
    load_city(packaged_city(), "jieshou.yaml", divisions=DIVISIONS)

    lost = [unit.code for unit in org().units.values() if org().find_unit(unit.names[-1].name) != unit]
    assert lost == []
    assert Unit.objects.filter(source="").count() == 0


def test_loading_again_keeps_what_was_corrected_by_hand() -> None:
    load_city(SMALL, "small.yaml", divisions=DIVISIONS)
    rename_unit(unit="transport", name="界首市交通局", on=date(2026, 1, 1))

    assert load_city(SMALL, "small.yaml", divisions=DIVISIONS) == Loaded(0, 0, 0)
    assert org().name_of("transport", date(2026, 1, 1)) == "界首市交通局"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("kind: department", "kind: bureau", "groups.0.kind"),
        ("en: Transport Bureau", "color: red", "groups.0.units.0.en"),
        ("en: Transport Bureau", "en: T, parent: gov", "transport"),
        ("en: Transport Bureau", "en: T, area: '341282999'", "transport.area"),
        ("groups:", "groups: [", "isn't YAML"),
        ("groups:", "since: 2021-02-30\ngroups:", "isn't YAML"),
        ('county: "341282"', 'county: "999999"', "999999"),
    ],
)
def test_a_wrong_city_file_is_refused_by_file_and_key(old: str, new: str, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_city(SMALL.replace(old, new), "small.yaml", divisions=DIVISIONS)

    assert named in str(caught.value)
    assert (Area.objects.count(), Unit.objects.count()) == (0, 0)
