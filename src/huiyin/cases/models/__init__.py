"""Tables of the case core. A case is read with its orders; its clocks live on its own row (docs/adr)."""

from huiyin.cases.models.attachment import Attachment
from huiyin.cases.models.bar import Bar
from huiyin.cases.models.case import Case, Serial
from huiyin.cases.models.catalogue import CatalogueEntry, Category
from huiyin.cases.models.desk import Draft, SavedView, Watch
from huiyin.cases.models.event import Event, Passage
from huiyin.cases.models.hot_issue import HotIssue, HotIssueAct, Reading, Term, TextWeights
from huiyin.cases.models.order import Order
from huiyin.cases.models.publication import Publication

__all__ = [
    "Attachment",
    "Bar",
    "Case",
    "CatalogueEntry",
    "Category",
    "Draft",
    "Event",
    "HotIssue",
    "HotIssueAct",
    "Order",
    "Passage",
    "Publication",
    "Reading",
    "SavedView",
    "Serial",
    "Term",
    "TextWeights",
    "Watch",
]
