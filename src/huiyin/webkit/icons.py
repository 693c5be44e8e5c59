"""Pictures beside words: the few of Tabler's icons that pages use, drawn into the page so that they take its colours.

They are read from `node_modules` once a process and never stand alone: the word beside them says the same.
"""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString

ICONS = {
    "add": "plus", "alert": "alert-triangle", "answered": "circle-check", "area": "map-2", "back": "arrow-left",
    "bell": "bell", "calendar": "calendar-event", "call": "phone", "check": "check", "circle": "circle",
    "clock": "clock", "close": "x", "code": "key", "danger": "urgent", "done": "circle-check", "door": "chevron-right",
    "down": "chevron-down", "due": "alert-circle", "edit": "pencil", "elder": "text-size", "empty": "mailbox",
    "file": "file-text", "filter": "filter", "find": "search", "follow": "bell-plus", "help": "help-circle",
    "home": "home", "info": "info-circle", "keyboard": "keyboard", "language": "language", "letter": "mail",
    "list": "list-details",
    "locked": "lock", "look": "eye", "map": "map-pin", "me": "user", "more": "dots", "next": "arrow-right",
    "offline": "cloud-off", "open": "external-link", "pause": "player-pause", "person": "user", "photo": "camera",
    "print": "printer", "rate": "star", "redo": "refresh", "remove": "trash", "say": "message-circle",
    "send": "send", "services": "category", "settings": "adjustments-horizontal", "sign_in": "login",
    "sign_out": "logout", "soon": "clock-exclamation", "supervised": "flag", "theme": "contrast",
    "undo": "arrow-back-up",
    "unit": "building", "urge": "bell-ringing", "wait": "hourglass", "sum": "chart-bar",
}  # fmt: skip
"""What a picture stands for on our pages → its name at Tabler."""

FOLDER = Path("@tabler/icons/icons/outline")
_SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>", re.DOTALL)
_CANVAS = 'stroke="none"'


def icon(name: str) -> SafeString:
    """The picture as SVG, hidden from screen readers; nothing where the packages aren't installed.

    KeyError naming the known ones for a name that isn't in `ICONS`.
    """
    if name not in ICONS:
        raise KeyError(f'no icon "{name}"; known are {", ".join(sorted(ICONS))}.')
    return _drawn(ICONS[name])


@lru_cache(maxsize=256)
def _drawn(name: str) -> SafeString:
    file = settings.NODE_MODULES / FOLDER / f"{name}.svg"
    if not file.is_file():
        return SafeString("")
    shapes = "".join(
        " ".join(shape.split()) for shape in _SHAPES.findall(file.read_text(encoding="utf-8")) if _CANVAS not in shape
    )
    head = '<svg class="hy-icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor"'
    ends = 'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"'
    return SafeString(f"{head} {ends}>{shapes}</svg>")
