"""A few reports by a telephone program in the small city, so that the public map has its pins. People and places on the
globe are invented like everything else of the demo.
"""

from huiyin.access.actor import ANONYMOUS
from huiyin.open311.reports import Form, take_in

REPORTS: tuple[tuple[str, str, float, float, dict[str, str]], ...] = (
    ("city_street-lights", "西城街道中原路第二小学门口两盏路灯不亮。", 33.2615, 115.3612, {"fault": "dark"}),
    ("transport_road-repair", "任寨镇往陶庙的县道有一个深坑，雨后看不见。", 33.3364, 115.3987, {}),
    ("city_street-cleaning", "颍南街道河堤边堆着拆下来的旧家具，好几天了。", 33.2278, 115.3821, {"waste": "bulky"}),
    ("transport_road-repair", "光武镇集市口井盖没了，插了根树枝。", 33.1693, 115.4264, {}),
)  # fmt: skip
"""Service, words, latitude, longitude, what the service asks."""


def send_reports() -> int:
    """Send them as any program without a key would; the same ones are sent once."""
    for n, (service, said, lat, long, answers) in enumerate(REPORTS):
        values = {"service_code": service, "description": said, "lat": str(lat), "long": str(long)}
        asked = {f"attribute[{name}]": value for name, value in answers.items()}
        form = Form({name: [value] for name, value in {**values, **asked}.items()})
        take_in(actor=ANONYMOUS, form=form, key=f"demo-report-{n}")
    return len(REPORTS)
