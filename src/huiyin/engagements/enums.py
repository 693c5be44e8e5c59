"""The fixed words of meetings."""

from enum import StrEnum


class Stage(StrEnum):
    """Where an occasion stands."""

    PLANNED = "planned"
    PUBLISHED = "published"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"
    MOVED = "moved"


AHEAD = (Stage.PLANNED, Stage.PUBLISHED)
"""Stages in which it is still to come."""
OCCUPYING = (Stage.PLANNED, Stage.PUBLISHED, Stage.HELD)
"""Stages in which host and room are taken."""


class Door(StrEnum):
    """How somebody came by their turn."""

    WEB = "web"
    DESK = "desk"
    WALK_IN = "walk_in"
    INVITED = "invited"


class Turn(StrEnum):
    """What became of a booking."""

    BOOKED = "booked"
    RECEIVED = "received"
    ABSENT = "absent"
    CANCELLED = "cancelled"


class Mode(StrEnum):
    """How host and person met: at the open door, by invitation, down in the place with the case, at home afterwards."""

    OPEN_DOOR = "open_door"
    INVITED = "invited"
    TAKEN_DOWN = "taken_down"
    HOME = "home"


class Outcome(StrEnum):
    """What a visit led to: an answer on the spot, the lawful path shown, an order with a date, the same carried by the
    host until it is solved, a look at how a known matter stands, or what is sealed and stands elsewhere.
    """

    ANSWERED = "answered"
    GUIDED = "guided"
    ASSIGNED = "assigned"
    CARRIED = "carried"
    FOLLOWED = "followed"
    SEALED = "sealed"
