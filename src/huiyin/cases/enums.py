"""The fixed words of the case core. What a city may change lives in data files instead."""

from enum import StrEnum


class Kind(StrEnum):
    """What the requester wants (诉求类型)."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    REPORT = "report"
    PRAISE = "praise"
    OTHER = "other"


class Channel(StrEnum):
    """By which door the matter came."""

    PHONE = "phone"
    WEB = "web"
    WECHAT = "wechat"
    APP = "app"
    SMS = "sms"
    COUNTER = "counter"
    UPSTREAM = "upstream"
    API = "api"
    OTHER = "other"


class Urgency(StrEnum):
    """How long the matter can wait: normal; urgent, as with water, power, gas, heat; danger to life."""

    NORMAL = "normal"
    URGENT = "urgent"
    DANGER = "danger"


class Phase(StrEnum):
    """Whether something is still owed. A closed case changes only by reopening or filing away."""

    OPEN = "open"
    CLOSED = "closed"


class Pending(StrEnum):
    """A request within a case that waits for somebody's word."""

    NOTHING = ""
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_ENDORSED = "extension_endorsed"


class Holder(StrEnum):
    """Who must move next in a state."""

    DESK = "desk"
    UNIT = "unit"
    HEAD = "head"
    ARBITER = "arbiter"
    LEADER = "leader"
    NOBODY = "nobody"


class OrderRole(StrEnum):
    """A unit's part in a matter: it leads (主办), assists (协办), or works for the lead (下派)."""

    LEAD = "lead"
    ASSIST = "assist"
    SUB = "sub"


class OrderStatus(StrEnum):
    """Where one unit stands with its order."""

    PLACED = "placed"
    SIGNED = "signed"
    WORKING = "working"
    RETURNED = "returned"
    DONE = "done"
    WITHDRAWN = "withdrawn"


OPEN_ORDER = frozenset({OrderStatus.PLACED, OrderStatus.SIGNED, OrderStatus.WORKING})


class Source(StrEnum):
    """How an event came into the record."""

    LIVE = "live"
    IMPORT = "import"
    RECONSTRUCTION = "reconstruction"


class TimeUnit(StrEnum):
    """What a limit is counted in."""

    WORKDAYS = "workdays"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    WORK_HOURS = "work_hours"


class Audience(StrEnum):
    """Who may read a passage of free text: anyone, the requester too, or staff alone."""

    PUBLIC = "public"
    REQUESTER = "requester"
    STAFF = "staff"
