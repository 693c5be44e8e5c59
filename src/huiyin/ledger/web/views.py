"""The published seals, and receipts for requesters and staff."""

import json
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import batched

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from huiyin.access.actor import Actor, actor_of
from huiyin.cases.web.portal import proven_requester
from huiyin.ledger import anchors as anchoring
from huiyin.ledger import listing, signing
from huiyin.ledger import receipts as giving
from huiyin.ledger.models import Seal
from huiyin.ledger.sealing import statement_of

PAGE = 30
LARGEST = 2**31 - 1


@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """The newest seals, the key, and what both are good for."""
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else LARGEST
    rows = list(Seal.objects.filter(number__lt=before).order_by("-number")[: PAGE + 1])
    public = signing.public_text(signing.own_key())
    context = {
        "rows": [(one, statement_of(one)) for one in rows[:PAGE]], "more": rows[PAGE - 1].number if rows[PAGE:] else 0,
        "public": public, "key": signing.key_id(public), "first": before == LARGEST,
    }  # fmt: skip
    return render(request, "ledger/seals.html", context)


@require_safe
@never_cache
def seal(request: HttpRequest, seal: int) -> HttpResponse:
    """One seal: what was signed, and for staff what it holds, as far as each may know of it."""
    after = request.GET.get("after", "")
    told = listing.told(actor_of(request.user), seal, after=int(after) if after.isascii() and after.isdecimal() else -1)
    one = told.seal
    context = {
        "one": one, "told": told, "signed": json.loads(one.statement), "signature": one.signature,
        "next": Seal.objects.filter(number=one.number + 1).exists(),
        "before": Seal.objects.filter(number=one.number - 1).exists(), "first": not after,
    }  # fmt: skip
    return render(request, "ledger/seal.html", context)


@require_safe
def anchors(_request: HttpRequest) -> StreamingHttpResponse:
    """All seals, one a line: a file of anchors for whoever wants to keep one."""

    def lines() -> Iterator[str]:
        rows = Seal.objects.order_by("number").iterator(chunk_size=500)
        for page in batched(rows, 500, strict=False):
            yield "".join(json.dumps(anchoring.published(one), ensure_ascii=False) + "\n" for one in page)

    response = StreamingHttpResponse(lines(), content_type="application/jsonl")
    response["Content-Disposition"] = 'attachment; filename="huiyin-seals.jsonl"'
    return response


@require_safe
def key(_request: HttpRequest) -> HttpResponse:
    """The public key, as `huiyin ledger receipt --key` takes it."""
    return HttpResponse(signing.public_text(signing.own_key()) + "\n", content_type="text/plain")


def _own(show: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the requester who has shown the code in this browser; anybody else is asked for it."""

    @require_GET
    @never_cache
    @wraps(show)
    def view(request: HttpRequest, number: str, **more: int) -> HttpResponse:
        actor = proven_requester(request, number)
        if actor is None:
            return redirect(reverse("cases:track", query={"number": number}))
        return show(request, actor, number, "", **more)

    return view


def _desk(show: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For staff, as far as they may read the case."""

    @login_required
    @require_GET
    @never_cache
    @wraps(show)
    def view(request: HttpRequest, number: str, **more: int) -> HttpResponse:
        return show(request, actor_of(request.user), number, "desk-", **more)

    return view


def _addresses(door: str) -> dict[str, str]:
    """The views of one door, for templates."""
    back = "cases:case" if door else "cases:progress"
    names = {"list": "receipts", "one": "receipt", "file": "receipt-file"}
    return {"back": back, **{key: f"ledger:{door}{name}" for key, name in names.items()}}


def _receipts(request: HttpRequest, actor: Actor, number: str, door: str) -> HttpResponse:
    """The events of a matter for which there is a receipt."""
    dossier, found = giving.listed(actor, number)
    return render(
        request, "ledger/receipts.html", {"case": dossier.case, "found": found, "views": _addresses(door)}
    )  # fmt: skip


def _receipt(request: HttpRequest, actor: Actor, number: str, door: str, seq: int) -> HttpResponse:
    """One receipt to read and print."""
    told = giving.receipt(actor, number, seq)
    _dossier, listed = giving.listed(actor, number)
    one = next(one for one in listed if one.event.seq == seq)
    public = signing.public_text(signing.own_key())
    context = {"told": told, "one": one, "public": public, "views": _addresses(door)}
    return render(request, "ledger/receipt.html", context)


def _file(_request: HttpRequest, actor: Actor, number: str, _door: str, seq: int) -> HttpResponse:
    """The receipt as a file that is checked without us."""
    found = giving.receipt(actor, number, seq)
    response = HttpResponse(json.dumps(found, ensure_ascii=False, indent=2) + "\n", content_type="application/json")
    said = found["statement"]
    response["Content-Disposition"] = f'attachment; filename="receipt-{said["case"]}-{said["seq"]}.json"'
    return response


own_receipts, own_receipt, own_file = _own(_receipts), _own(_receipt), _own(_file)
desk_receipts, desk_receipt, desk_file = _desk(_receipts), _desk(_receipt), _desk(_file)
