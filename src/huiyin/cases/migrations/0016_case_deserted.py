from django.db import migrations, models

CHOICES = ["", "extension_asked", "extension_endorsed", "deserted"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_event_helpers")]
    operations = [
        migrations.AlterField(
            "case",
            "pending",
            models.CharField(choices=[(one, one) for one in CHOICES], default="", max_length=24),
        )
    ]
