"""Citizens and an operator outside, who write down every answer that they got: what the server owes afterwards.

Whoever gets no answer, or a 503, asks again with the same idempotency key until there is one, as a good client does.
"""

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

PATIENCE = 20
"""Seconds to wait for an answer."""
BOUNDARY = "drillboundary"


def word() -> str:
    """Ten letters that nobody else draws; no digits, in which a redaction may see a telephone."""
    return "".join(chr(ord("a") + int(one, 16)) for one in uuid4().hex[:10])


@dataclass
class Wish:
    """One matter that somebody wants taken in, and what was answered."""

    title: str
    number: str = ""
    version: int = 0
    answers: list[int] = field(default_factory=list)
    """Every status on the way; 0: no answer."""
    file: str = ""


class Citizens:
    """Some threads that go on until they are told to stop."""

    def __init__(self, port: int, token: str, threads: int = 3) -> None:
        self.port, self.token = port, token
        self.wishes: list[Wish] = []
        self.refused: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.words: Counter[str] = Counter()
        self.last_ok = time.monotonic()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._live, args=(n,), daemon=True) for n in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """No new wishes; those under way are seen to their end."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=120)

    def write(self, file: Path) -> None:
        told = {"wishes": [asdict(wish) for wish in self.wishes], "refused": self.refused}
        file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """One request; (0, {}) when there was no answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            text = answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            status, text = 0, b""
        finally:
            connection.close()
        return status, self._note(status, text)

    def _note(self, status: int, text: bytes) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(text) if text else {}
        except ValueError:
            told = {}
        with self._lock:
            self.statuses[status] += 1
            if status >= 500:
                self.words[f"{status} {told.get('code') or text[:60].decode(errors='replace')}"] += 1
            if status in {200, 201}:
                self.last_ok = time.monotonic()
        return told

    def _live(self, thread: int) -> None:
        turn = 0
        while not self._stop.is_set():
            turn += 1
            wish = Wish(f"drill{thread}-{turn}-{word()}")
            with self._lock:
                self.wishes.append(wish)
            self._have_it_taken_in(wish, with_file=turn % 4 == 0)
            if wish.number and turn % 3 == 0:
                self._have_it_accepted(wish)
            if turn % 5 == 0:
                self._be_refused(f"refused{thread}-{turn}-{word()}")

    def _have_it_taken_in(self, wish: Wish, *, with_file: bool) -> None:
        body: dict[str, Any] = {"title": wish.title, "body": "路灯不亮", "kind": "complaint",
                                "requester": {"name": "何立秋", "email": f"{wish.title}@example.org"}}  # fmt: skip
        if with_file:
            body["files"] = [wish.file] if self._send_file(wish) else []
        status, told = self._until_answered(wish, "/api/v1/cases", body, f"take-in-{wish.title}")
        if status in {200, 201}:
            wish.number, wish.version = told["number"], told["version"]

    def _send_file(self, wish: Wish) -> bool:
        part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{wish.title}\r\n'
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        status, told = self.ask("POST", "/api/v1/files", f"{part}--{BOUNDARY}--\r\n".encode(), Content_Type=kind)
        wish.file = told["id"] if status == 201 else ""
        return bool(wish.file)

    def _have_it_accepted(self, wish: Wish) -> None:
        path = f"/api/v1/cases/{wish.number}/actions/accept"
        key = f"accept-{wish.title}"
        status, told = self._until_answered(wish, path, {"given": {}}, key, Authorization=f"Bearer {self.token}")
        if status == 200:
            wish.version = told["version"]

    def _be_refused(self, title: str) -> None:
        status, _told = self.ask("POST", "/api/v1/cases", {"title": title, "body": "", "kind": "complaint"})
        if status == 422:
            self.refused.append(title)

    def _until_answered(self, wish: Wish, path: str, body: Any, key: str, **headers: str) -> tuple[int, dict[str, Any]]:
        until = time.monotonic() + 90
        while True:
            status, told = self.ask("POST", path, body, Idempotency_Key=key, **headers)
            wish.answers.append(status)
            if status not in {0, 429, 503} or time.monotonic() > until:
                return status, told
            time.sleep(0.3)
