from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_find_steps_and_unsigned_by_index"),
        ("people", "0003_seal_contacts"),
    ]

    operations = [
        migrations.AddField("case", "heading", models.BinaryField(null=True)),
        migrations.AddField("passage", "sealed", models.BinaryField(null=True)),
        migrations.AlterField("passage", "nonce", models.CharField(default="", max_length=32)),
    ]
