from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('webhooks', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscription',
            name='former',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='former_until',
            field=models.DateTimeField(null=True),
        ),
    ]
