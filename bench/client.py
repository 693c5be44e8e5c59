"""A small HTTP/1.1 client with kept connections: a thread for each, asking as soon as it is answered."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Taken:
    """What one run gave: seconds of each answer, in no order, and the run's length."""

    seconds: float
    each: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.each) / self.seconds

    def quantile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """One request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, data: bytes) -> tuple[int, bytes]:
        """Status and body of the answer, whose length the server must give."""
        self.socket.sendall(data)
        got = self.socket.recv(65536)
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head = got[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        parts, have = [got[end + 4 :]], len(got) - end - 4
        while have < length:
            parts.append(self._more())
            have += len(parts[-1])
        return int(got[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        more = self.socket.recv(65536)
        assert more, "the server hung up"
        return more


def run(
    port: int, requests: Callable[[int], Iterator[bytes]], *, seconds: float, connections: int = 8, status: int = 200
) -> Taken:  # fmt: skip
    """Ask from all connections at once for some seconds; `requests(n)` are those of connection n.

    A run ends early when a connection has nothing more to ask. Any other status than `status` is a fault.
    """
    faults: list[str] = []
    answers: list[list[float]] = [[] for _ in range(connections)]
    start, stop = threading.Barrier(connections + 1), threading.Event()

    def work(number: int) -> None:
        kept, mine = Connection(port), answers[number]
        start.wait()
        for data in requests(number):
            asked = time.perf_counter()
            got, body = kept.ask(data)
            mine.append(time.perf_counter() - asked)
            if got != status:
                faults.append(f"{got} {body[:300]!r}")
                stop.set()
            if stop.is_set():
                return
        stop.set()

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    return Taken(time.perf_counter() - began, [one for some in answers for one in some])
