"""Every figure there is, by name, in reading order."""

from collections.abc import Mapping

from huiyin.metrics import disputes, hotline, petitions
from huiyin.metrics.definition import Definition

DEFINITIONS: Mapping[str, Definition] = {**hotline.DEFINITIONS, **petitions.DEFINITIONS, **disputes.DEFINITIONS}
