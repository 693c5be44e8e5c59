"""The floor every ratio stands on: one raw transaction that any system of this kind must at least make.

Two inserts, a case and its event, with two secondary indexes and a foreign key, by pgbench with eight connections, in a
database of its own on the same server, with durability as that server has it.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

SECONDS = 3
TABLES = """
CREATE TABLE floor_case (
    id bigserial PRIMARY KEY, number text NOT NULL, state text NOT NULL, unit integer NOT NULL, title text NOT NULL,
    body text NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX floor_case_state ON floor_case (state, created_at);
CREATE INDEX floor_case_unit ON floor_case (unit, created_at);
CREATE TABLE floor_event (
    id bigserial PRIMARY KEY, case_id bigint NOT NULL REFERENCES floor_case (id), kind text NOT NULL,
    payload text NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
);
"""
TRANSACTION = r"""
\set unit random(1, 40)
BEGIN;
INSERT INTO floor_case (number, state, unit, title, body)
    VALUES ('210923-000001-8', 'received', :unit, '8路公交车不停靠', '8路公交车经过任寨站时常不停靠，老人赶不上车。')
    RETURNING id \gset
INSERT INTO floor_event (case_id, kind, payload)
    VALUES (:id, 'receive', '{"from":"","given":{},"relation":"operator","to":"received"}');
COMMIT;
"""


class Floor:
    """The floor's database on the server of `url`, made anew."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.url = urlunsplit(parts._replace(path="/floor"))
        self._psql(url, "DROP DATABASE IF EXISTS floor")
        self._psql(url, "CREATE DATABASE floor")
        self._psql(self.url, TABLES)
        self.script = Path(tempfile.mkdtemp()) / "floor.sql"
        self.script.write_text(TRANSACTION, encoding="utf-8")

    def rate(self, seconds: int = SECONDS) -> float:
        """Transactions a second, measured now."""
        options = ["--no-vacuum", "-c", "8", "-j", "2", "-T", str(seconds), "-f", str(self.script), self.url]
        said = subprocess.run([_program("pgbench"), *options], check=True, capture_output=True, text=True).stdout  # noqa: S603
        found = re.search(r"tps = ([\d.]+)", said)
        assert found, said
        return float(found[1])

    @staticmethod
    def _psql(url: str, text: str) -> None:
        subprocess.run([_program("psql"), "-qX", url, "-c", text], check=True)  # noqa: S603


def _program(name: str) -> str:
    """A program of the newest PostgreSQL here, else of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3].split(".")[0]))
    named = str(found[-1]) if found else shutil.which(name)
    assert named, f"{name} isn't installed: it comes with Debian's package postgresql"
    return named
