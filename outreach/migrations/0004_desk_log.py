"""The history of how the desk speaks, and of who read its records: rows that are added to and never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGERS = """
CREATE TRIGGER written_for_good BEFORE UPDATE OR DELETE ON outreach_change
  FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER written_for_good BEFORE UPDATE OR DELETE ON outreach_recordread
  FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
"""
UNDO = """
DROP TRIGGER written_for_good ON outreach_change;
DROP TRIGGER written_for_good ON outreach_recordread;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_postal_address_and_licenses"),
        ("outreach", "0003_inbox_pauses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("halted", "Halted everything"),
                            ("resumed", "Let sending go on"),
                            ("branch", "Branch"),
                            ("officer", "Officer"),
                            ("desk", "Whole lender"),
                            ("domain", "Sender domain"),
                            ("texts", "Texts"),
                            ("provider", "Provider"),
                            ("sequence", "Sequence"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=160)),
                ("sentence", models.CharField(max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.branch",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["halted", "resumed", "branch", "officer", "desk", "domain", "texts", "provider", "sequence"],
                            )
                        ),
                        name="change_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Opened the record"),
                            ("exported", "Exported the record"),
                            ("period", "Exported a period"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("detail", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "touch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reads",
                        to="outreach.touch",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["opened", "exported", "period"])), name="read_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "period"), ("touch__isnull", False), _connector="OR"),
                        name="read_of_a_touch",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
