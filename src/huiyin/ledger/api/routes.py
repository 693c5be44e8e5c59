"""Seals, the public key and receipts over HTTP."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.params import functions as parameters

from huiyin.apikit.auth import Bearer, anyone, caller
from huiyin.apikit.problems import READING, problems
from huiyin.cases.api.routes import OF_A_CASE
from huiyin.ledger import anchors, receipts, signing
from huiyin.ledger.models import Seal

router = Router(tags=["ledger"])
PAGE = 100
LARGEST = 2**31 - 1


class SealOut(Schema):
    """One seal, as an anchor's line holds it."""

    number: int
    hash: str = Field(description="SHA-256 of statement, a line feed, signature; the next seal names it.")
    statement: str = Field(description="Canonical JSON, the very text that was signed.")
    signature: str = Field(description="Ed25519 over `huiyin-seal/1`, a line feed, the statement; hex.")


class SealsOut(Schema):
    """Seals by number; pass `next_after` back as `after` for more."""

    items: list[SealOut]
    next_after: int | None


class KeyOut(Schema):
    """The public key of seals and receipts."""

    algorithm: str
    public_key: str = Field(description="64 hex digits.")
    key: str = Field(description="Its short name in statements.")
    rehearsal: bool


class ReceiptLine(Schema):
    """An event for which there is a receipt."""

    seq: int
    kind: str
    title: str
    recorded_at: str
    sealed: bool


class ReceiptOut(Schema):
    """A receipt; `seal` and `proof` once the event is sealed. Check it with `huiyin ledger receipt --verify`."""

    statement: dict[str, Any]
    signature: str
    seal: dict[str, Any] | None = None
    proof: dict[str, Any] | None = None


@router.get("/ledger/key", auth=[Bearer(), anyone], response={200: KeyOut} | problems(401))
def read_key(request: HttpRequest) -> KeyOut:
    """The key that checks seals and receipts. Take it down once, and keep it."""
    public = signing.public_text(signing.own_key())
    return KeyOut(
        algorithm="Ed25519", public_key=public, key=signing.key_id(public), rehearsal=settings.REHEARSAL
    )  # fmt: skip


@router.get("/ledger/seals", auth=[Bearer(), anyone], response={200: SealsOut} | problems(401, 422))
def list_seals(
    request: HttpRequest, after: Annotated[int, parameters.Query(ge=0, le=LARGEST)] = 0
) -> SealsOut:  # fmt: skip
    """A hundred seals after that number, oldest first."""
    rows = list(Seal.objects.filter(number__gt=after).order_by("number")[: PAGE + 1])
    items = [SealOut(**anchors.published(one)) for one in rows[:PAGE]]
    return SealsOut(items=items, next_after=items[-1].number if len(rows) > PAGE else None)


@router.get("/cases/{number}/receipts", auth=OF_A_CASE, response={200: list[ReceiptLine]} | problems(*READING))
def list_receipts(request: HttpRequest, number: str) -> list[ReceiptLine]:
    """The events of the case for which there is a receipt."""
    _dossier, found = receipts.listed(caller(request), number)
    return [
        ReceiptLine(
            seq=one.event.seq, kind=one.event.kind, title=one.title, sealed=one.sealed,
            recorded_at=one.event.recorded_at.isoformat(),
        )
        for one in found
    ]  # fmt: skip


@router.get(
    "/cases/{number}/receipts/{seq}", auth=OF_A_CASE, response={200: ReceiptOut} | problems(*READING), exclude_none=True
)  # fmt: skip
def read_receipt(
    request: HttpRequest, number: str, seq: Annotated[int, parameters.Path(ge=1, le=LARGEST)]
) -> dict[str, Any]:  # fmt: skip
    """The receipt of one event, to be kept as it is."""
    return receipts.receipt(caller(request), number, seq)
