"""Files of cases over HTTP: nothing that a browser would run, nothing that it would guess about."""

from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import policies, queries, story
from huiyin.cases.models import Attachment
from huiyin.files.services import name_of, open_bytes
from huiyin.kernel.errors import NotFound


def serve(actor: Actor, number: str, key: UUID) -> FileResponse:
    """The file's bytes if the actor may see the case and read this passage of it; NotFound otherwise."""
    case = queries.find(actor, number).case
    found = (
        Attachment.objects.filter(pk=key, case=case, audience__in=story.audiences(actor)).select_related("file").first()
    )
    if found is None or policies.kept_shut(actor, case)(found.seq):
        raise NotFound("no_such_file", _("没有找到这个文件。"), do=_("请从事项页面重新打开。"))
    kept, content = found.file, open_bytes(found.file)
    if story.is_staff(actor):
        record(actor=actor.key, action="open_file", subject=case.number, detail={"file": str(found.pk)})
    shown = kept.media_type.startswith("image/")
    response = FileResponse(content, as_attachment=not shown, filename=name_of(kept), content_type=kept.media_type)
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
