"""Calls at the same moment, in real threads with connections of their own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connections

from huiyin.kernel.errors import HuiyinError


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or which of our errors it raised, all started at the same moment."""
    start, found = Barrier(len(calls)), list[Any]([None] * len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            found[place] = call()
        except HuiyinError as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found
