"""Entry point for granian and every other WSGI server. The connection pool is opened before the first request."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    from django.db import connection  # noqa: PLC0415 - settings must be loaded first

    connection.ensure_connection()
    connection.close()


_warm()
