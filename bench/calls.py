"""What a request costs in things that can be counted: `python -m bench.calls [--top N] [OPERATION]…`.

Calls of functions, statements, and bytes of the answer, in this process, warm, of the same requests as in `bench.load`.
They are the same on a busy machine, where times tell little.
"""

import argparse
import cProfile
import io
import pstats
import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

import bench.setup
from bench.load import accepted, acting, again, cookie, creating, numbers_of, reading, token
from bench.volume import fill, settle
from huiyin.kernel import ids
from huiyin.org import versions
from huiyin.workdays import services as workdays

WARM, RUNS, PAGES = 30, 300, 40
PAGED = ("page", "worklist")
"""What is counted `PAGES` times: each is a hundred thousand calls."""
CASES = 1500

type Operation = tuple[Iterator[bytes], int]
"""Its requests, and the status that each is answered with."""


def operations() -> dict[str, Operation]:
    """What is counted, by the names of `bench.load`."""
    city = bench.setup.city()
    fill(city, CASES)
    settle()
    operator, dispatcher, clerk = (token(city, who) for who in ("operator", "dispatcher", "transport_clerk"))
    page, desk = cookie(city, "transport_clerk"), cookie(city, "supervisor")
    waiting = accepted(city, WARM + RUNS + 1)
    return {
        "create": (creating(operator, ids.new_id().hex), 201),
        "action": (acting(dispatcher, waiting, 0), 200),
        "list of 50": (again("/api/v1/cases?view=open&limit=50", clerk), 200),
        "worklist page": (again("/desk/?view=open", page), 200),
        "desk's worklist": (again("/desk/?view=open", desk), 200),
        "case page": (reading(numbers_of("transport"), page), 200),
    }


def environ(data: bytes) -> dict[str, Any]:
    """A request's bytes as a server hands them over."""
    head, _blank, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, protocol = first.split(" ")
    path, _mark, query = target.partition("?")
    headers = dict(line.split(": ", 1) for line in lines)
    length, kind = headers.pop("Content-Length"), headers.pop("Content-Type", "")
    return {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_PROTOCOL": protocol,
        "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": length,
        "CONTENT_TYPE": kind, "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }  # fmt: skip


class Asked:
    """The application, asked one operation's requests."""

    def __init__(self, operation: Operation) -> None:
        self.requests, self.status = operation
        self.application = WSGIHandler()
        self.statements: list[str] = []

    def once(self) -> int:
        """One request; the bytes of its answer."""
        said: list[str] = []

        def start(status: str, _headers: object, _info: object = None, /) -> Callable[[bytes], object]:
            said.append(status)
            return said.append  # type: ignore[return-value]

        answer = self.application(environ(next(self.requests)), start)
        body = b"".join(answer)
        answer.close()
        assert said[0].startswith(str(self.status)), (said, body[:300])
        return len(body)

    def note(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Keep what is sent to the database. Django's own log is emptied at the beginning of each request."""
        self.statements.append(sql)
        return execute(sql, *rest)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("only", nargs="*", help="operations; none: all")
    parser.add_argument("--top", type=int, default=0, help="list so many functions that are called most often")
    parser.add_argument("--statements", action="store_true", help="list the statements of one request")
    asked = parser.parse_args()
    versions.CHECK_SECONDS = workdays.CHECK_SECONDS = 600.0  # a check falls into so many requests as the machine allows
    print(f"{'':16}{'calls':>10}{'statements':>12}{'bytes':>10}")
    for name, operation in operations().items():
        if asked.only and name not in asked.only:
            continue
        one = Asked(operation)
        for _ in range(WARM):
            one.once()
        with connection.execute_wrapper(one.note):
            size = one.once()
        profile, runs = cProfile.Profile(), PAGES if name.endswith(PAGED) else RUNS
        profile.enable()
        for _ in range(runs):
            one.once()
        profile.disable()
        found = pstats.Stats(profile, stream=sys.stdout)
        calls = found.total_calls / runs  # type: ignore[attr-defined]
        print(f"{name:16}{calls:10,.0f}{len(one.statements):12}{size:10,}", flush=True)
        if asked.statements:
            print("\n".join(f"    {sql[:400]}" for sql in one.statements))
        if asked.top:
            found.sort_stats("tottime").print_stats(asked.top)
            found.sort_stats("ncalls").print_stats(asked.top)
    return 0


if __name__ == "__main__":
    sys.exit(main())
