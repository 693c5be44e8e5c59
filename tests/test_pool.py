"""Connections are kept: one made for each request costs four times the requests a second."""

import importlib
import socket
import time
from dataclasses import dataclass

import pytest
from django.db import connection

from huiyin.kernel import env, home


def test_on_postgresql_a_process_keeps_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_DATABASE_URL", "postgresql://huiyin@127.0.0.1:5432/huiyin")

    found = env.database(home.path())

    pool = {"min_size": 2, "max_size": 8, "timeout": 5, "check": env.check_connection}
    rest = {"connect_timeout": 5, "tcp_user_timeout": 10000, "prepare_threshold": 1, "options": "-c jit=off"}
    assert found["OPTIONS"] == {"pool": pool, **rest}


@dataclass
class Line:
    """A connection of which only this much is asked: whether something has come on it, and for an answer."""

    reader: socket.socket
    autocommit: bool = False
    asked: int = 0

    def fileno(self) -> int:
        return self.reader.fileno()

    def execute(self, _sql: str) -> None:
        self.asked += 1


def test_a_connection_is_asked_after_a_rest_or_when_the_server_has_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    server, client = socket.socketpair()
    line = Line(client)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)

    env.check_connection(line)
    assert (line.asked, line.autocommit) == (1, True)  # never looked at before
    env.check_connection(line)
    assert line.asked == 1
    monkeypatch.setattr(time, "monotonic", lambda: 100.0 + env.IDLE_SECONDS + 1)
    env.check_connection(line)
    assert line.asked == 2
    server.close()  # as when it ends
    env.check_connection(line)
    assert line.asked == 3
    client.close()


@pytest.mark.django_db(transaction=True)
def test_the_server_fills_its_pool_before_the_first_request() -> None:
    importlib.import_module("huiyin.config.wsgi").warm()

    pool = getattr(connection, "pool", None)
    kept = pool.get_stats()["pool_size"] if pool else 0
    assert kept >= (2 if connection.vendor == "postgresql" else 0)
    assert (pool is not None) == (connection.vendor == "postgresql")
