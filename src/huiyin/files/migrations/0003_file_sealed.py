from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("files", "0002_file_attached_file_file_loose")]

    operations = [
        migrations.AddField("file", "stored", models.UUIDField(null=True)),
        migrations.AddField("file", "key", models.BinaryField(null=True)),
        migrations.AddField("file", "sealed_name", models.BinaryField(null=True)),
        migrations.AlterField("file", "sha256", models.CharField(max_length=64)),
    ]
