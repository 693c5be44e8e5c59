"""Categories (n levels, versioned by scheme) and the responsibility list (权责清单): whose duty a category is."""

from typing import ClassVar

from django.db import models


class Category(models.Model):
    """A node of a category scheme. `key` is `scheme/code`, the same on every database."""

    key = models.CharField(max_length=80, primary_key=True)
    scheme = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    english_name = models.CharField(max_length=80, default="")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.PositiveSmallIntegerField()
    path = models.CharField(max_length=400)
    """Names from the top, with ` › ` between."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["scheme", "path"], name="category_scheme")]

    def __str__(self) -> str:
        return self.path


class CatalogueEntry(models.Model):
    """Within `area` (empty: everywhere) and the period, matters of `category` are the duty of `unit`."""

    category = models.ForeignKey("cases.Category", models.PROTECT, related_name="duties")
    area = models.ForeignKey("org.Area", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    level = models.CharField(max_length=12, default="county")
    """Level of government whose duty it is."""
    delegated = models.BooleanField(default=False)
    """True where a formal act gave a street or town the duty of a higher level (赋权)."""
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("category", "area", "valid_from", name="catalogue_once"),
            models.UniqueConstraint(
                "category", "valid_from", name="catalogue_once_everywhere", condition=models.Q(area=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} → {self.unit_id}"
