"""Reading settings from the environment; a value we can't read is refused by naming what we take."""

import os
import select
import time
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huiyin.kernel.buckets import Rate
from huiyin.kernel.errors import ConfigError


@dataclass(frozen=True)
class Setting:
    """One environment variable: documented in `docs/reference/settings.md`, which is generated from these."""

    name: str
    default: str
    meaning: str


HOME = Setting("HUIYIN_HOME", "./var", "Folder that holds all state: the embedded database, keys, uploaded files.")
DATABASE_URL = Setting(
    "HUIYIN_DATABASE_URL", "", "postgresql://user:password@host:port/name; empty means SQLite in the home."
)
DEBUG = Setting("HUIYIN_DEBUG", "0", "1 shows tracebacks to whoever visits; never on a public address.")
HOSTS = Setting("HUIYIN_HOSTS", "127.0.0.1,localhost,[::1]", "Host names this server answers to, with commas.")
ADDRESS = Setting("HUIYIN_ADDRESS", "http://127.0.0.1:8000", "The portal's address as it stands in messages.")
HTTPS = Setting("HUIYIN_HTTPS", "0", "1 when a proxy in front speaks HTTPS: secure cookies, HSTS, X-Forwarded-Proto.")
TIME_ZONE = Setting("HUIYIN_TIME_ZONE", "Asia/Shanghai", "The city's time zone; legal days are counted in it.")
LANGUAGE = Setting("HUIYIN_LANGUAGE", "zh-hans", "First language of pages and of the command line: zh-hans or en.")
POOL_MIN = Setting("HUIYIN_POOL_MIN", "2", "PostgreSQL connections each process opens at start.")
POOL_MAX = Setting("HUIYIN_POOL_MAX", "8", "PostgreSQL connections each process may hold.")
NODE_MODULES = Setting("HUIYIN_NODE_MODULES", "./node_modules", "Where npm put the browser assets.")
EMAIL_HOST = Setting("HUIYIN_EMAIL_HOST", "", "SMTP server for notices; empty prints them to the console.")
SNAPSHOTS = Setting(
    "HUIYIN_SNAPSHOTS", "~/.cache/huiyin", "Where `huiyin demo` keeps built cities (SQLite) for the next new home."
)
EMAIL_FROM = Setting("HUIYIN_EMAIL_FROM", "huiyin@localhost", "Sender of e-mail notices.")
PROXIES = Setting(
    "HUIYIN_PROXIES", "", "Proxies whose X-Forwarded-For is believed: addresses or networks, with commas."
)
WEBHOOK_NETWORKS = Setting(
    "HUIYIN_WEBHOOK_NETWORKS",
    "",
    "Networks of one's own whose receivers webhooks may call, also without HTTPS; else only public HTTPS addresses.",
)
RATE_INTAKE = Setting(
    "HUIYIN_RATE_INTAKE", "60/hour", "Matters without an account from one address, per process; `off` for no limit."
)
RATE_FORMS = Setting(
    "HUIYIN_RATE_FORMS", "5/hour", "Public forms from one address before each is asked a small question."
)
FORM_SECONDS = Setting(
    "HUIYIN_FORM_SECONDS", "3", "A public form sent sooner than so many seconds is asked a question; 0: none is."
)
UNDO_SECONDS = Setting(
    "HUIYIN_UNDO_SECONDS",
    "10",
    "For how long what is written to a requester can be taken back; 0: it leaves at once.",
)
RATE_FILES = Setting("HUIYIN_RATE_FILES", "120/hour", "Files without an account from one address.")
RATE_GUESSES = Setting("HUIYIN_RATE_GUESSES", "20/hour", "Wrong access codes, links and tokens from one address.")
RATE_SIGN_IN = Setting(
    "HUIYIN_RATE_SIGN_IN", "20/hour", "Failed sign-ins from one address; ten times as many under one name."
)
RATE_CODES = Setting("HUIYIN_RATE_CODES", "10/hour", "Wrong codes of one user's second factor.")
SECOND_FACTOR = Setting(
    "HUIYIN_SECOND_FACTOR",
    "",
    "`officers`: who administers, gives posts or reads the audit signs in with a second factor; `nobody` has to. Empty"
    " means `officers`, and `nobody` in a rehearsal.",
)
OFFICER_IDLE = Setting(
    "HUIYIN_OFFICER_IDLE",
    "1200",
    "After so many seconds without doing anything who administers, gives posts or reads the audit is signed out; 0:"
    " never.",
)
RATE_TOKEN = Setting("HUIYIN_RATE_TOKEN", "3000/minute", "Calls with one API token.")

MODEL_URL = Setting(
    "HUIYIN_MODEL_URL",
    "",
    "The city's own language model, asked for advice on a reply when somebody wishes: the address of an"
    " OpenAI-compatible API, as http://10.0.0.5:8000/v1. Empty: none is asked, and no page offers it.",
)
MODEL_NAME = Setting("HUIYIN_MODEL_NAME", "", "Which model is asked there.")
MODEL_KEY = Setting("HUIYIN_MODEL_KEY", "", "The key that is sent as its bearer; empty: none.")
MODEL_SECONDS = Setting("HUIYIN_MODEL_SECONDS", "8", "For how many seconds at most an answer is waited for.")

