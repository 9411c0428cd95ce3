"""The mail of a week, one row a branch."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_keys_of_other_systems"),
        ("reports", "0001_backtests"),
    ]

    operations = [
        migrations.CreateModel(
            name="WeeklyMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("monday", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("sending", "Being sent"), ("sent", "Sent"), ("failed", "Not sent")],
                        default="sending",
                        max_length=8,
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("recipients", models.PositiveSmallIntegerField(default=0)),
                ("refused", models.PositiveSmallIntegerField(default=0)),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.branch",
                    ),
                ),
            ],
            options={
                "ordering": ("-monday", "branch"),
                "constraints": [
                    models.UniqueConstraint(fields=("branch", "monday"), name="weekly_mail_once", nulls_distinct=False),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["sending", "sent", "failed"])), name="weekly_mail_outcome"
                    ),
                ],
            },
        ),
    ]
