"""A real Chromium against a real server, in a city whose clock stands in autumn 2021."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from huiyin.signin.store import SessionStore
from tests.conftest import SetClock
from tests.factories.cases import publish_rules
from tests.personas import SmallCity, build_city

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"

type OpenAs = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet: it calls nobody."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed; scripts/bootstrap test installs it where apt may be used")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    more = ["--disable-sync", "--no-first-run", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": [*quiet, *more]}


@pytest.fixture
def city_online(transactional_db: None, at: SetClock) -> SmallCity:
    """The small city with its rules, in September 2021, as a live server sees it."""
    at("2021-09-23 09:30")
    city = build_city()
    publish_rules()
    return city


@pytest.fixture
def open_as(city_online: SmallCity, live_server: LiveServer, browser: Browser) -> Iterator[OpenAs]:
    """`open_as("operator", "/desk/")`: that persona's own browser window, signed in; "" for a visitor.

    After the test no window may have written an error to its console.
    """
    windows: dict[tuple[str, int], Page] = {}
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(persona: str, path: str, width: int = 1440) -> Page:
        if (persona, width) not in windows:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, locale="zh-CN", base_url=live_server.url
            )
            context.set_default_timeout(15_000)
            context.set_default_navigation_timeout(60_000)
            contexts.append(context)
            if persona:
                context.add_cookies([_session_of(city_online, persona, live_server.url)])  # type: ignore[list-item]
            page = context.new_page()
            page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            windows[persona, width] = page
        page = windows[persona, width]
        page.goto(path)
        return page

    yield window
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


def _session_of(city: SmallCity, persona: str, url: str) -> dict[str, str]:
    user = city.users[persona]
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": url}


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA, one line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})).violations"
    )
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def is_cut(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
