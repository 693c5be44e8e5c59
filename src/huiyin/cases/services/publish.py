"""Rule documents: published once, kept for ever, found by day of receipt (`rulebook.py`)."""

from importlib.resources import files
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.cases import rulebook
from huiyin.cases.models import Publication
from huiyin.cases.procedures import limits, spec
from huiyin.cases.procedures.limits import LimitPolicy
from huiyin.cases.procedures.parts import whole
from huiyin.cases.procedures.spec import Procedure
from huiyin.cases.registry import vocabulary
from huiyin.kernel import clock
from huiyin.kernel.errors import Refused
from huiyin.org.versions import touch

type Sort = Literal["procedure", "limits"]


def publish(*, actor: Actor, sort: Sort, text: str, file: str) -> Publication:
    """Check a document and make it law for matters received from its first day on.

    Publishing the same text again does nothing. Another text under a published key is refused: a version
    never changes. Raises ConfigError naming file and key for a faulty document.
    """
    text = whole(text, file) if sort == "procedure" else text
    document = _check(sort, text, file)
    digest = spec.digest_of(text)
    facts = {
        "sort": sort,
        "name": document.name,
        "version": document.version,
        "covers": _covers(document),
        "jurisdiction": document.jurisdiction,
        "since": document.in_force.since,
        "until": document.in_force.until,
        "digest": digest,
        "text": text,
        "published_at": clock.now(),
        "published_by": actor.key,
    }
    with transaction.atomic():
        row, made = Publication.objects.get_or_create(key=document.key, defaults=facts)
        if made:
            touch(rulebook.RULES)
    if row.digest != digest:
        raise Refused(
            "published_already",
            _("“%(key)s”已经发布，内容不同。") % {"key": document.key},
            rule=_("已发布的版本永不改变。"),
            do=_("请提高版本号后再发布。"),
        )
    return row


def _covers(document: Procedure | LimitPolicy) -> str:
    names = {document.name} if isinstance(document, Procedure) else {row.procedure for row in document.limits}
    return f",{','.join(sorted(names))},"


def _check(sort: Sort, text: str, file: str) -> Procedure | LimitPolicy:
    if sort == "procedure":
        return spec.load(text, file, vocabulary())
    return limits.load(text, file, map(rulebook.procedure, rulebook.published_procedures()))


def publish_packaged(*, actor: Actor, package: str) -> list[str]:
    """Publish every document that an app carries: `procedures/*.yaml` first, then `limits/*.yaml`."""
    done = []
    for folder, sort in (("procedures", "procedure"), ("limits", "limits")):
        root = files(package) / folder
        if not root.is_dir():
            continue
        for item in sorted((i for i in root.iterdir() if i.name.endswith(".yaml")), key=lambda i: i.name):
            kind: Sort = "procedure" if sort == "procedure" else "limits"
            done.append(publish(actor=actor, sort=kind, text=item.read_text(), file=item.name).key)
    return done
