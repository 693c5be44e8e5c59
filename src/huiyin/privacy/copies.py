"""A copy of everything that the record holds about somebody: made when it is fetched, stored nowhere.

It has the contact, every text that they wrote or were told, files, messages, what happened, calls, bookings and
meetings, and when somebody looked at what is masked. What the city's people wrote among themselves is counted and not
given: it tells how the matter was handled, and often of others. Legal basis: PIPL art. 45.
"""

import io
import json
import zipfile
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.audit.models import Entry
from huiyin.audit.services import record
from huiyin.cases import policies, queries, story
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Audience
from huiyin.cases.models import Attachment, Case, Passage
from huiyin.cases.originals import read_heading, read_passage
from huiyin.cases.registry import copied
from huiyin.files.services import name_of, open_bytes
from huiyin.kernel import clock
from huiyin.kernel.errors import NotFound
from huiyin.kernel.ids import normal_case_number
from huiyin.notices.models import Notice
from huiyin.notices.services import words_of
from huiyin.people.parties import contact_of
from huiyin.privacy.requests import PROCEDURE
from huiyin.privacy.rules import matters

LOOKS: dict[str, Any] = {
    "print_paper": gettext_lazy("下载文书"), "read_accusation": gettext_lazy("查阅检举控告"),
    "reveal_contact": gettext_lazy("查看联系方式"), "reveal_heading": gettext_lazy("查看原标题和地址"),
    "reveal_text": gettext_lazy("查看原文"), "open_file": gettext_lazy("打开材料"),
}  # fmt: skip
"""What the audit calls it when somebody looks at what is masked."""
TOLD = (Audience.PUBLIC, Audience.REQUESTER)


def may_fetch(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor may fetch the copy now: the requester, or who may hand it over, within thirty days."""
    until = dossier.tally.get("copy_until", "")
    fresh = bool(until) and clock.today() <= date.fromisoformat(until)
    ours = dossier.case.procedure.startswith(f"{PROCEDURE}@") and dossier.case.outcome == "copied"
    hands_over = actor.may(policies.TAKE_IN) or actor.may(policies.SUPERVISE) or actor.may(policies.EXAMINE)
    return ours and fresh and (not story.is_staff(actor) or hands_over)


def copy_of(actor: Actor, number: str) -> dict[str, Any]:
    """What the record holds about the requester of the request's matters; audited. NotFound where none was given, and
    for whoever may not know of the request.
    """
    dossier = queries.find(actor, number)
    if not may_fetch(actor, dossier):
        raise NotFound("no_copy", _("没有可以下载的副本。"), do=_("副本自提供之日起三十日内可以下载；逾期请重新请求。"))
    found = [case for case in matters(dossier) if not case.requester.erased]
    record(actor=actor.key, action="personal_copy", subject=number, detail={"matters": len(found)})
    return {
        "request": number,
        "made_at": _at(clock.now()),
        "matters": [_matter(actor, case) for case in [*found, dossier.case]],
    }


def as_zip(told: dict[str, Any], files: list[Attachment]) -> bytes:
    """The copy as one file: JSON for machines, HTML for people, and the files that they gave or got."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("copy.json", json.dumps(told, ensure_ascii=False, indent=2))
        packed.writestr("copy.html", render_to_string("privacy/copy.html", {"told": told}))
        for one in files:
            with open_bytes(one.file) as content:
                packed.writestr(f"files/{one.pk}-{name_of(one.file)}", content.read())
    return made.getvalue()


def files_in(told: dict[str, Any]) -> list[Attachment]:
    """The files that a copy names."""
    named = [one["id"] for matter in told["matters"] for one in matter["files"]]
    return list(Attachment.objects.filter(pk__in=named).select_related("file").order_by("pk"))


def _matter(actor: Actor, case: Case) -> dict[str, Any]:
    """One matter. Staff who hand a copy over get nothing of what is shut to them."""
    [dossier] = queries.load([case])
    heading, contact = read_heading(case), contact_of(case.requester)
    shut = policies.kept_shut(actor, case) if story.is_staff(actor) else lambda seq: False
    events = [event for event in queries.history(case) if not shut(event.seq)]
    at = {event.seq: event.occurred_at for event in events}
    texts = Passage.objects.filter(case=case)
    told = story.tell(dossier, events, story.Beside(), staff=False)["events"]
    titles = {one["seq"]: one["title"] for one in told}
    inward = {event.seq for event in events if story.is_inward(dossier.procedure, event)}
    shown = [one for one in told if one["seq"] not in inward]
    return {
        "number": case.number,
        "title": heading.title if heading else case.title,
        "address": heading.address if heading else case.address,
        "state": dossier.procedure.states[case.state].title.in_(get_language() or "zh"),
        "received_at": _at(case.received_at),
        "contact": vars(contact),
        "texts": [
            {"at": _at(at[row.seq]), "what": titles[row.seq], "text": read_passage(row, case.requester).text or ""}
            for row in texts.filter(audience__in=TOLD, seq__in=list(at)).order_by("seq", "field")
        ],
        "files": [_file(one) for one in _files(case, list(at))],
        "events": [
            {"at": one["at"], "what": one["title"], "unit": one["unit_name"], "given": _given(one)} for one in shown
        ],
        "messages": [_message(one) for one in _messages(case)],
        "looked_at": [
            {"at": _at(one.at), "what": one.action, "title": str(LOOKS[one.action])} for one in _looks(case)
        ],
        "elsewhere": [{"at": _at(at), "what": str(what), "text": text} for at, what, text in _elsewhere(case)],
        "internal_texts": texts.exclude(audience__in=TOLD).count(),
        "internal_steps": len(told) - len(shown),
    }  # fmt: skip


def _given(event: dict[str, Any]) -> list[dict[str, str]]:
    """What an act says in codes, as how and when a letter reached them; no numbers of matters, perhaps of others."""
    told = [{"title": str(one["title"]), "value": str(one["value"])} for one in event["given"]]
    return [one for one in told if not any(map(normal_case_number, one["value"].split(story.BETWEEN)))]


def _elsewhere(case: Case) -> list[tuple[datetime, Any, str]]:
    """What other rings keep of the requester for this matter, the oldest first."""
    return sorted((row for copy in copied.values() for row in copy(case)), key=itemgetter(0))


def _looks(case: Case) -> list[Entry]:
    return list(Entry.objects.filter(subject=case.number, action__in=list(LOOKS)).order_by("at"))


def _files(case: Case, shown: list[int]) -> list[Attachment]:
    rows = Attachment.objects.filter(case=case, audience__in=TOLD, seq__in=shown, file__key__isnull=False)
    return list(rows.select_related("file").order_by("seq", "id"))


def _file(one: Attachment) -> dict[str, Any]:
    return {"id": str(one.pk), "name": name_of(one.file), "size": one.file.size, "media_type": one.file.media_type}


def _messages(case: Case) -> list[Notice]:
    told = Notice.objects.filter(case_number=case.number, party=case.requester_id).select_related("party")
    return list(told.order_by("created_at"))


def _message(one: Notice) -> dict[str, Any]:
    subject, body = words_of(one)
    return {"at": _at(one.created_at), "subject": subject, "body": body, "sent": one.sent_at is not None}


def _at(instant: Any) -> str:
    return clock.local(instant).isoformat(timespec="minutes")
