"""Draw every page of a city at 1440 and 390 px, in both languages and all looks, into screenshots/, and try each.

    make screenshots                                   a fresh demo city
    .venv/bin/python scripts/screenshots.py --home var/jieshou --only board --looks light

The pictures are for people who look at what they changed. On the way each page is held against what must be true of
every page: nothing cut, nothing axe objects to, no complaint in the console, no request to another host, one heading,
no English on a Chinese page. What fails is listed in screenshots/faults.txt, and the command then ends with 1.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright
from screens import SCREENS, NothingThereError, Screen

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "screenshots"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
WIDTHS = (1440, 390)
LANGUAGES = ("zh-hans", "en")
LOOKS = {
    "light": ("light", "normal"), "dark": ("dark", "normal"), "contrast": ("contrast", "normal"),
    "elder": ("light", "elder"),
}  # fmt: skip
WCAG = "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})).violations"
WORDS = """() => { const copy = document.body.cloneNode(true);
  copy.querySelectorAll('[lang], script, noscript, template, select, datalist, code, kbd, time, textarea, svg title,'
    + ' .hy-words, .hy-code').forEach((one) => one.remove());
  return copy.innerText + ' ' + [...copy.querySelectorAll('[aria-label], [placeholder], [alt]')].map((one) =>
    ['aria-label', 'placeholder', 'alt'].map((name) => one.getAttribute(name) || '').join(' ')).join(' '); }"""
LATIN = re.compile(r"\b(?![a-f]+\b|[A-Z]+\b)[A-Za-z]{3,}\b")
KNOWN = {"PDF", "Word", "Excel", "JSON", "CSV", "XLSX", "DOCX", "Atom", "RSS", "YAML", "Ctrl", "Alt", "Enter", "Esc",
         "Shift", "Lines", "JSONL", "URL", "HTTPS", "https", "Webhook", "Open", "GeoReport",
         "Chrome", "Linux", "accept", "close", "province", "admin", "user", "pdf", "jpg"}  # fmt: skip
"""Latin words that a Chinese page may carry, besides hashes and codes: names, and examples of codes that are typed. The
record's own are left out by their marks.
"""
PLACEHOLDER = re.compile(r"\{\w+\}")
"""What a text of the procedure leaves open, as it is written there."""


@contextmanager
def served(home: str | None) -> Iterator[str]:
    """A city at an address: the one that is named, or a fresh demo."""
    made = None if home else tempfile.mkdtemp(prefix="huiyin-screens-")
    env = {**os.environ, "HUIYIN_HOME": home or str(made), "HUIYIN_FORM_SECONDS": "0"}
    huiyin = [sys.executable, "-m", "huiyin.cli"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    try:
        if made:
            subprocess.run([*huiyin, "demo", "--small", "--no-serve"], env=env, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*huiyin, "ledger", "seal"], env=env, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*huiyin, "serve", "--port", str(port), "--no-worker"], env=env)
        try:
            _wait(url)
            yield url
        finally:
            server.terminate()
            server.wait()
    finally:
        if made:
            shutil.rmtree(made, ignore_errors=True)


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=1).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server didn't answer")


class Windows:
    """Each person's own window at one width, in one language and look, and what was amiss on what they opened."""

    def __init__(self, browser: Browser, url: str, width: int, language: str, look: str) -> None:
        theme, size = LOOKS[look]
        self.url, self.width, self.language, self.look = url, width, language, look
        self.browser = browser
        self.chosen = {"django_language": language, "huiyin_theme": theme, "huiyin_size": size}
        self.open: dict[str, Page] = {}
        self.complaints: list[str] = []

    def of(self, who: str) -> Page:
        """The window of that persona, signed in; "" is a visitor."""
        if who not in self.open:
            context = self.browser.new_context(
                viewport={"width": self.width, "height": 900}, base_url=self.url, locale="zh-CN"
            )
            context.set_default_timeout(60_000)
            for name, value in self.chosen.items():
                context.add_cookies([{"name": name, "value": value, "url": self.url}])
            page = self.open[who] = context.new_page()
            page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: self._complain(str(error)))
            page.on("request", lambda asked: self._complain(asked.url) if self._strange(asked.url) else None)
            if who:
                page.goto("/sign-in/")
                page.fill("#id_username", who)
                page.fill("#id_password", "huiyin-demo")
                page.locator("main button.btn-primary").click()
                page.wait_for_load_state()
        return self.open[who]

    def _strange(self, url: str) -> bool:
        return not url.startswith((self.url, "data:", "blob:"))

    def _complain(self, text: str) -> None:
        if "status of 4" not in text:
            self.complaints.append(text)

    def draw(self, screen: Screen, *, faults_only: bool) -> list[str]:
        """One page: its picture, and its faults, one line each."""
        self.complaints.clear()
        page = self.of(screen.who)
        try:
            if isinstance(screen.where, str):
                page.goto(screen.where)
            else:
                screen.where(page)
        except NothingThereError as nothing:
            return [f"not drawn: {nothing}"]
        except Exception as error:  # noqa: BLE001 - one page that fails is a line of the list, not the end of it
            return [f"not drawn: {str(error).splitlines()[0]} at {page.url}"]
        try:
            return [*self._drawn(page, screen, faults_only), *self._faults(page), *self.complaints]
        except Error as error:
            return [f"not tried: {str(error).splitlines()[0]} at {page.url}"]

    def _drawn(self, page: Page, screen: Screen, faults_only: bool) -> Iterator[str]:
        if faults_only:
            return
        try:
            page.screenshot(path=OUT / f"{screen.name}-{self.width}-{self.language}-{self.look}.png", full_page=True)
        except Error as error:
            yield f"no picture: {str(error).splitlines()[0]}"

    def _faults(self, page: Page) -> Iterator[str]:
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            yield "wider than the window"
        if page.locator("h1:visible").count() != 1:
            yield f"{page.locator('h1:visible').count()} headings of the first level"
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for one in page.evaluate(WCAG):
            yield from (f"{one['id']}: {node['html'][:160]}" for node in one["nodes"])
        if self.language != "en" and (words := set(LATIN.findall(PLACEHOLDER.sub("", page.evaluate(WORDS)))) - KNOWN):
            yield f"English on a Chinese page: {', '.join(sorted(words))}"


