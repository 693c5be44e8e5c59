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
    MAILBOX = "mailbox"
    LETTER = "letter"
    RECEPTION = "reception"
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
    DESERTED = "deserted"
    """Everybody in whose hands it is has stepped aside."""


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


class Allegation(StrEnum):
    """What is alleged against a body or a person, from the least protected class to the most.

    `service`: a duty not done, late or badly. `firm`: a report on a firm or a private person. `conduct`: how a
    named official behaved. `wrongdoing`: an accusation against public bodies or staff (检举控告).
    """

    NONE = ""
    SERVICE = "service"
    FIRM = "firm"
    CONDUCT = "conduct"
    WRONGDOING = "wrongdoing"

    @property
    def rank(self) -> int:
        """Going down in rank takes a second person."""
        return list(Allegation).index(self)


class Confidentiality(StrEnum):
    """How far a case is kept from people: open to those it concerns; the reporter's identity protected; kept from
    the body complained of; known to the body that examines it alone.
    """

    OPEN = "open"
    PROTECTED = "protected"
    RESTRICTED = "restricted"
    SEALED = "sealed"


CONFIDENTIALITY = {
    Allegation.NONE: Confidentiality.OPEN,
    Allegation.SERVICE: Confidentiality.OPEN,
    Allegation.FIRM: Confidentiality.PROTECTED,
    Allegation.CONDUCT: Confidentiality.RESTRICTED,
    Allegation.WRONGDOING: Confidentiality.SEALED,
}
"""Each class of allegation has one degree of confidentiality; nobody chooses it."""


def allegation_from(given: str) -> Allegation:
    """The class as people choose it, where "none" is none."""
    return Allegation("" if given == "none" else given)


class IssueStatus(StrEnum):
    """Where a hot issue stands: found by the machine, adopted by a person, answered, or dismissed. Ended: it went into
    another, or has no matters left.
    """

    FOUND = "found"
    ADOPTED = "adopted"
    ANSWERED = "answered"
    DISMISSED = "dismissed"
    ENDED = "ended"
