"""An item of the inbox that could not be applied waits a while before the next try."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_rules_of_the_rows")]
    operations = [
        migrations.AddField("inboxitem", "try_after", models.DateTimeField(blank=True, null=True)),
    ]
