"""How a page looks to this person: theme and size, kept in two cookies; the system's wish counts until they choose."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

THEME_COOKIE, SIZE_COOKIE = "huiyin_theme", "huiyin_size"
YEAR = 365 * 24 * 3600
THEMES: dict[str, Any] = {
    "auto": _("跟随系统"), "light": _("浅色"), "dark": _("深色"), "contrast": _("高对比度"),
}  # fmt: skip
SIZES: dict[str, Any] = {"normal": _("标准"), "elder": _("长辈版（大字）")}
SHEETS = {"dark": "(prefers-color-scheme: dark)", "contrast": "(prefers-contrast: more)"}
"""Stylesheet of a theme → when a page that follows the system uses it."""


@dataclass(frozen=True)
class Look:
    """The chosen theme and size."""

    theme: str = "auto"
    size: str = "normal"

    @property
    def sheets(self) -> list[tuple[str, str]]:
        """The themes' stylesheets to link after the tokens, each with its media query; none by daylight."""
        if self.theme == "auto":
            return list(SHEETS.items())
        return [(self.theme, "all")] if self.theme in SHEETS else []

    @property
    def scheme(self) -> str:
        """What the browser may use for its own parts."""
        return {"auto": "light dark", "dark": "dark"}.get(self.theme, "light")

    @property
    def elder(self) -> bool:
        return self.size == "elder"


def look_of(request: HttpRequest) -> Look:
    """What the person chose; anything unreadable counts as not chosen."""
    theme, size = request.COOKIES.get(THEME_COOKIE, ""), request.COOKIES.get(SIZE_COOKIE, "")
    return Look(theme if theme in THEMES else "auto", size if size in SIZES else "normal")


def keep(response: HttpResponse, *, theme: str = "", size: str = "") -> None:
    """Keep what was chosen for a year; an unknown value changes nothing."""
    for cookie, value, known in ((THEME_COOKIE, theme, THEMES), (SIZE_COOKIE, size, SIZES)):
        if value in known:
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True)
