"""The client: one method for each thing that one does with a city."""

import json
import secrets
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode

from huiyin_client.calling import Caller
from huiyin_client.types import (
    AnsweredOut,
    CaseIn,
    CaseMade,
    CaseOut,
    FeedOut,
    FileMade,
    HistoryOut,
    MeOut,
    RowOut,
    ToldOut,
)

ROOT = "/api/v1"
JSON = {"Content-Type": "application/json"}


class Client:
    """A caller of one city's API: with a token, with a requester's query code, or as anybody.

    `language` is that of what people read (`zh-hans`, `en`); `tries` is how often a call is made before it is given up.
    """

    def __init__(
        self, address: str, *, token: str = "", language: str = "", timeout: float = 20.0, tries: int = 4,
        caller: Caller | None = None,
    ) -> None:  # fmt: skip
        headers = {"Accept": "application/json", "User-Agent": "huiyin-client/0.1"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if language:
            headers["Accept-Language"] = language
        self._caller = caller or Caller(address.rstrip("/") + ROOT, headers, timeout, tries)

    def with_code(self, code: str) -> "Client":
        """The same city as the requester of a matter, by the query code of their receipt."""
        kept = {name: value for name, value in self._caller.headers.items() if name != "Authorization"}
        caller = Caller(
            self._caller.base, {**kept, "X-Access-Code": code}, self._caller.timeout, self._caller.tries,
            self._caller.sleep,
        )  # fmt: skip
        return Client("", caller=caller)

    # Taking in

    def take_in(self, case: CaseIn, *, key: str = "") -> CaseMade:
        """Take a matter in, once for each key; without a key of yours a fresh one covers this call's repetitions."""
        return cast("CaseMade", self._post("/cases", case, key=key or _fresh()))

    def write_letter(self, letter: Mapping[str, Any], *, key: str = "") -> CaseMade:
        """Write to the mayor or the secretary."""
        return cast("CaseMade", self._post("/letters", letter, key=key or _fresh()))

    def send_file(self, data: bytes, name: str) -> FileMade:
        """Send a file; name its `id` in a matter or an action within a day. One that is sent twice is two files."""
        edge = secrets.token_hex(16)
        safe = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return cast("FileMade", self._caller.send("POST", "/files", body, kind)[0])

    # Reading

    def case(self, number: str) -> CaseOut:
        """One case: where it stands, every clock, and what may be done now."""
        return cast("CaseOut", self._get(f"/cases/{_part(number)}"))

    def history(self, number: str) -> HistoryOut:
        """The events of a case with their texts, as far as this caller reads them."""
        return cast("HistoryOut", self._get(f"/cases/{_part(number)}/events"))

    def cases(self, view: str = "", **filters: str) -> Iterator[RowOut]:
        """All rows of a worklist, page after page."""
        yield from self._pages("/cases", {"view": view, **filters})

    def answers(self) -> Iterator[AnsweredOut]:
        """Letters answered in public, the latest first."""
        yield from self._pages("/answers", {})

    def answer(self, number: str) -> AnsweredOut:
        """One of them."""
        return cast("AnsweredOut", self._get(f"/answers/{_part(number)}"))

    def expected_answer(self, kind: str = "other", urgency: str = "normal") -> dict[str, Any]:
        """The promise as it would run from now."""
        return cast("dict[str, Any]", self._get("/expected-answer", {"kind": kind, "urgency": urgency}))

    def me(self) -> MeOut:
        """Whom the token speaks for."""
        return cast("MeOut", self._get("/me"))

    # Acting

    def act(
        self, number: str, action: str, given: Mapping[str, Any] | None = None, *, if_match: int | None = None,
        key: str = "",
    ) -> CaseOut | None:  # fmt: skip
        """Take an action, once for each key. None: done, and the caller may no longer know of the case.

        `if_match` is the version last read: refused with 412 if somebody was faster.
        """
        condition = {"If-Match": f'"{if_match}"'} if if_match is not None else {}
        path = f"/cases/{_part(number)}/actions/{_part(action)}"
        return cast("CaseOut | None", self._post(path, {"given": dict(given or {})}, key=key or _fresh(), **condition))

    # Following

    def feed(self, after: str = "", limit: int = 100) -> FeedOut:
        """One page of the feed: keep its `cursor` once you have done with its events."""
        return cast("FeedOut", self._get("/events", {"after": after, "limit": str(limit)}))

    def events(self, after: str = "", limit: int = 100) -> Iterator[tuple[ToldOut, str]]:
        """Every event that is there, with the cursor of its page to go on from once the page is done."""
        while True:
            page = self.feed(after, limit)
            for event in page["events"]:
                yield event, page["cursor"]
            after = page["cursor"]
            if not page["more"]:
                return

    # Calls

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        asked = {name: value for name, value in (query or {}).items() if value}
        return self._caller.send("GET", path + (f"?{urlencode(asked)}" if asked else ""), None, {})[0]

    def _post(self, path: str, data: Mapping[str, Any], *, key: str, **headers: str) -> Any:
        body = json.dumps(data, ensure_ascii=False).encode()
        return self._caller.send("POST", path, body, {**JSON, "Idempotency-Key": key, **headers})[0]

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        cursor = ""
        while True:
            page = self._get(path, {**query, "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return


def _fresh() -> str:
    """A key that nobody can guess, so that a lost answer can be asked for again with the query code in it."""
    return uuid.uuid4().hex


def _part(text: str) -> str:
    return quote(text, safe="")
