import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("people", "0002_party_sealed")]

    operations = [
        migrations.AddField(
            "notice",
            "party",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.party"
            ),
        ),
        migrations.AddField("notice", "sealed", models.BinaryField(null=True)),
    ]
