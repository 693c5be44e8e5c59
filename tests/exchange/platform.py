"""The reference server: a higher platform that speaks the reference adapter's language."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 3
SECRET = b"s" * 32


@dataclass
class Platform:
    """Its messages in the order in which it tells them, and every result that it took."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    away: bool = False
    garbled: bool = False
    unwanted: str = ""
    """The order whose results it doesn't take."""
    refusal: bytes = b"no such order"
    forged: int = 0

    def say(self, remote: str, order: str, sort: str, **said: Any) -> None:
        """Tell a message."""
        self.messages.append({"id": remote, "order": order, "sort": sort, "said": said})

    def told(self, order: str) -> list[tuple[str, bool]]:
        """Kinds of the results of an order in the order in which they came, and whether it was closed with them."""
        return [(one["kind"], one["closed"]) for one in self.results if one["order"] == order]

    def page(self, after: str) -> dict[str, Any]:
        """So many messages after a cursor."""
        begin = int(after or 0)
        some = self.messages[begin : begin + PAGE]
        return {"messages": some, "cursor": str(begin + len(some)), "more": begin + len(some) < len(self.messages)}


def handler_of(here: Platform) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one small class
    """What answers in its name."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            after = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
            if self.away_or_forged("messages", after):
                return
            self.answer(200, b"<html>" if here.garbled else json.dumps(here.page(after)).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said = json.loads(body)
            if self.away_or_forged(said["name"], body):
                return
            if said["order"] == here.unwanted:
                self.answer(422, here.refusal)
                return
            if self.headers["Idempotency-Key"] not in here.names:
                here.names.append(self.headers["Idempotency-Key"])
                here.results.append(said)
            self.answer(200, b"{}")

        def away_or_forged(self, name: str, body: str) -> bool:
            signed = f"{name}.{self.headers['webhook-timestamp']}.{body}".encode()
            wanted = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
            if here.away:
                self.answer(503, b"")
            elif self.headers["webhook-signature"] != f"v1,{wanted}":
                here.forged += 1
                self.answer(401, b"")
            else:
                return False
            return True

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    return Handler


@contextmanager
def running() -> Iterator[Platform]:
    """The platform on this machine."""
    here = Platform()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(here))
    here.url = f"http://127.0.0.1:{server.server_address[1]}/huiyin"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
