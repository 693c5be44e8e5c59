"""What the index is asked: terms, all of them, any of them, one without another. Pure; each database has its words."""

import re
from dataclasses import dataclass
from hashlib import blake2b

CODE = re.compile(r"[0-9a-z][0-9a-z-]{0,59}")


@dataclass(frozen=True, slots=True)
class Term:
    """One term, or every one that begins so."""

    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of the parts."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the parts."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What fits the first and not the second."""

    wanted: "Query"
    unwanted: "Query"


type Query = Term | AllOf | AnyOf | Without


def term_of(sort: str, code: str) -> str:
    """The term that says a code: itself where it is plain, and else its digest."""
    plain = code if CODE.fullmatch(code) else blake2b(code.encode(), digest_size=10).hexdigest()
    return f"{sort}{plain}"


def any_code(sort: str, codes: "frozenset[str] | list[str] | tuple[str, ...]") -> AnyOf:
    """Any of the codes."""
    return AnyOf(tuple(Term(term_of(sort, code)) for code in sorted(codes)))


def fts5(query: Query) -> str:
    """For SQLite's MATCH."""
    match query:
        case Term(text, begins):
            return f'"{text}"' + " *" * begins
        case AllOf(parts):
            return f"({' AND '.join(fts5(part) for part in parts)})"
        case AnyOf(parts):
            return f"({' OR '.join(fts5(part) for part in parts)})"
        case Without(wanted, unwanted):
            return f"({fts5(wanted)} NOT {fts5(unwanted)})"


def tsquery(query: Query) -> str:
    """For PostgreSQL's @@."""
    match query:
        case Term(text, begins):
            return f"'{text}'" + ":*" * begins
        case AllOf(parts):
            return f"({' & '.join(tsquery(part) for part in parts)})"
        case AnyOf(parts):
            return f"({' | '.join(tsquery(part) for part in parts)})"
        case Without(wanted, unwanted):
            return f"({tsquery(wanted)} & !{tsquery(unwanted)})"
