from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_seal_notices")]

    operations = [migrations.RemoveField("notice", "address")]
