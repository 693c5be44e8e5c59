"""Draw the pages of a fresh demo city at 1440 and 390 px, in both languages and all looks, into screenshots/.

    make screenshots

For people who look at what they changed; nothing is compared.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "screenshots"
WIDTHS = (1440, 390)
LANGUAGES = ("zh-hans", "en")
LOOKS = (("light", "normal"), ("dark", "normal"), ("contrast", "normal"), ("light", "elder"))
WORDS = "西城街道人民路的路灯坏了三天，晚上看不见路。"


def opened(view: str) -> Callable[[Page], None]:
    """The page of the first case of a view."""

    def go(page: Page) -> None:
        page.goto(f"/desk/?view={view}")
        page.goto(str(page.locator("[data-row]").first.get_attribute("href")))

    return go


def beside(page: Page) -> None:
    """The second case of a list in the pane beside it."""
    page.goto("/desk/?view=open")
    page.goto(f"/desk/?view=open&open={page.locator('[data-row]').nth(1).get_attribute('data-row')}")


def several(page: Page) -> None:
    """Two cases at once, with what is to be done chosen."""
    page.goto("/desk/?view=open")
    numbers = [page.locator("[data-row]").nth(n).get_attribute("data-row") for n in range(2)]
    page.goto(f"/desk/bulk/?number={numbers[0]}&number={numbers[1]}&action=note")


def written(page: Page) -> None:
    """An answer being written, as the requester will read it."""
    page.goto("/desk/?view=open")
    for row in page.locator("[data-row]").all():
        page.goto(f"{row.get_attribute('href')}?action=note_progress")
        if page.locator("form[data-composer=note_progress]").count():
            page.locator("form[data-composer=note_progress] [name=note]").fill("已到现场，明天换灯。")
            page.get_by_role("button", name=re.compile("预览|Preview")).click()
            return
        page.goto("/desk/?view=open")


def enrolling(page: Page) -> None:
    """A second factor that was begun."""
    page.goto("/sign-in/enrol/")
    if page.locator("button[value=begin].btn-primary").count():
        page.locator("button[value=begin].btn-primary").click()


def answered(page: Page) -> None:
    """A reply being written, beside it what was answered before to the same kind of matter."""
    page.goto("/desk/?view=open")
    for row in [one.get_attribute("href") for one in page.locator("[data-row]").all()]:
        page.goto(f"{row}?action=complete")
        offered = page.locator("details:has(.hy-answers)")
        if offered.count():
            offered.locator("summary").click()
            return


def proposed(page: Page) -> None:
    """The front page with what it makes of a text."""
    page.goto("/")
    page.fill("#id_body", WORDS)
    page.locator("#proposal .hy-note").first.wait_for()


def detailed(page: Page) -> None:
    """The second step."""
    page.goto("/")
    page.fill("#id_body", WORDS)
    page.locator("main button.btn-primary").click()


def reviewed(page: Page) -> None:
    """The third step."""
    detailed(page)
    page.locator("main form[data-draft] button.btn-primary").click()


def submitted(page: Page) -> None:
    """The receipt of a new matter."""
    reviewed(page)
    page.locator("main button.btn-primary").click()


def followed(page: Page) -> None:
    """Its progress page."""
    submitted(page)
    page.locator("main a.btn-primary").click()


PAGES: tuple[tuple[str, str, str | Callable[[Page], None]], ...] = (
    ("home", "", "/"), ("proposal", "", proposed), ("details", "", detailed), ("review", "", reviewed),
    ("answers", "", "/answers/"), ("mailbox", "", "/mailbox/"), ("services", "", "/services/"),
    ("duties", "", "/duties/"), ("display", "", "/display/"), ("design", "", "/design/"),
    ("offline", "", "/offline/"), ("receipt", "", submitted), ("progress", "", followed), ("track", "", "/track/"),
    ("sign-in", "", "/sign-in/"), ("worklist", "dispatcher", "/desk/?view=open"), ("new", "operator", "/desk/new/"),
    ("beside", "dispatcher", beside), ("several", "dispatcher", several), ("keys", "dispatcher", "/desk/keys/"),
    ("written", "transport-clerk", written), ("earlier-answers", "transport-clerk", answered),
    ("search", "operator", "/desk/?view=all&q=路"), ("nothing-found", "operator", "/desk/?view=open&q=没有这样的"),
    ("account", "security", "/account/"), ("second-factor", "operator", enrolling),
    ("seals", "", "/ledger/"), ("seal", "dispatcher", "/ledger/1/"),
    ("dispatch", "dispatcher", opened("hotline.accepted")), ("unit", "transport-clerk", opened("open")),
    ("ruling", "arbiter", opened("hotline.in_arbitration")), ("callback", "callback", opened("hotline.in_callback")),
    ("board", "mayor", "/board/"), ("people", "admin", "/offices/people/"),
    ("person", "security", "/offices/people/operator/"), ("audit", "auditor", "/offices/audit/"),
    ("supervisor", "supervisor", "/desk/"), ("nothing-to-do", "auditor", "/desk/"), ("missing", "", "/nowhere/"),
)  # fmt: skip


@contextmanager
def served() -> Iterator[str]:
    """A fresh demo city at an address."""
    home = tempfile.mkdtemp(prefix="huiyin-screens-")
    env = {**os.environ, "HUIYIN_HOME": home, "HUIYIN_FORM_SECONDS": "0"}
    huiyin = [sys.executable, "-m", "huiyin.cli"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    try:
        subprocess.run([*huiyin, "demo", "--small", "--no-serve"], env=env, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*huiyin, "serve", "--port", str(port), "--no-worker"], env=env)
        try:
            _wait(url)
            yield url
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server didn't answer")


def draw(browser: Browser, url: str, width: int, language: str, look: tuple[str, str]) -> None:
    """All pages at one width, in one language and look, each person in a window of their own."""
    theme, size = look
    chosen = {"django_language": language, "huiyin_theme": theme, "huiyin_size": size}
    windows: dict[str, Page] = {}
    for page_name, who, where in PAGES:
        if who not in windows:
            context = browser.new_context(viewport={"width": width, "height": 900}, base_url=url, locale="zh-CN")
            for name, value in chosen.items():
                context.add_cookies([{"name": name, "value": value, "url": url}])
            windows[who] = context.new_page()
            if who:
                windows[who].goto("/sign-in/")
                windows[who].fill("#id_username", who)
                windows[who].fill("#id_password", "huiyin-demo")
                windows[who].locator("main button.btn-primary").click()
        page = windows[who]
        if callable(where):
            where(page)
        else:
            page.goto(where)
        file = OUT / f"{page_name}-{width}-{language}-{size if size == 'elder' else theme}.png"
        page.screenshot(path=file, full_page=True)
        print(file.relative_to(ROOT))


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is missing: scripts/bootstrap test installs it where apt may be used.")
    OUT.mkdir(exist_ok=True)
    with served() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for width, language, look in product(WIDTHS, LANGUAGES, LOOKS):
            draw(browser, url, width, language, look)
        browser.close()


if __name__ == "__main__":
    main()
