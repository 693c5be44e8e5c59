"""Which version of the city's rule of disputes holds on a day: a published document (`rules/*.yaml`), as limits are."""

from huiyin.cases.documents import Documents
from huiyin.cases.procedures.spec import parse
from huiyin.cases.registry import document
from huiyin.disputes import grading
from huiyin.disputes.grading import Rule
from huiyin.kernel.errors import ConfigError

RULE = "grades"
"""What this sort of document is called where documents are published."""
FILE = "rules/jieshou.yaml"


@document(RULE)
def load(text: str, file: str) -> Rule:
    """Read a rule and check that it can be followed. ConfigError with every fault."""
    found = parse(text, file, Rule)
    faults = list(grading.faults(found))
    if faults:
        raise ConfigError("bad_grades", f"{file}: " + " ".join(faults), faults=faults)
    return found


_documents = Documents(RULE, Rule, "huiyin.disputes", FILE)
packaged, published, rule_on = _documents.packaged, _documents.published, _documents.on
