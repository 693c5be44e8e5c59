"""People and steps of petitions."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from huiyin.access.actor import SWEEP, Actor, requester
from huiyin.cases.dossier import Dossier
from huiyin.cases.enums import Channel
from huiyin.cases.services.act import act
from huiyin.cases.services.open import Requester
from huiyin.files.services import store
from huiyin.petitions.services import Registration, register
from tests.factories.cases import look
from tests.personas import SmallCity

MORE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "petitions_head": ("宋应和", (("petitions", "unit_head"),)),
    "county_clerk": ("顾周全", (("jieshou", "unit_clerk"),)),
    "county_head": ("孟承转", (("jieshou", "unit_head"),)),
    "discipline_head": ("茅正纪", (("discipline", "unit_head"),)),
}
"""Who works here beside the people of the small city: name, posts."""
PETITIONER = Requester(name="何立秋", phone="13900000001", address="界首市西城街道1号")
WORDS: dict[str, dict[str, Any]] = {
    "forward": {"lead": "transport"},
    "assign_with_report": {"lead": "transport", "due_on": "2023-05-08"},
    "demand_report": {"due_on": "2023-05-08", "reason": "请反馈办理结果"},
    "accept": {"path": "调查核实后出具处理意见书"},
    "accept_simply": {"simple_ground": "clear", "path": "简易办理"},
    "to_ordinary": {"explanation": "需进一步核实"},
    "answer_simply": {"reply": "已恢复停靠。"},
    "answer_opinion": {"outcome": "adopted", "reply": "已采纳。"},
    "lead_into_path": {"legal_path": "administrative", "explanation": "请依法申请行政复议。"},
    "report_path": {"reply": "行政复议已作出决定。"},
    "reopen_path": {"statement": "还没有解决"},
    "object": {"ground": "not_our_power", "explanation": "属住建局职权"},
    "refuse_objection": {"reason": "属你单位职权"},
    "raise_dispute": {"reason": "两家都说不归自己"},
    "settle_dispute": {"decided_by": "common_superior", "lead": "housing", "ruling": "由住建局受理"},
    "split_litigation": {"judicial_body": "court", "explanation": "请依法向人民法院提起诉讼。"},
    "not_accept": {"reason": "other_power", "explanation": "请向人大常委会提出。"},
    "report_urgent": {"report": "现场人数较多，已派员疏导"},
    "record_again": {"door": "counter", "persons": 2, "representatives": 2, "statement": "再次来访"},
    "reclassify": {"petition_kind": "opinion"},
    "hear_petitioner": {"contact": "meeting", "note": "陈述了经过"},
    "hold_hearing": {"held_on": "2023-03-07", "note": "双方陈述"},
    "note_progress": {"note": "已调取行车记录"},
    "report_back": {"report": "已办结"},
    "request_extension": {"length": 30, "reason": "涉及多方"},
    "grant_extension": {"length": 30, "explanation": "情况复杂，需要鉴定"},
    "refuse_extension": {"reason": "时间够"},
    "draft_decision": {
        "claim": "要求恢复停靠",
        "facts": "8路车自1月起不停靠",
        "opinion": "support",
        "decision": "限期恢复停靠",
        "law": "《城市公共汽车和电车客运管理规定》",
    },
    "amend_decision": {"reason": "写明期限"},
    "issue_decision": {},
    "settle": {"form": "mediation", "agreement": "4月1日前恢复停靠", "until": "2023-04-01"},
    "note_performed": {"evidence": "已恢复"},
    "settlement_failed": {"explanation": "对方没有履行，继续办理"},
    "serve": {"served_paper": "receipt", "manner": "in_person", "served_on": "2023-03-07"},
    "serve_decision": {"manner": "in_person", "served_on": "2023-03-07"},
    "serve_review": {"manner": "post", "served_on": "2023-03-07"},
    "note_solved": {"evidence": "已恢复停靠"},
    "ask_review": {"statement": "期限太长"},
    "send_to_review": {"lead": "jieshou"},
    "issue_review": {"facts": "查明属实", "opinion": "upheld", "decision": "维持原处理意见", "law": "《信访工作条例》"},
    "record_review": {
        "letter": "阜阳市人民政府，阜政信复查〔2023〕5号",
        "letter_on": "2023-03-07",
        "opinion": "upheld",
        "decision": "维持原处理意见",
    },
    "ask_rereview": {"statement": "仍不服"},
    "send_to_rereview": {"lead": "petitions"},
    "open_hearing": {"ground": "hearing", "explanation": "3月10日9时，信访局二楼"},
    "close_hearing": {"note": "听证结束"},
    "issue_rereview": {"facts": "查明属实", "opinion": "upheld", "decision": "维持复查意见", "law": "《信访工作条例》"},
    "record_rereview": {
        "letter": "阜阳市人民政府，阜政信复核〔2023〕8号",
        "letter_on": "2023-03-07",
        "opinion": "upheld",
        "decision": "维持复查意见",
    },
    "record_review_request": {"asked_on": "2023-03-07", "statement": "邮寄请求"},
    "record_rereview_request": {"asked_on": "2023-03-07", "statement": "邮寄请求"},
    "handle_anew": {"notice": "补充调查后重新作出处理意见"},
    "close_unappealed": {},
    "note_guidance": {"note": "上门疏导"},
    "raise_new_facts": {"statement": "有新的证据"},
    "order_redo": {"ground": "delay", "lead": "transport", "notice": "请重新办理"},
    "propose": {"proposal_kind": "policy", "proposal": "完善停靠规定"},
    "answer_proposal": {"outcome": "yes", "answer": "已修订"},
    "withdraw": {"statement": "已解决"},
    "archive": {},
}
"""What each act can't do without."""
WHO = {
    **dict.fromkeys(WORDS, "petition_officer"),
    **dict.fromkeys(
        ("accept", "accept_simply", "object", "hear_petitioner", "note_progress", "request_extension", "draft_decision",
         "lead_into_path", "settle", "serve", "serve_decision", "hold_hearing", "report_back"),
        "transport_clerk",
    ),
    **dict.fromkeys(
        ("grant_extension", "refuse_extension", "amend_decision", "issue_decision", "answer_simply", "answer_opinion",
         "report_path", "note_performed", "to_ordinary", "settlement_failed", "answer_proposal"),
        "transport_head",
    ),
    **dict.fromkeys(("settle_dispute", "order_redo", "archive"), "petition_chief"),
    **dict.fromkeys(("ask_review", "ask_rereview", "withdraw", "raise_new_facts", "reopen_path"), "requester"),
    "link_repeat": "petition_officer", "issue_review": "county_head", "serve_review": "county_clerk",
    **dict.fromkeys(("issue_rereview", "record_rereview", "open_hearing", "close_hearing"), "petitions_head"),
}  # fmt: skip
"""Who usually does it."""


