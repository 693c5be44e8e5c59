"""Entrances that a ring adds to the common pages: registered when the ring starts, shown by templates below it."""

from dataclasses import dataclass
from enum import StrEnum

from huiyin.access.actor import Actor


class Place(StrEnum):
    """Where an entrance is shown: in the portal's navigation, beside "new matter" at the desk, in the desk's own, at
    the foot of every page, on the requester's page of a matter and on the desk's (these views take the case number),
    beside what the desk's page says of the requester (asked with the number as `matter`).
    `HOME` isn't shown: those who hold the door's right begin there when they have signed in. `COMMAND` is shown by the
    command palette alone, beside those of desk and intake: pages that lie behind another.
    """

    PORTAL = "portal"
    INTAKE = "intake"
    DESK = "desk"
    FOOT = "foot"
    TRACKED = "tracked"
    CASE = "case"
    REQUESTER = "requester"
    HOME = "home"
    COMMAND = "command"


@dataclass(frozen=True)
class Door:
    """One entrance. `right` hides it from those who couldn't pass, who hold none of `also` either; the view behind it
    refuses by itself. `about` says in a line what is behind it, on the page of services. The bar at the
    foot of a phone has room for five: the two that read what is public stand there, the rest behind "services".
    """

    title: object
    view: str
    place: Place
    right: str = ""
    icon: str = ""
    about: object = ""
    also: tuple[str, ...] = ()

    def open_to(self, actor: Actor) -> bool:
        """Whether they hold the right, or one of those beside it; without any it is open to all."""
        return not self.right or any(actor.may(right) for right in (self.right, *self.also))


_DOORS: list[Door] = []


def register(door: Door) -> None:
    """Add an entrance; the same one twice is one."""
    if door not in _DOORS:
        _DOORS.append(door)


def doors(place: Place) -> list[Door]:
    """The entrances of a place, in the order in which the rings are installed."""
    return [door for door in _DOORS if door.place is place]
