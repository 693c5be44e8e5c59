"""A dispute, and whoever has to do with it."""

from typing import Any

from huiyin.access.actor import Actor, requester
from huiyin.cases.dossier import Dossier
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Requester
from huiyin.disputes.services import Found, register
from tests.personas import SmallCity

PARTY = Requester("何立秋", "13900000001", address="任寨村")
WORDS: dict[str, dict[str, Any]] = {
    "assign_mediator": {"mediator": "renzhai", "instruction": "请抓紧调解"},
    "regrade": {"persons": 2, "reason": "又有人参与"},
    "report_danger": {"told": "police", "report": "已派员稳控"},
    "start_mediation": {"consent": "both", "note": "村调解员主持，双方到场"},
    "note_session": {"note": "双方陈述"},
    "agree_orally": {"agreement": "把墙退回半米", "effective_on": "2021-03-02", "until": "2021-04-01"},
    "no_agreement": {"explanation": "差距太大"},
    "try_again": {"consent": "both"},
    "refer": {"legal_path": "court", "explanation": "请依法起诉"},
    "ask_court": {"note": "已向市法院申请"},
    "record_court": {"court": "confirmed", "explanation": "裁定有效"},
    "follow_up": {"performance": "kept", "note": "墙已退回"},
    "note_kept": {"evidence": "现场查看"},
    "mediate_again": {"note": "没有退墙"},
    "take_up_again": {"statement": "又砌回来了"},
    "withdraw": {"statement": "自己谈好了"},
    "seal": {"lead": "discipline", "respondent_unit": "renzhai", "reason": "说村干部收了一方的钱"},
}
"""What each act can't do without."""
DESK = ("assign_mediator", "regrade", "take_up_again", "withdraw")


def found(city: SmallCity, who: str = "renzhai_clerk", **over: Any) -> str:
    """Number of a dispute between two neighbours of Renzhai village."""
    said = {"body": "两家为宅基地边界吵了三年，昨天又动了手。", "persons": 2, "area": "341282202201", "party": PARTY}
    return register(actor=getattr(city, who), said=Found(**{**said, **over})).number


def do(city: SmallCity, number: str, action: str, who: str = "", **given: Any) -> Dossier:
    """One act by whoever usually takes it."""
    usual = "governance_officer" if action in DESK else "renzhai_clerk"
    actor: Actor = requester(number) if who == "requester" else getattr(city, who or usual)
    return act(actor=actor, number=number, action=action, given={**WORDS[action], **given})


def walk(city: SmallCity, number: str, *actions: str) -> Dossier:
    """One act after the other."""
    done = [do(city, number, action) for action in actions]
    return done[-1]
