"""The next number of a unit's series, in the caller's transaction: taken with the act or not at all."""

from django.db import connection


def next_number(unit: str, series: str, year: int) -> str:
    """`住建局信意〔2022〕3号`. Two that ask at once wait for each other, so that there is no gap."""
    name = f"{unit}{series}{year}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO papers_series (name, last) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET last = papers_series.last + 1 RETURNING last",
            [name],
        )
        last = int(cursor.fetchone()[0])
    return f"{unit}{series}〔{year}〕{last}号"
