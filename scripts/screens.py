"""Every page there is, who opens it, and how one gets there. A new page must join: tests/e2e/test_screens.py asks.

A screen names the route as it stands in the permission matrix. Where the address holds a number or a key, `where` is a
walk that finds one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

WORDS = "西城街道人民路的路灯坏了三天，晚上看不见路。"
NUMBER, KEY = r"\d{6}-\d{6}-\d", r"[0-9a-f-]{36}"

type Walk = Callable[[Page], None]


class NothingThereError(Exception):
    """The city that is drawn has no such row."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page in one state."""

    name: str
    route: str
    who: str
    where: str | Walk


def linked(page: Page, at: str, pattern: str, nth: int = 0) -> None:
    """Follow the nth link of a page whose address matches."""
    page.goto(at)
    found = [link for link in _links(page) if re.search(pattern, link)]
    if len(found) <= nth:
        raise NothingThereError(f"{at} links to nothing like {pattern}")
    page.goto(found[nth])


def _links(page: Page) -> list[str]:
    links: list[str] = page.eval_on_selector_all("main a[href]", "all => all.map((one) => one.getAttribute('href'))")
    return links


def through(at: str, *patterns: str) -> Walk:
    """From a page along links that match, one after the other."""

    def walk(page: Page) -> None:
        linked(page, at, patterns[0])
        for pattern in patterns[1:]:
            linked(page, page.url, pattern)

    return walk


def opened(view: str, more: str = "", *, having: str = "") -> Walk:
    """The first case of a view, or the first whose page has what is named."""

    def walk(page: Page) -> None:
        page.goto(f"/desk/?view={view}")
        for at in [str(row.get_attribute("href")).partition("?")[0] for row in page.locator("[data-row]").all()][:12]:
            page.goto(at + more)
            if not having or page.locator(having).count():
                return
        raise NothingThereError(f"no case of {view} has {having or 'a page'}")

    return walk


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
    opened("open", "?action=note_progress", having="form[data-composer=note_progress]")(page)
    page.locator("form[data-composer=note_progress] [name=note]").fill("已到现场，明天换灯。")
    page.get_by_role("button", name=re.compile("预览|Preview")).click()
    page.locator(".hy-preview").first.wait_for()


def answered(page: Page) -> None:
    """A reply being written, beside it what was answered before to the same kind of matter."""
    opened("open", "?action=complete", having="details:has(.hy-answers)")(page)
    page.locator("details:has(.hy-answers) summary").first.click()


def sampled(page: Page) -> None:
    """A call that is to be checked; last week's are drawn first if nobody has."""
    page.goto("/desk/quality/")
    if not any(re.search(rf"^/desk/quality/{KEY}/$", link) for link in _links(page)):
        page.get_by_role("button", name=re.compile("现在抽|Draw")).click()
        page.wait_for_load_state()
    linked(page, "/desk/quality/", rf"^/desk/quality/{KEY}/$")


def called(page: Page) -> None:
    """A caller's matters, asked for by telephone from the list."""
    page.goto("/desk/?view=all")
    page.fill("[data-find]", "13900000000")
    page.press("[data-find]", "Enter")
    page.wait_for_load_state()


def enrolling(page: Page) -> None:
    """A second factor that was begun."""
    page.goto("/sign-in/enrol/")
    if page.locator("button[value=begin].btn-primary").count():
        page.locator("button[value=begin].btn-primary").click()


def arrived(page: Page) -> None:
    """The front page with what comes beside it."""
    page.goto("/")
    page.locator(".hy-echo").wait_for()


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
    page.locator("input[name=step][value=details]").wait_for(state="attached")


def reviewed(page: Page) -> None:
    """The third step."""
    detailed(page)
    page.locator("main form[data-draft] button.btn-primary").click()
    page.locator("button[value=send]").wait_for()


def submitted(page: Page) -> None:
    """The receipt of a new matter."""
    reviewed(page)
    page.locator("button[value=send]").click()
    page.locator("dd.hy-big").first.wait_for()


