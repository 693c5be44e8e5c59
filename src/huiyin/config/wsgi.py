"""Entry point for granian and every other WSGI server. The connection pool is filled before the first request, and the
figures are counted beside the first ones.
"""

import gc
import logging
import os
import threading
import time
from collections.abc import Callable

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
application = get_wsgi_application()

GARBAGE_AFTER = 20_000
"""Objects made and not let go before the youngest are searched."""
LOOKS_EVERY = 60.0
"""Seconds between looks whether the figures are to be counted again."""


def warm() -> None:
    """Fill the connection pool, so that no request waits for it. A pool that doesn't fill in time still serves; a
    database that is away is no reason not to start, as requests say so until it is back.
    """
    from django.db import OperationalError, connection  # noqa: PLC0415 - settings must be loaded first

    try:
        connection.ensure_connection()
        if pool := getattr(connection, "pool", None):
            from psycopg_pool import PoolTimeout  # noqa: PLC0415 - installed and needed with PostgreSQL only

            connection.close()  # what is taken out doesn't fill it
            try:
                pool.wait()
            except PoolTimeout:  # it has closed itself; whoever asks next makes another
                connection.close_pool()  # type: ignore[attr-defined]
    except OperationalError as error:
        logging.getLogger("huiyin.web").warning("database: %s", error)
    finally:
        connection.close()


def warm_figures() -> None:
    """Count the figures that are looked at first, which takes seconds where the record is long, and again whenever no
    process has for a while. Without a database, or before `huiyin init`, whoever looks first reads it.
    """
    from huiyin.reports.warm import keep_warm  # noqa: PLC0415 - settings must be loaded first
    from huiyin.reports.warm import warm as count  # noqa: PLC0415 - the same

    _counted(count)
    while True:
        time.sleep(LOOKS_EVERY)
        _counted(keep_warm)


def _counted(work: Callable[[], None]) -> None:
    from django.db import DatabaseError, connection  # noqa: PLC0415 - settings must be loaded first

    try:
        work()
    except DatabaseError as error:
        logging.getLogger("huiyin.web").warning("figures: %s", error)
    except Exception:
        logging.getLogger("huiyin.web").exception("figures")
    finally:
        connection.close()


def leave_alone_what_stays() -> None:
    """Look for circles of garbage among what requests make, and not among the modules: nearly everything goes by
    counting references, and each search among what stays costs every request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 10, 10)


def end_with_parent() -> None:
    """Watch the server above, and end when it was killed: a web process left over would hold the port against the next
    server. Only under `huiyin serve`, which says so.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent != 1:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()


warm()
leave_alone_what_stays()
threading.Thread(target=warm_figures, name="figures", daemon=True).start()
if "SERVED_BY_HUIYIN" in os.environ:
    end_with_parent()
