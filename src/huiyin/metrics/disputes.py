"""The figures of disputes, and of matters that knocked at several doors: counted once here, at each door elsewhere."""

import ibis
from ibis import _

from huiyin.metrics.definition import Definition, Population, Unit, Words
from huiyin.metrics.hotline import received
from huiyin.metrics.period import Period
from huiyin.metrics.view import View
from huiyin.metrics.view import last as latest

DEFINITIONS: dict[str, Definition] = {}
"""All of them by name, in reading order."""
DISPUTE = "dispute"
AGREES = ("agree_in_writing", "agree_orally")
ENDS = (*AGREES, "no_agreement")
"""What mediation comes to."""
PML = "《人民调解法》"


def _once(view: View, period: Period) -> ibis.Table:
    """Matters that weren't another known matter before: what grew from one counts with it, whenever that came."""
    grown = view.matters.filter(_.grown_from.notnull())
    known = grown.semi_join(view.matters.select(grown_from=_.number), "grown_from")
    return received(view, period).anti_join(known, "number")


def _grown(view: View, period: Period) -> ibis.Table:
    return received(view, period).semi_join(view.matters.filter(_.grown_from.notnull()), "number")


def _disputes(view: View) -> ibis.Table:
    return view.matters.filter(_.procedure == DISPUTE)


def _found(view: View, period: Period) -> ibis.Table:
    return received(view, period).semi_join(_disputes(view), "number")


def _acted(*kinds: str) -> Population:
    def population(view: View, period: Period) -> ibis.Table:
        acts = view.acts(period).filter(_.kind.isin(kinds)).semi_join(_disputes(view), "number")
        return latest(acts).select("number", "at")

    return population


def _mediated(view: View, period: Period) -> ibis.Table:
    ends = view.acts(period).filter(_.kind.isin(ENDS)).semi_join(_disputes(view), "number")
    return latest(ends).select("number", "at", hit=_.kind.isin(AGREES))


def _confirmed(view: View, period: Period) -> ibis.Table:
    acts = view.acts(period).filter((_.kind == "record_court") & (_.state == "confirmed"))
    return latest(acts.semi_join(_disputes(view), "number")).select("number", "at")


def define(name: str, title: Words, unit: Unit, formula: Words, source: str, population: Population) -> None:
    """Enter a definition under its name."""
    DEFINITIONS[name] = Definition(name, title, unit, formula, source, population)


def _count(name: str, zh: str, en: str, formula_zh: str, formula_en: str, source: str, population: Population) -> None:
    define(name, Words(zh, en), Unit.COUNT, Words(formula_zh, formula_en), source, population)


_count("received_once", "诉求事项数（一事一计）", "Matters, each once",
       "本期收到、且不是由另一件已知事项转来的件数；同一件事先来电、后写信、再信访，只计最先一件（“收件数”三件都计）",
       "Received in the period and not grown from another known matter: a call that became a letter and then a petition"
       " counts once, by the call (“Received” counts all three)", "本市定义", _once)  # fmt: skip
_count("received_grown", "由其他事项转来件数", "Grown from another matter",
       "本期由热线、来信等其他事项登记为信访或纠纷的件数",
       "Petitions and disputes of the period that were another matter before", "本市定义", _grown)  # fmt: skip
_count("dispute_found", "登记纠纷件数", "Disputes registered", "本期登记的矛盾纠纷数，不论怎样发现",
       "Disputes registered in the period, however they came to light", f"{PML}第十七条", _found)  # fmt: skip
define("dispute_mediated", Words("调解成功率", "Mediated with an agreement"), Unit.RATE,
       Words("达成书面或口头协议 ÷ 本期有调解结果的件数（协议或调解不成，以最后一次为准）",
             "Agreed in writing or by word ÷ mediations that came to an end in the period, by the last one of each"),
       f"{PML}第二十六条、第二十八条", _mediated)  # fmt: skip
_count("dispute_agreed", "达成协议件数", "Agreed", "本期达成书面或口头协议的件数，一件计一次",
       "Agreed in the period in writing or by word, once each", f"{PML}第二十八条", _acted(*AGREES))  # fmt: skip
_count("dispute_performed", "协议履行完毕件数", "Agreements performed", "本期回访核实已全部履行并办结的件数",
       "Seen kept in full and closed in the period", f"{PML}第三十一条", _acted("note_kept"))  # fmt: skip
_count("dispute_confirmed", "司法确认件数", "Confirmed by the court", "本期人民法院确认有效的件数",
       "Found valid by the court in the period", f"{PML}第三十三条", _confirmed)  # fmt: skip
_count("dispute_referred", "引导法定途径件数", "Led to another legal way", "本期引导诉讼、仲裁、行政等途径的件数",
       "Led to court, arbitration or the authorities in the period", f"{PML}第二十六条", _acted("refer"))  # fmt: skip
