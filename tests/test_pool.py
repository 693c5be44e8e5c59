"""Connections are kept: one made for each request costs four times the requests a second."""

import importlib

import pytest
from django.db import connection

from huiyin.kernel import env, home


def test_on_postgresql_a_process_keeps_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "postgresql://huiyin@127.0.0.1:5432/huiyin")

    found = env.database(home.path())

    pool = {"min_size": 2, "max_size": 8, "timeout": 5}
    rest = {"connect_timeout": 5, "tcp_user_timeout": 10000, "prepare_threshold": 1}
    assert found["OPTIONS"] == {"pool": pool, **rest}


@pytest.mark.django_db(transaction=True)
def test_the_server_fills_its_pool_before_the_first_request() -> None:
    importlib.import_module("huiyin.config.wsgi").warm()

    pool = getattr(connection, "pool", None)
    kept = pool.get_stats()["pool_size"] if pool else 0
    assert kept >= (2 if connection.vendor == "postgresql" else 0)
    assert (pool is not None) == (connection.vendor == "postgresql")
