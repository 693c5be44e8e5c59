"""The small city, a machine's account, and a receiver that does as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest

from huiyin.people.models import Posting, User
from huiyin.people.services import create_user, post_many
from huiyin.webhooks import subscriptions
from huiyin.webhooks.models import Subscription
from tests.hotline.conftest import hotline
from tests.personas import SmallCity

__all__ = ["hotline"]


@dataclass
class Receiver:
    """A server that keeps what it took. `answers` says how it answers a message: a status, or None to hang up."""

    url: str = ""
    answers: Callable[[dict[str, Any]], int | None] = lambda _message: 204
    took: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    calls: int = 0

    def events(self) -> list[tuple[str, int]]:
        """What was taken, as case and number of its event."""
        return [(one["data"]["number"], one["data"]["seq"]) for one in self.took]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on this machine."""
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            message = json.loads(body)
            here.calls += 1
            status = here.answers(message)
            if status is None:
                self.connection.close()
                return
            if 200 <= status < 300:
                here.took.append(message)
                here.heads.append({name.lower(): value for name, value in self.headers.items()})
                here.bodies.append(body)
            self.send_response(status)
            self.send_header("Location", here.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_address[1]}/hook?from=huiyin"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def own_network(settings: Any) -> None:
    """This machine may be called."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def machine(hotline: SmallCity) -> User:
    """An account that nobody signs in with, which may know what an operator may."""
    user = create_user(username="platform", display_name="区平台", password=None)
    post_many([Posting(user=user, unit_id="hotline", role="operator")])
    return user


@pytest.fixture
def told(hotline: SmallCity, machine: User, receiver: Receiver, own_network: None) -> Subscription:
    """A subscription of the machine's for everything from now on."""
    return subscriptions.add(hotline.administrator, name="平台", url=receiver.url, username="platform")[0]
