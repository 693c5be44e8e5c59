"""The reference adapter: `GET {url}/messages?after=…`, `POST {url}/results`, in JSON, signed like webhooks."""

import json
from typing import Any
from urllib.parse import urlencode

from huiyin.exchange.adapters import Down, Page, Result, Told, Unwanted, adapter
from huiyin.kernel import clock
from huiyin.kernel.text import shown
from huiyin.webhooks import calling
from huiyin.webhooks.signing import signed

BYTES_MOST = 4 * 1024**2
LONGEST = 80


@adapter("http-json")
class HttpJson:
    """A platform that speaks JSON over HTTP."""

    def __init__(self, url: str, secret: bytes) -> None:
        self.url, self.secret = url.rstrip("/"), secret

    def fetch(self, after: str) -> Page:
        """One page of messages."""
        path = f"/messages?{urlencode({'after': after})}"
        got = calling.get(self.url + path, self._signed("messages", after), most=BYTES_MOST)
        if not got.taken:
            raise Down(got.said)
        try:
            said = json.loads(got.body)
            messages = [_told(one) for one in said["messages"]]
            return Page(messages, shown(str(said["cursor"]))[:200], bool(said["more"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Down(f"the page of messages can't be read: {error!r}") from error

    def tell(self, result: Result) -> None:
        """Post one result under its name."""
        data = vars(result) | {"texts": list(result.texts)}
        body = json.dumps(data, ensure_ascii=False)
        heads = self._signed(result.name, body) | {"Content-Type": "application/json", "Idempotency-Key": result.name}
        got = calling.post(f"{self.url}/results", body.encode(), heads)
        if got.refused:
            raise Unwanted(got.said)
        if not got.taken:
            raise Down(got.said)

    def _signed(self, name: str, body: str) -> dict[str, str]:
        return signed([self.secret], name, int(clock.now().timestamp()), body)


def _told(one: Any) -> Told:
    """A message as far as its frame can be read; what is inside is judged when it is taken in."""
    said = one.get("said")
    return Told(
        shown(str(one["id"]))[:LONGEST], shown(str(one["order"]))[:LONGEST], shown(str(one.get("sort", "")))[:12],
        said if isinstance(said, dict) else {},
    )  # fmt: skip
