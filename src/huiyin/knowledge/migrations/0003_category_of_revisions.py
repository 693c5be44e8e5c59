from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, _editor: Any) -> None:
    """Each revision says the category and the owner that its article has."""
    article = apps.get_model("knowledge", "Article").objects.filter(pk=OuterRef("article"))
    apps.get_model("knowledge", "Revision").objects.update(
        category=Subquery(article.values("category")[:1]), owner=Subquery(article.values("owner")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0002_next_and_category")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