ALL = (
    HOME, DATABASE_URL, DEBUG, HOSTS, ADDRESS, HTTPS, TIME_ZONE, LANGUAGE, POOL_MIN, POOL_MAX, NODE_MODULES, EMAIL_HOST,
    EMAIL_FROM, SNAPSHOTS, PROXIES, WEBHOOK_NETWORKS, RATE_INTAKE, RATE_FORMS, FORM_SECONDS, UNDO_SECONDS, RATE_FILES,
    RATE_GUESSES,
    RATE_SIGN_IN, RATE_TOKEN, RATE_CODES, SECOND_FACTOR, OFFICER_IDLE, MODEL_URL, MODEL_NAME, MODEL_KEY, MODEL_SECONDS,
)  # fmt: skip


def text(setting: Setting) -> str:
    """The value as typed, or the default."""
    return os.environ.get(setting.name) or setting.default


def truth(setting: Setting) -> bool:
    """`1` or `0`; anything else is refused."""
    value = text(setting)
    if value not in {"0", "1"}:
        raise _refusal(setting, value, "0 or 1")
    return value == "1"


def count(setting: Setting) -> int:
    """A whole number of at least 1."""
    value = text(setting)
    if not value.isdecimal() or int(value) < 1:
        raise _refusal(setting, value, "a whole number of at least 1")
    return int(value)


def one_of(setting: Setting, *accepted: str) -> str:
    """One of the accepted values."""
    value = text(setting)
    if value not in accepted:
        raise _refusal(setting, value, ", ".join(accepted))
    return value


def second_factor(*, rehearsal: bool) -> str:
    """Who must have a second factor: `officers` or `nobody`."""
    return one_of(SECOND_FACTOR, "officers", "nobody") if text(SECOND_FACTOR) else "nobody" if rehearsal else "officers"


def time_zone(setting: Setting) -> str:
    """A name of the time zone database."""
    value = text(setting)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _refusal(setting, value, "a name like Asia/Shanghai") from error
    return value


def seconds(setting: Setting) -> int:
    """A whole number, also 0."""
    value = text(setting)
    if not (value.isascii() and value.isdecimal()):
        raise _refusal(setting, value, "a whole number of seconds")
    return int(value)


_SPANS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def rate(setting: Setting) -> Rate | None:
    """`60/hour`; None for `off`."""
    value = text(setting)
    if value == "off":
        return None
    most, _slash, span = value.partition("/")
    if span not in _SPANS or not (most.isascii() and most.isdecimal()) or int(most) < 1:
        raise _refusal(setting, value, "off, or like 60/hour (second, minute, hour, day)")
    return Rate(int(most), _SPANS[span])


def networks(setting: Setting) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks."""
    value = text(setting)
    try:
        return [ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip()]
    except ValueError as error:
        raise _refusal(setting, value, "addresses or networks like 10.0.0.1, 10.0.0.0/8") from error


def folder(setting: Setting) -> Path:
    """An absolute path, whether it exists or not."""
    return _absolute(text(setting), os.getcwd())  # noqa: PTH109 - half a microsecond, of which every request asks some


@lru_cache(maxsize=64)
def _absolute(typed: str, _here: str) -> Path:
    return Path(typed).expanduser().resolve()


WAIT_SECONDS = 5
"""How long a request waits for a connection before it says that the database is away. A broken connection is found
before it is used (`check_connection`), or after twice this time where the network swallows everything.
"""


IDLE_SECONDS = 2.0


def check_connection(connection: Any) -> None:
    """Raise for a connection that doesn't answer any more: the pool then takes another.

    A server that ends a connection says so on it, so that one on which nothing has come is asked only when it has lain
    idle for a while. Asking each time would be one way to the database and back in every request.
    """
    now = time.monotonic()
    looked, connection.looked_at = getattr(connection, "looked_at", 0.0), now
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if now - looked > IDLE_SECONDS or socket.poll(0):
        connection.autocommit = True
        connection.execute("")


def database(home: Path) -> dict[str, object]:
    """Django's DATABASES entry.

    SQLite: WAL, and every transaction takes the write lock at its start, so that two writers queue instead of failing;
    what was answered is on the disk, so that a power cut loses nothing. PostgreSQL: a pool from the first request on.
    """
    url = text(DATABASE_URL)
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "huiyin.sqlite3",
            "TEST": {"NAME": str(home / "test.sqlite3")},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                " PRAGMA secure_delete=ON;",  # what is erased is overwritten
            },
        }
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad_url() from None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.startswith("/") or not parts.path.strip("/"):
        raise _bad_url()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": {
            "pool": {
                "min_size": count(POOL_MIN),
                "max_size": max(count(POOL_MIN), count(POOL_MAX)),
                "timeout": WAIT_SECONDS,
                "check": check_connection,
            },
            "prepare_threshold": 1,  # what a steady cursor sends twice is planned once
            "connect_timeout": WAIT_SECONDS,
            "tcp_user_timeout": 2000 * WAIT_SECONDS,
            "options": "-c jit=off",  # compiling what a list is asked by took longer than answering it
        },
    }


def _bad_url() -> ConfigError:
    """Never shows the URL: one that can't be read doesn't tell where its password stands."""
    return ConfigError(
        "bad_setting", f"{DATABASE_URL.name} can't be read; it takes postgresql://user:password@host:port/name."
    )


def _refusal(setting: Setting, value: str, accepted: str) -> ConfigError:
    return ConfigError("bad_setting", f"{setting.name}={value!r} can't be read; it takes {accepted}.")
