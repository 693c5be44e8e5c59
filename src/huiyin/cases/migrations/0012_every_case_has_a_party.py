import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_seal_originals")]

    operations = [
        migrations.AlterField(
            "case",
            "requester",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.party"),
        ),
    ]