@dataclass(frozen=True)
class Bureau:
    """The city and its further people."""

    city: SmallCity
    people: dict[str, Actor]

    def actor(self, who: str, number: str = "") -> Actor:
        """The person behind a name."""
        if who == "requester":
            return requester(number)
        if who == "sweep":
            return SWEEP
        found: Actor = self.people.get(who) or getattr(self.city, who)
        return found

    def register(self, **over: Any) -> str:
        """Number of a new petition: a grievance brought in person, unless said otherwise."""
        said: dict[str, Any] = {
            "body": "8路公交车经过任寨站时常不停靠，老人赶不上车。",
            "channel": Channel.COUNTER,
            "requester": PETITIONER,
        }
        return register(actor=self.city.petition_officer, said=Registration(**{**said, **over})).number

    def do(self, number: str, action: str, who: str = "", **given: Any) -> Dossier:
        """One act by whoever usually takes it."""
        person = self.actor(who or WHO[action], number)
        if action == "settle":
            paper = store(BytesIO("协议书".encode()), name="协议书.txt", actor=person.key)
            given = {"files": [str(paper.pk)], **given}
        return act(actor=person, number=number, action=action, given={**WORDS.get(action, {}), **given})

    def walk(self, number: str, *actions: str) -> Dossier:
        """One act after the other; the petition as stored."""
        for action in actions:
            self.do(number, action)
        return look(number)


ACCEPTED = ("forward", "accept")
DECIDED = (*ACCEPTED, "hear_petitioner", "draft_decision", "issue_decision")
REVIEWED = (*DECIDED, "serve_decision", "ask_review", "send_to_review", "issue_review")
FINAL = (*REVIEWED, "serve_review", "ask_rereview", "send_to_rereview", "record_rereview")
ROUTES: dict[str, tuple[str, ...]] = {
    "registered": (),
    "forwarded": ("forward",),
    "objected": ("forward", "object"),
    "disputed": ("forward", "object", "raise_dispute"),
    "accepted": ACCEPTED,
    "simple": ("forward", "accept_simply"),
    "under_study": ("reclassify", "forward", "accept"),
    "in_legal_path": ("forward", "lead_into_path"),
    "path_done": ("forward", "lead_into_path", "report_path"),
    "drafted": DECIDED[:-1],
    "decided": DECIDED,
    "settled": (*ACCEPTED, "settle"),
    "performed": (*ACCEPTED, "settle", "note_performed"),
    "review_asked": (*DECIDED, "serve_decision", "ask_review"),
    "in_review": (*DECIDED, "serve_decision", "ask_review", "send_to_review"),
    "reviewed": REVIEWED,
    "rereview_asked": (*REVIEWED, "serve_review", "ask_rereview"),
    "in_rereview": (*REVIEWED, "serve_review", "ask_rereview", "send_to_rereview"),
    "final": FINAL,
    "not_accepted": ("not_accept",),
    "with_judiciary": ("split_litigation",),
    "answered": ("forward", "accept_simply", "answer_simply"),
    "withdrawn": ("withdraw",),
    "archived": ("not_accept", "archive"),
}
"""State → the way there from registration."""
