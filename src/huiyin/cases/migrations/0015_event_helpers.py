from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_desk")]
    operations = [migrations.AddField("event", "helpers", models.TextField(null=True))]
