from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_second_reading")]
    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("heading__isnull", False), ("phase", "closed")),
                fields=["received_at"],
                name="case_kept",
            ),
        ),
    ]
