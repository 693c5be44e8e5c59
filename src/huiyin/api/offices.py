"""What the three officers do by API: people and postings, tokens, the audit. And who the caller is."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from huiyin.access import rights, staff
from huiyin.access.models import Token
from huiyin.apikit.auth import WHOLE, Bearer, caller, shown_pass
from huiyin.apikit.problems import READING, problems
from huiyin.audit import services as audit
from huiyin.audit import tokens
from huiyin.kernel.text import Plain

router = Router(tags=["offices"])


class PostOut(Schema):
    """A posting in force: a role in a unit."""

    unit: str
    role: str


class MeOut(Schema):
    """Whom the token speaks for, and what it may do."""

    key: str
    name: str
    postings: list[PostOut]
    rights: list[str] = Field(description="Within the token's scopes.")
    scopes: list[str] = Field(description="None: all that the user has.")
    expires_at: datetime


class PostingOut(Schema):
    """A posting with its days, both included."""

    unit: str
    role: str
    since: date
    until: date | None


class PersonOut(Schema):
    """Somebody with an account."""

    username: str
    name: str
    active: bool
    postings: list[PostingOut]


class PeopleOut(Schema):
    """Some people; `next_cursor` is empty on the last page."""

    items: list[PersonOut]
    next_cursor: str


class PeopleIn(Schema):
    """Which people."""

    unit: Plain = Field(default="", max_length=64)
    cursor: Plain = Field(default="", max_length=60)
    limit: int = Field(default=100, ge=1, le=500)


class TokenIn(Schema):
    """A token that is wanted."""

    name: Plain = Field(min_length=1, max_length=80, description="What it is for.")
    scopes: list[Plain] = Field(default_factory=list, max_length=50, description="Rights; none: all of the user's.")
    days: int = Field(default=90, ge=1, le=366)
    username: Plain = Field(
        default="", max_length=60, description="An account that nobody signs in with; else oneself."
    )


class TokenOut(Schema):
    """A token, without its text."""

    id: UUID
    username: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """A token with its text, which is never shown again."""

    text: str


class EntryOut(Schema):
    """One entry of the audit."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    detail: dict[str, Any]


class EntriesOut(Schema):
    """Some entries, newest first; `next_cursor` is null on the last page."""

    items: list[EntryOut]
    next_cursor: int | None


class EntriesIn(Schema):
    """Which entries."""

    actor: Plain = Field(default="", max_length=80)
    action: Plain = Field(default="", max_length=40)
    subject: Plain = Field(default="", max_length=120)
    cursor: int | None = Field(default=None, ge=1, le=2**63 - 1)
    limit: int = Field(default=100, ge=1, le=500)


@router.get("/me", auth=Bearer(), response={200: MeOut} | problems(401))
def read_me(request: HttpRequest) -> MeOut:
    """Whom this token speaks for, in which posts, and what it may do."""
    shown = shown_pass(request)
    actor = shown.actor
    return MeOut(
        key=actor.key, name=actor.name, postings=[PostOut(unit=p.unit, role=p.role) for p in actor.postings],
        rights=sorted(actor.rights), scopes=sorted(shown.scopes), expires_at=shown.expires_at,
    )  # fmt: skip


@router.get("/people", auth=Bearer(*staff.MAY_READ), response={200: PeopleOut} | problems(401, 403, 422))
def list_people(request: HttpRequest, asked: Query[PeopleIn]) -> PeopleOut:
    """People with all their postings, by username. For those who manage them, and for the auditor."""
    rows = staff.people(caller(request), after=asked.cursor, unit=asked.unit, most=asked.limit + 1)
    items = [
        PersonOut(
            username=user.username, name=user.display_name, active=user.is_active,
            postings=[PostingOut(unit=p.unit_id, role=p.role, since=p.valid_from, until=p.valid_to)
                      for p in user.postings.all()],
        )
        for user in rows[: asked.limit]
    ]  # fmt: skip
    return PeopleOut(items=items, next_cursor=items[-1].username if len(rows) > asked.limit else "")


@router.get("/tokens", auth=Bearer(WHOLE, rights.ISSUE_TOKENS, rights.REVOKE_TOKENS),
            response={200: list[TokenOut]} | problems(*READING))  # fmt: skip
def list_tokens(request: HttpRequest, username: str = "") -> list[TokenOut]:
    """One's own tokens, newest first. The officers who issue or revoke them may name somebody else."""
    return [_token(row) for row in tokens.listed(shown_pass(request), username)]


@router.post("/tokens", auth=Bearer(WHOLE, rights.ISSUE_TOKENS),
             response={201: TokenMade} | problems(400, 401, 403, 404, 409, 422))  # fmt: skip
def issue_token(request: HttpRequest, given: TokenIn) -> Status[TokenMade]:
    """Issue a token for oneself. The administrator may name an account that nobody signs in with."""
    made, text = tokens.issue(
        shown_pass(request), name=given.name, scopes=given.scopes, days=given.days, username=given.username
    )
    return Status(201, TokenMade(**_token(made).model_dump(), text=text))


@router.delete("/tokens/{key}", auth=Bearer(WHOLE, rights.REVOKE_TOKENS), response={204: None} | problems(*READING))
def revoke_token(request: HttpRequest, key: UUID) -> Status[None]:
    """End one's own token at once. The security officer may end anybody's."""
    tokens.revoke(shown_pass(request), key)
    return Status(204, None)


@router.get("/audit", auth=Bearer(rights.READ_AUDIT), response={200: EntriesOut} | problems(401, 403, 422))
def read_audit(request: HttpRequest, asked: Query[EntriesIn]) -> EntriesOut:
    """The audit, newest first. For the auditor alone."""
    rows = audit.entries(
        caller(request), before=asked.cursor, most=asked.limit + 1, action=asked.action,
        who=[asked.actor] if asked.actor else (), subject=[asked.subject] if asked.subject else (),
    )  # fmt: skip
    items = [
        EntryOut(
            id=row.pk, at=row.at, actor=row.actor, action=row.action, subject=row.subject, reason=row.reason,
            detail=json.loads(row.detail),
        )
        for row in rows[: asked.limit]
    ]  # fmt: skip
    return EntriesOut(items=items, next_cursor=items[-1].id if len(rows) > asked.limit else None)


def _token(row: Token) -> TokenOut:
    return TokenOut(
        id=row.pk, username=row.user.username, name=row.name, scopes=row.scopes, created_at=row.created_at,
        expires_at=row.expires_at, last_used_on=row.last_used_on, revoked_at=row.revoked_at,
    )  # fmt: skip