def forgotten(page: Page) -> None:
    """The first step sent empty."""
    page.goto("/")
    page.locator("main button.btn-primary").click()
    page.locator(".hy-error").first.wait_for()


def followed(page: Page) -> None:
    """The progress page of what was said last in this window."""
    page.goto("/receipt/")
    if "/receipt/" not in page.url:
        submitted(page)
    page.locator("main a.btn-primary").click()
    page.wait_for_url("**/track/*/")


def own(more: str) -> Walk:
    """A page below the progress page."""

    def walk(page: Page) -> None:
        followed(page)
        page.goto(page.url + more)

    return walk


def typed(at: str, pattern: str, more: str) -> Walk:
    """A page below one that is found through a link."""

    def walk(page: Page) -> None:
        linked(page, at, pattern)
        page.goto(page.url.split("?")[0] + more)

    return walk


def _rules(which: str) -> str:
    return rf"^/offices/{which}/[^/]+@\d+/$"


SCREENS: tuple[Screen, ...] = (
    Screen("home", "", "", arrived),
    Screen("home-forgotten", "submit/", "", forgotten),
    Screen("home-proposal", "submit/proposal/", "", proposed),
    Screen("say-details", "submit/", "", detailed),
    Screen("say-review", "submit/", "", reviewed),
    Screen("receipt", "receipt/", "", submitted),
    Screen("progress", "track/<str:number>/", "", followed),
    Screen("progress-receipts", "track/<str:number>/receipts/", "", own("receipts/")),
    Screen("progress-receipt", "track/<str:number>/receipts/<int:seq>/", "", own("receipts/1/")),
    Screen("progress-my-data", "track/<str:number>/my-data/", "", own("my-data/")),
    Screen("track", "track/", "", "/track/"),
    Screen("answers", "answers/", "", "/answers/"),
    Screen("answers-found", "answers/", "", "/answers/?q=路灯"),
    Screen("answers-none", "answers/", "", "/answers/?q=没有这样的"),
    Screen("answer", "answers/<str:number>/", "", through("/answers/", rf"^/answers/{NUMBER}/$")),
    Screen("services", "services/", "", "/services/"),
    Screen("duties", "duties/", "", "/duties/"),
    Screen("mailbox", "mailbox/", "", "/mailbox/"),
    Screen("petitions", "petitions/", "", "/petitions/"),
    Screen("villages", "villages/", "", "/villages/"),
    Screen("village", "villages/<str:area>/", "", "/villages/341282202201/"),
    Screen("receptions", "receptions/", "", "/receptions/"),
    Screen(
        "receptions-book", "receptions/<uuid:key>/book/", "", through("/receptions/", rf"^/receptions/{KEY}/book/$")
    ),
    Screen("receptions-look-up", "receptions/booking/", "", "/receptions/booking/"),
    Screen("faq", "faq/", "", "/faq/"),
    Screen("faq-article", "faq/<uuid:article>/", "", through("/faq/", rf"^/faq/{KEY}/$")),
    Screen("seals", "ledger/", "", "/ledger/"),
    Screen("seal", "ledger/<int:seal>/", "dispatcher", "/ledger/1/"),
    Screen("display", "display/", "", "/display/"),
    Screen("design", "design/", "", "/design/"),
    Screen("offline", "offline/", "", "/offline/"),
    Screen("missing", "", "", "/nowhere/"),
    Screen("sign-in", "sign-in/", "", "/sign-in/"),
    Screen("account", "account/", "security", "/account/"),
    Screen("second-factor", "sign-in/enrol/", "operator", enrolling),
    Screen("worklist", "desk/", "dispatcher", "/desk/?view=open"),
    Screen("worklist-search", "desk/", "operator", "/desk/?view=all&q=路"),
    Screen("worklist-none", "desk/", "operator", "/desk/?view=open&q=没有这样的"),
    Screen("worklist-nothing-to-do", "desk/", "auditor", "/desk/"),
    Screen("worklist-supervisor", "desk/", "supervisor", "/desk/"),
    Screen("worklist-beside", "desk/<str:number>/pane/", "dispatcher", beside),
    Screen("several", "desk/bulk/", "dispatcher", several),
    Screen("keys", "desk/keys/", "dispatcher", "/desk/keys/"),
    Screen("found", "desk/search/", "operator", "/desk/search/?q=路灯"),
    Screen("caller", "desk/caller/", "operator", called),
    Screen("echo", "desk/echo/", "supervisor", "/desk/echo/"),
    Screen("new", "desk/new/", "operator", "/desk/new/"),
    Screen("case-dispatch", "desk/<str:number>/", "dispatcher", opened("hotline.accepted")),
    Screen("case-unit", "desk/<str:number>/", "transport-clerk", opened("open")),
    Screen("case-ruling", "desk/<str:number>/", "arbiter", opened("hotline.in_arbitration")),
    Screen("case-callback", "desk/<str:number>/", "callback", opened("hotline.in_callback")),
    Screen("case-written", "desk/<str:number>/", "transport-clerk", written),
    Screen("case-earlier-answers", "desk/<str:number>/", "transport-clerk", answered),
    Screen("case-receipts", "desk/<str:number>/receipts/", "dispatcher", opened("open", "receipts/")),
    Screen("case-receipt", "desk/<str:number>/receipts/<int:seq>/", "dispatcher", opened("open", "receipts/1/")),
    Screen("case-my-data", "desk/<str:number>/my-data/", "operator", opened("open", "my-data/")),
    Screen("hot-issues", "desk/hot-issues/", "supervisor", "/desk/hot-issues/"),
    Screen(
        "hot-issue",
        "desk/hot-issues/<uuid:key>/",
        "supervisor",
        through("/desk/hot-issues/", rf"^/desk/hot-issues/{KEY}/"),
    ),
    Screen("cockpit", "desk/cockpit/", "seat", "/desk/cockpit/"),
    Screen("wallboard", "desk/cockpit/wall/", "supervisor", "/desk/cockpit/wall/"),
    Screen("calls-owed", "desk/cockpit/owed/", "callback", "/desk/cockpit/owed/"),
    Screen("calls", "desk/cockpit/calls/", "supervisor", "/desk/cockpit/calls/"),
    Screen(
        "call", "desk/cockpit/<uuid:key>/", "supervisor", through("/desk/cockpit/calls/", rf"^/desk/cockpit/{KEY}/$")
    ),
    Screen("calls-days", "desk/cockpit/days/", "supervisor", "/desk/cockpit/days/"),
    Screen("calls-flags", "desk/cockpit/flags/", "supervisor", "/desk/cockpit/flags/"),
    Screen("calls-simulator", "desk/cockpit/simulator/", "seat", "/desk/cockpit/simulator/"),
    Screen("knowledge", "desk/knowledge/", "operator", "/desk/knowledge/"),
    Screen("knowledge-found", "desk/knowledge/", "operator", "/desk/knowledge/?q=医保"),
    Screen("knowledge-mine", "desk/knowledge/mine/", "transport-clerk", "/desk/knowledge/mine/"),
    Screen("knowledge-overdue", "desk/knowledge/overdue/", "supervisor", "/desk/knowledge/overdue/"),
    Screen("knowledge-gaps", "desk/knowledge/gaps/", "supervisor", "/desk/knowledge/gaps/"),
    Screen("knowledge-new", "desk/knowledge/new/", "operator", "/desk/knowledge/new/"),
    Screen(
        "knowledge-article",
        "desk/knowledge/<uuid:article>/",
        "supervisor",
        through("/desk/knowledge/", rf"^/desk/knowledge/{KEY}/$"),
    ),
    Screen(
        "knowledge-edit",
        "desk/knowledge/<uuid:article>/edit/",
        "supervisor",
        typed("/desk/knowledge/", rf"^/desk/knowledge/{KEY}/$", "edit/"),
    ),
    Screen(
        "knowledge-uses",
        "desk/knowledge/<uuid:article>/uses/",
        "supervisor",
        typed("/desk/knowledge/", rf"^/desk/knowledge/{KEY}/$", "uses/"),
    ),
    Screen("callbacks", "desk/callbacks/", "callback", "/desk/callbacks/"),
    Screen("quality", "desk/quality/", "supervisor", "/desk/quality/"),
    Screen("quality-mine", "desk/quality/mine/", "operator", "/desk/quality/mine/"),
    Screen("quality-call", "desk/quality/<uuid:key>/", "supervisor", sampled),
    Screen("letter-new", "desk/letters/new/", "operator", "/desk/letters/new/"),
    Screen("disputes", "desk/disputes/", "governance", "/desk/disputes/"),
    Screen("disputes-villages", "desk/disputes/", "governance", "/desk/disputes/?level=village"),
    Screen("dispute-new", "desk/disputes/new/", "governance", "/desk/disputes/new/"),
    Screen("desk-villages", "desk/villages/", "governance", "/desk/villages/"),
    Screen("desk-village", "desk/villages/<str:area>/", "governance", "/desk/villages/341282202201/"),
    Screen("villages-import", "desk/villages/import/", "governance", "/desk/villages/import/"),
    Screen("petition-report", "desk/petition-report/", "petition-officer", "/desk/petition-report/"),
    Screen("backlog", "desk/petitions/backlog/", "petition-officer", "/desk/petitions/backlog/"),
    Screen("petition-new", "desk/petitions/new/", "petition-officer", "/desk/petitions/new/"),
    Screen(
        "petition-case",
        "desk/<str:number>/",
        "petition-officer",
        through("/desk/petitions/backlog/", rf"/desk/{NUMBER}/$"),
    ),
    Screen("desk-receptions", "desk/receptions/", "reception-secretary", "/desk/receptions/"),
    Screen("reception-new", "desk/receptions/new/", "reception-secretary", "/desk/receptions/new/"),
    Screen("receptions-by-rule", "desk/receptions/by-rule/", "reception-secretary", "/desk/receptions/by-rule/"),
    Screen("receptions-leaders", "desk/receptions/leaders/", "reception-secretary", "/desk/receptions/leaders/"),
    Screen("receptions-carried", "desk/receptions/carried/", "mayor", "/desk/receptions/carried/"),
    Screen(
        "receptions-carry",
        "desk/receptions/carried/<uuid:key>/",
        "mayor",
        through("/desk/receptions/carried/", rf"^/desk/receptions/carried/{KEY}/$"),
    ),
    Screen(
        "receptions-activities", "desk/receptions/activities/", "reception-secretary", "/desk/receptions/activities/"
    ),
    Screen(
        "receptions-activity",
        "desk/receptions/activities/<uuid:key>/",
        "reception-secretary",
        through("/desk/receptions/activities/", rf"^/desk/receptions/activities/{KEY}/$"),
    ),
    Screen("receptions-figures", "desk/receptions/figures/", "mayor", "/desk/receptions/figures/"),
    Screen(
        "receptions-figure",
        "desk/receptions/figures/<str:name>/",
        "mayor",
        through("/desk/receptions/figures/", r"^/desk/receptions/figures/\w+/"),
    ),
    Screen(
        "reception",
        "desk/receptions/<uuid:key>/",
        "reception-secretary",
        through("/desk/receptions/", rf"^/desk/receptions/{KEY}/$"),
    ),
    Screen(
        "reception-book-for",
        "desk/receptions/<uuid:key>/book/",
        "reception-secretary",
        typed("/desk/receptions/", rf"^/desk/receptions/{KEY}/$", "book/"),
    ),
    Screen(
        "reception-turn",
        "desk/receptions/turns/<uuid:key>/",
        "reception-secretary",
        through("/desk/receptions/", rf"^/desk/receptions/{KEY}/$", rf"^/desk/receptions/turns/{KEY}/$"),
    ),
    Screen("privacy-due", "desk/privacy/due/", "supervisor", "/desk/privacy/due/"),
    Screen("privacy-new", "desk/privacy/new/", "operator", "/desk/privacy/new/"),
    Screen("proposals", "desk/proposals/", "supervisor", "/desk/proposals/"),
    Screen("figures", "desk/figures/", "supervisor", "/desk/figures/"),
    Screen("figure", "desk/figures/<str:name>/", "supervisor", "/desk/figures/received/"),
    Screen("figure-cases", "desk/figures/<str:name>/cases/", "supervisor", "/desk/figures/received/cases/"),
    Screen("board", "board/", "mayor", "/board/"),
    Screen("board-unit", "board/", "transport-head", "/board/"),
    Screen("offices", "offices/", "admin", "/offices/"),
    Screen("procedures", "offices/procedures/", "admin", "/offices/procedures/"),
    Screen("procedure-new", "offices/procedures/new/", "admin", "/offices/procedures/new/"),
    Screen("procedure", "offices/procedures/<str:key>/", "admin", "/offices/procedures/hotline@1/"),
    Screen(
        "procedure-compare", "offices/procedures/<str:key>/compare/", "admin", "/offices/procedures/petition@2/compare/"
    ),
    Screen("limits", "offices/limits/", "admin", "/offices/limits/"),
    Screen("limits-new", "offices/limits/new/", "admin", "/offices/limits/new/"),
    Screen("limit", "offices/limits/<str:key>/", "admin", through("/offices/limits/", _rules("limits"))),
    Screen(
        "limit-compare", "offices/limits/<str:key>/compare/", "admin", "/offices/limits/jieshou-petitions@2/compare/"
    ),
    Screen("calendar", "offices/calendar/", "admin", "/offices/calendar/"),
    Screen("day", "offices/calendar/<str:day>/", "admin", "/offices/calendar/2021-10-01/"),
    Screen("units", "offices/units/", "admin", "/offices/units/"),
    Screen("unit-new", "offices/units/new/", "admin", "/offices/units/new/"),
    Screen("unit", "offices/units/<str:unit_code>/", "admin", "/offices/units/transport/"),
    Screen("desk-duties", "offices/duties/", "admin", "/offices/duties/"),
    Screen(
        "desk-duty", "offices/duties/<path:category>/", "admin", through("/offices/duties/", r"^/offices/duties/.+/")
    ),
    Screen("replies", "offices/replies/", "admin", "/offices/replies/"),
    Screen("replies-new", "offices/replies/new/", "admin", "/offices/replies/new/"),
    Screen("reply-texts", "offices/replies/<str:key>/", "admin", through("/offices/replies/", _rules("replies"))),
    Screen("rota", "offices/rota/", "admin", "/offices/rota/"),
    Screen("rota-new", "offices/rota/new/", "admin", "/offices/rota/new/"),
    Screen("rota-one", "offices/rota/<str:key>/", "admin", through("/offices/rota/", _rules("rota"))),
    Screen("grades", "offices/grades/", "admin", "/offices/grades/"),
    Screen("grades-new", "offices/grades/new/", "admin", "/offices/grades/new/"),
    Screen("grades-one", "offices/grades/<str:key>/", "admin", through("/offices/grades/", _rules("grades"))),
    Screen("roles", "offices/roles/", "admin", "/offices/roles/"),
    Screen("sample", "offices/sample/", "admin", "/offices/sample/"),
    Screen("people", "offices/people/", "admin", "/offices/people/"),
    Screen("person-new", "offices/new/", "admin", "/offices/new/"),
    Screen("person", "offices/people/<str:username>/", "security", "/offices/people/operator/"),
    Screen("webhooks", "offices/webhooks/", "admin", "/offices/webhooks/"),
    Screen("exchange", "offices/exchange/", "admin", "/offices/exchange/"),
    Screen("audit", "offices/audit/", "auditor", "/offices/audit/"),
)
