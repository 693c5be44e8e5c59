"""Rule documents: published once, kept for ever, found by day of receipt (`rulebook.py`)."""

from importlib.resources import files
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.audit.details import Detail
from huiyin.audit.services import record
from huiyin.cases import rulebook
from huiyin.cases.models import Publication
from huiyin.cases.procedures import limits, spec
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.parts import whole
from huiyin.cases.registry import document, vocabulary
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.org.versions import touch

type Sort = Literal["procedure", "limits", "replies", "rota", "grades"]
"""Procedures and limits are read here, every other sort by the ring that registered it (`registry.document`)."""
FOLDERS: tuple[tuple[str, Sort], ...] = (
    ("procedures", "procedure"), ("limits", "limits"), ("texts", "replies"), ("rotas", "rota"), ("rules", "grades"),
)  # fmt: skip
"""Where an app carries its documents."""


def publish(*, actor: Actor, sort: Sort, text: str, file: str, reason: str) -> Publication:
    """Check a document and make it law for matters received from its first day on. Writes the audit.

    Publishing the same text again does nothing. Another text under a published key is refused: a version
    never changes. Raises ConfigError naming file and key for a faulty document.
    """
    with transaction.atomic():
        row, made = _keep(actor, sort, text, file)
        if made:
            detail: Detail = {"digest": row.digest, "since": row.since.isoformat()}
            record(
                actor=actor.key, action="publish_rules", subject=f"rules:{row.key}", reason=reason, detail=detail
            )  # fmt: skip
    return row


def _keep(actor: Actor, sort: Sort, text: str, file: str) -> tuple[Publication, bool]:
    """The document's row, and whether it is new."""
    checked, text = read(sort, text, file)
    digest = spec.digest_of(text)
    facts = {
        "sort": sort,
        "name": checked.name,
        "version": checked.version,
        "covers": _covers(checked) if sort in ("procedure", "limits") else f",{sort},",
        "jurisdiction": checked.jurisdiction,
        "since": checked.in_force.since,
        "until": checked.in_force.until,
        "digest": digest,
        "text": text,
        "published_at": clock.now(),
        "published_by": actor.key,
    }
    with transaction.atomic():
        row, made = Publication.objects.get_or_create(key=checked.key, defaults=facts)
        if made:
            touch(rulebook.RULES)
    if row.digest != digest:
        raise Refused(
            "published_already",
            _("“%(key)s”已经发布，内容不同。") % {"key": checked.key},
            rule=_("已发布的版本永不改变。"),
            do=_("请提高版本号后再发布。"),
        )
    return row, made


def _covers(document: Any) -> str:
    """What `rulebook.in_force` finds it by: procedures by name, limits by the procedures they rule."""
    names = {row.procedure for row in document.limits} if isinstance(document, LimitPolicy) else {document.name}
    return f",{','.join(sorted(names))},"


def read(sort: Sort, text: str, file: str) -> tuple[Any, str]:
    """The document as it would be published, and its whole text (a procedure's with its parts). Limits are held against
    every published procedure. Raises ConfigError naming file and key for a faulty one.
    """
    if sort == "procedure":
        text = whole(text, file)
        return spec.load(text, file, vocabulary()), text
    if sort == "limits":
        return limits.load(text, file, map(rulebook.procedure, rulebook.published_procedures())), text
    return document[sort](text, file), text


def publish_packaged(*, actor: Actor, package: str) -> list[str]:
    """Publish every document that an app carries in `FOLDERS`, procedures first.

    They come with the program's version, which says why; no entry is written.
    """
    done = []
    for folder, sort in FOLDERS:
        root = files(package) / folder
        if not root.is_dir():
            continue
        items = sorted((i for i in root.iterdir() if i.name.endswith(".yaml")), key=lambda i: i.name)
        done += [_keep(actor, sort, item.read_text(), item.name)[0].key for item in items]
    return done
