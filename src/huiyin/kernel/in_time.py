"""Calls to other machines that end in time, however slowly the other side drips."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer


@contextmanager
def in_time(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Connect, and let something be asked. Closed at the end, and cut off when the end doesn't come: TimeoutError then,
    whatever had come by then. Setting up the connection is bounded by the connection's own timeout as well.
    """
    late, wires = Event(), list[socket.socket | None]()

    def cut() -> None:
        late.set()
        for wire in wires or [connection.sock]:
            if wire is not None:
                with suppress(OSError):
                    socket.socket.shutdown(wire, socket.SHUT_RDWR)  # not SSLSocket's, which another thread is reading

    limit = Timer(seconds, cut)
    limit.daemon = True
    limit.start()
    try:
        connection.connect()
        wires.append(connection.sock)  # later the answer alone may hold it
        if late.is_set():
            raise TimeoutError
        yield
    except (OSError, http.client.HTTPException, ValueError):
        if not late.is_set():
            raise
    finally:
        limit.cancel()
        connection.close()
    if late.is_set():
        raise TimeoutError(f"not over in {seconds:g} seconds")
