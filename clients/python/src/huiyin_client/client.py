"""The client: every operation of the API by its name, and what takes more than one call."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from huiyin_client.calling import Caller
from huiyin_client.operations import Operations
from huiyin_client.types import AnsweredOut, CaseOut, FileMade, RowOut, ToldOut

ROOT = "/api/v1"


class Client(Operations):
    """A caller of one city's API: with a token, with a requester's query code, or as anybody.

    `language` is that of what people read (`zh-hans`, `en`); `tries` is how often a call is made before it is given up.
    """

    def __init__(
        self, address: str, *, token: str = "", language: str = "", timeout: float = 20.0, tries: int = 4,
        caller: Caller | None = None,
    ) -> None:  # fmt: skip
        headers = {"Accept": "application/json", "User-Agent": "huiyin-client/0.2"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if language:
            headers["Accept-Language"] = language
        super().__init__(caller or Caller(address.rstrip("/") + ROOT, headers, timeout, tries))

    def with_code(self, code: str) -> "Client":
        """The same city as the requester of a matter, by the query code of their receipt."""
        kept = {name: value for name, value in self._caller.headers.items() if name != "Authorization"}
        return Client("", caller=replace(self._caller, headers={**kept, "X-Access-Code": code}))

    def send_file(self, data: bytes, name: str) -> FileMade:
        """Send a file; name its `id` in a matter or an action within a day. One that is sent twice is two files."""
        edge = secrets.token_hex(16)
        safe = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return cast("FileMade", self._caller.send("POST", "/files", body, kind)[0])

    def act(
        self, number: str, action: str, given: Mapping[str, Any] | None = None, *, if_match: int | None = None,
        key: str = "",
    ) -> CaseOut | None:  # fmt: skip
        """Take an action, once for each key. None: done, and the caller may no longer know of the case.

        `if_match` is the version last read: refused with 412 if somebody was faster.
        """
        return self.take_action(number, action, {"given": dict(given or {})}, key=key, if_match=if_match)

    # Page after page

    def every(self, operation: Callable[..., Any], *of: object, **asked: object) -> Iterator[Any]:
        """All items of an operation that gives pages with a `next_cursor`: `city.every(city.read_audit, actor="…")`."""
        page = operation(*of, **asked)
        yield from page["items"]
        while page["next_cursor"]:
            page = operation(*of, **asked, cursor=page["next_cursor"])
            yield from page["items"]

    def cases(self, view: str = "", **filters: str) -> Iterator[RowOut]:
        """All rows of a worklist."""
        return self.every(self.list_cases, view=view, **filters)

    def answers(self) -> Iterator[AnsweredOut]:
        """Letters answered in public, the latest first."""
        return self.every(self.list_answers)

    def events(self, after: str = "", limit: int = 100) -> Iterator[tuple[ToldOut, str]]:
        """Every event that is there, with the cursor of its page to go on from once the page is done."""
        while True:
            page = self.follow_events(after=after, limit=limit)
            for event in page["events"]:
                yield event, page["cursor"]
            after = page["cursor"]
            if not page["more"]:
                return
