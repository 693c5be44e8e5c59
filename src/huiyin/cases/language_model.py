"""The city's own language model, asked for advice on a reply by whoever writes it: off unless an address is set.

It is asked over an OpenAI-compatible API, by nobody but a person who presses the button, for at most some seconds and
one question at a time in a process, so that nothing waits for it. What leaves is redacted as closely as we can, and
nothing of a matter that is or was kept shut. What comes back is a hint like any other: shown, and neither kept nor
acted upon. That it was asked stands in the audit.
"""

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from huiyin.access.actor import Actor
from huiyin.audit.services import record
from huiyin.cases import findable, originals
from huiyin.cases.dossier import Dossier
from huiyin.cases.models import Passage
from huiyin.kernel.in_time import in_time
from huiyin.kernel.text import one_line, shown
from huiyin.redaction.text import redacted

MOST_READ = 256 * 1024
MOST_SENT = 4000
MOST_HINTS, LONGEST = 5, 160
ASKED = (
    "你是政务服务热线的文字审核员。下面是诉求和拟发给诉求人的答复，其中的个人信息已隐去。"
    "请检查答复是否回答了所问、有没有事实和依据、下一步和时间是否清楚、语气是否得当。"
    "只输出一个JSON数组，最多5项，每项是一句不超过60字的具体修改建议；没有建议就输出[]。不要编造事实。"
)
_turn = threading.Lock()


@dataclass(frozen=True)
class Advice:
    """What the model said; `failed` says why it said nothing that can be shown."""

    hints: tuple[str, ...] = ()
    failed: str = ""


def is_offered(dossier: Dossier) -> bool:
    """Whether a model may be asked about this matter's replies."""
    case = dossier.case
    return bool(settings.LANGUAGE_MODEL["url"]) and findable.is_findable(case)


def advice(actor: Actor, dossier: Dossier, texts: Mapping[str, str]) -> Advice | None:
    """Ask about the texts of an act; None where no model is set or may be asked, or nothing was written."""
    if not is_offered(dossier) or not any(text.strip() for text in texts.values()):
        return None
    case, own = dossier.case, tuple(originals.own_data(dossier.case.requester))
    body = Passage.objects.filter(case=case, seq=1, field="body").values_list("text", flat=True).first() or ""
    question = redacted(f"{case.title}\n{body}", own, closely=True)
    reply = redacted("\n".join(texts.values()), own, closely=True)
    if not _turn.acquire(blocking=False):
        return Advice(failed=_("模型正在回答别人，请稍后再试。"))
    try:
        record(actor=actor.key, action="ask_language_model", subject=case.number)
        said = _ask(f"诉求：{question[:MOST_SENT]}\n\n答复：{reply[:MOST_SENT]}")
        return Advice(tuple(redacted(one, own, closely=True) for one in _hints(said)))
    except (OSError, http.client.HTTPException, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return Advice(failed=_("模型没有给出可用的回答。答复照常可以发出。"))
    finally:
        _turn.release()


def _ask(text: str) -> str:
    """One question and its answer. Raises what the connection raises, and ValueError and the like for no answer."""
    wanted: Mapping[str, Any] = settings.LANGUAGE_MODEL
    address = urlsplit(str(wanted["url"]))
    made = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    seconds = float(wanted["seconds"])
    connection = made(address.hostname or "", address.port, timeout=seconds)
    messages = [{"role": "system", "content": ASKED}, {"role": "user", "content": text}]
    body = json.dumps({"model": wanted["model"], "messages": messages, "temperature": 0, "max_tokens": 600})
    heads = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {wanted['key']}"} if wanted["key"] else {}
    )
    with in_time(connection, seconds):
        connection.request("POST", f"{address.path}/chat/completions", body.encode(), heads)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise ValueError(f"status {answer.status}")
        return str(json.loads(answer.read(MOST_READ))["choices"][0]["message"]["content"])


def _hints(said: str) -> list[str]:
    """The hints in an answer: the array that was asked for, wherever it stands in it. ValueError for none."""
    found = json.loads(said[said.index("[") : said.rindex("]") + 1])
    return [one_line(shown(one))[:LONGEST] for one in found if isinstance(one, str) and one.strip()][:MOST_HINTS]
