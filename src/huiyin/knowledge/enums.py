"""Words of the knowledge base."""

from enum import StrEnum


class Standing(StrEnum):
    """How an article stands to its readers."""

    DRAFT = "draft"
    """Never published."""
    PUBLISHED = "published"
    EXPIRED = "expired"
    """Its validity ended, or it was withdrawn."""


class Stage(StrEnum):
    """How far the revision in the making is."""

    NONE = ""
    DRAFT = "draft"
    REVIEW = "review"
