from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0003_seal_contacts")]

    operations = [
        migrations.RemoveField("party", name) for name in ("name", "phone", "email", "address")
    ]
