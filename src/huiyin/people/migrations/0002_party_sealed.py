from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField("party", "key", models.BinaryField(null=True)),
        migrations.AddField("party", "contact", models.BinaryField(null=True)),
        migrations.AddField("party", "phone_index", models.CharField(db_index=True, default="", max_length=40)),
    ]
