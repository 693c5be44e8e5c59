"""The small city with a catalogue, so that it has services to offer."""

import pytest

from huiyin.cases.services.catalogue import load_catalogue
from huiyin.open311 import services
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

CATALOGUE = """
scheme: jieshou
source: 试
from: 2000-01-01
categories:
  - code: city
    name: 城市管理
    en: City management
    children:
      - {code: street-lights, name: 路灯照明, en: Street lights, unit: housing}
      - {code: street-cleaning, name: 道路保洁, en: Street cleaning, unit: housing}
      - {code: noise-life, name: 社会生活噪声, en: Neighbourhood noise, unit: housing}
  - code: transport
    name: 交通出行
    en: Transport
    children:
      - {code: bus, name: 公交线路与站点, en: Bus lines and stops, unit: transport}
      - {code: road-repair, name: 道路养护, en: Road repair, unit: transport}
  - code: housing
    name: 住房与物业
    en: Housing and property
    children:
      - {code: property-service, name: 物业服务, en: Property management, unit: housing}
  - code: other
    name: 其他
    en: Other
    children:
      - {code: none, name: 暂不能归类, en: Not yet classified}
"""


@pytest.fixture
def town(hotline: SmallCity, keyless: None) -> SmallCity:
    """The small city, offering services."""
    offer_services()
    return hotline


@pytest.fixture
def keyless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city that takes reports without a key too, so that tests of something else need none."""
    lenient = lambda: services.offer().model_copy(update={"key_required": False})  # noqa: E731
    monkeypatch.setattr("huiyin.open311.views.offer", lenient)


def offer_services() -> None:
    """The catalogue above, and the packaged file of services."""
    load_catalogue(CATALOGUE, "small.yaml")
    services.forget()


__all__ = ["hotline"]
