"""A key may only read; those that are there go on writing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_kept_answers")]

    operations = [
        migrations.AddField(model_name="apikey", name="writes", field=models.BooleanField(default=True)),
    ]
