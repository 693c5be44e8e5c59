from django.db import migrations, models

import huiyin.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("files", "0004_seal_files")]

    operations = [
        migrations.RemoveField("file", "name"),
        migrations.AlterField("file", "stored", models.UUIDField(default=huiyin.kernel.ids.new_id)),
    ]