def main(given: Sequence[str] | None = None) -> int:
    asked = _asked(given)
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("Chromium is missing: scripts/bootstrap test installs it where apt may be used.")
    OUT.mkdir(exist_ok=True)
    screens = [one for one in SCREENS if not asked.only or any(one.name.startswith(name) for name in asked.only)]
    faults: dict[str, list[str]] = {}
    with served(asked.home) as url, sync_playwright() as driver:
        for width, language, look in product(asked.widths, asked.languages, asked.looks):
            quiet = ["--no-sandbox", "--disable-gpu", f"--lang={'en-GB' if language == 'en' else 'zh-CN'}"]
            browser = driver.chromium.launch(executable_path=chromium, args=quiet)
            windows = Windows(browser, url, width, language, look)
            for screen in screens:
                found = windows.draw(screen, faults_only=asked.faults_only)
                print(f"{screen.name} {width} {language} {look}", *found, sep="\n    ", flush=True)
                for fault in dict.fromkeys(found):
                    faults.setdefault(f"{screen.name}: {fault}", []).append(f"{width} {language} {look}")
            browser.close()
    lines = [f"{fault}\n    {' · '.join(where)}\n" for fault, where in sorted(faults.items())]
    (OUT / "faults.txt").write_text("".join(lines), encoding="utf-8")
    print(f"{len(screens)} pages, {len(faults)} faults; see {(OUT / 'faults.txt').relative_to(ROOT)}")
    return 1 if faults else 0


def _asked(given: Sequence[str] | None) -> argparse.Namespace:
    words: Callable[[str], list[str]] = str.split
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--home", help="a rehearsal home to draw instead of a fresh demo city; it is written to")
    parser.add_argument("--only", type=words, default=[], help="names of pages, or how they begin")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--looks", nargs="+", choices=list(LOOKS), default=list(LOOKS))
    parser.add_argument("--faults-only", action="store_true", help="take no pictures")
    return parser.parse_args(given)


if __name__ == "__main__":
    raise SystemExit(main())
