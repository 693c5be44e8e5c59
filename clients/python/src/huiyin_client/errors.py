"""What can go wrong: the city says no, or says nothing."""

from typing import Any


class Refused(Exception):
    """The city answered with a problem (RFC 9457). `code` is stable; `problem` has `title`, `rule`, `do`, `fields`."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or f"HTTP {status}")
        self.status = status
        self.problem = problem
        self.code: str = problem.get("code", "")


class Unreachable(Exception):
    """No answer came, however often it was tried. Whether the call was carried out isn't known: with the same
    key it may be repeated.
    """
