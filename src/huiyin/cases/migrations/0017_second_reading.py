from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_case_deserted")]
    operations = [
        migrations.AddField("passage", "reread", models.BooleanField(default=False)),
        migrations.AddIndex(
            "passage",
            models.Index(condition=models.Q(("reread", False)), fields=["-id"], name="passage_unread"),
        ),
        migrations.AddIndex(
            "event",
            models.Index(condition=models.Q(("kind", "erased")), fields=["recorded_at"], name="event_erased"),
        ),
    ]
