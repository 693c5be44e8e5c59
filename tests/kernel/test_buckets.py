"""Token buckets: so many at once, refilled evenly, in bounded memory."""

import pytest

from huiyin.kernel import env
from huiyin.kernel.buckets import Buckets, Rate
from huiyin.kernel.errors import ConfigError


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_and_one_more_after_its_time() -> None:
    watch = Watch()
    buckets = Buckets(Rate(3, 60), now=watch)

    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 20]
    assert buckets.take("b") == 0
    watch.now = 19.9
    assert buckets.take("a") == pytest.approx(0.1)
    watch.now = 20.0
    assert (buckets.wait("a"), buckets.take("a"), buckets.wait("a")) == (0, 0, 20)


def test_a_bucket_never_holds_more_than_its_rate() -> None:
    watch = Watch()
    buckets = Buckets(Rate(2, 10), now=watch)
    buckets.take("a")
    watch.now = 10_000

    assert [buckets.take("a") for _ in range(3)] == [0, 0, 5]


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    buckets = Buckets(Rate(1, 60), keys=2, now=Watch())
    for key in ("a", "b", "a", "c"):
        buckets.take(key)

    assert buckets.size() == 2
    assert (buckets.take("a") == 0, buckets.take("c") > 0) == (True, True)


@pytest.mark.parametrize(("text", "rate"), [("off", None), ("60/hour", Rate(60, 3600)), ("1/second", Rate(1, 1))])
def test_a_rate_is_read(monkeypatch: pytest.MonkeyPatch, text: str, rate: Rate | None) -> None:
    monkeypatch.setenv(env.RATE_INTAKE.name, text)

    assert env.rate(env.RATE_INTAKE) == rate


@pytest.mark.parametrize("text", ["60", "0/hour", "-1/hour", "60/week", "x/hour", "٣/hour"])
def test_what_is_no_rate_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(env.RATE_INTAKE.name, text)

    with pytest.raises(ConfigError):
        env.rate(env.RATE_INTAKE)


def test_proxies_are_read_and_what_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(env.PROXIES.name, "10.0.0.1, 192.168.0.0/16,::1")
    assert [str(n) for n in env.networks(env.PROXIES)] == ["10.0.0.1/32", "192.168.0.0/16", "::1/128"]
    monkeypatch.setenv(env.PROXIES.name, "nginx")
    with pytest.raises(ConfigError):
        env.networks(env.PROXIES)
