"""Serials of case numbers: never twice, gaps allowed, no lock held between requests."""

from django.db import connection

from huiyin.org.compiled import steady_cursor


def take_serials(count: int) -> list[int]:
    """`count` fresh serials in one statement. PostgreSQL: a sequence, so that creators don't wait for each
    other; SQLite has one writer anyway and keeps a row.
    """
    with steady_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval('cases_serial_seq') FROM generate_series(1, %s)", [count])
            return [int(row[0]) for row in cursor.fetchall()]
        cursor.execute(
            "INSERT INTO cases_serial (name, last) VALUES ('case', %s)"
            " ON CONFLICT (name) DO UPDATE SET last = cases_serial.last + excluded.last RETURNING last",
            [count],
        )
        last = int(cursor.fetchone()[0])
    return list(range(last - count + 1, last + 1))
