"""Which version of the city's rule of disputes holds on a day: a published document (`rules/*.yaml`), as limits are."""

from datetime import date
from functools import lru_cache
from importlib.resources import files

from huiyin.cases import rulebook
from huiyin.cases.models import Publication
from huiyin.cases.procedures.spec import parse
from huiyin.cases.registry import document
from huiyin.disputes import grading
from huiyin.disputes.grading import Rule
from huiyin.kernel.errors import ConfigError
from huiyin.org.versions import Cached

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


@lru_cache(maxsize=1)
def packaged() -> Rule:
    """The packaged rule, for a home that has published none. ConfigError naming file and key for a faulty file."""
    return parse((files("huiyin.disputes") / FILE).read_text(encoding="utf-8"), FILE, Rule)


_kept: Cached[dict[str, Rule]] = Cached(rulebook.RULES, dict)


def published(key: str) -> Rule:
    """The published version of that key."""
    kept = _kept.get()
    if key not in kept:
        kept[key] = parse(Publication.objects.get(key=key, sort=RULE).text, key, Rule)
    return kept[key]


def rule_on(day: date) -> Rule:
    """The rule of that day: the one that came into force last; the packaged one before anything was published."""
    try:
        return published(rulebook.in_force(RULE, RULE, day))
    except ConfigError:
        return packaged()
