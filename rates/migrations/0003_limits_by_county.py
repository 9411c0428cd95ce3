"""The conforming limits of 2025 and 2026 by county, as far as they differ from the baseline."""

import csv
from decimal import Decimal
from pathlib import Path

from django.db import migrations, models

LIMITS = Path(__file__).resolve().parents[1] / "data" / "county_limits.csv"


def load(apps, schema_editor):
    limit = apps.get_model("rates", "ConformingLimit")
    with LIMITS.open(encoding="utf-8", newline="") as file:
        limit.objects.bulk_create(
            [
                limit(
                    year=int(row["year"]),
                    area=row["area"],
                    name=row["name"],
                    amount=Decimal(row["amount"]),
                    source=row["source"],
                )
                for row in csv.DictReader(file)
            ],
            # A desk may have been given a list of its own already.
            ignore_conflicts=True,
        )


class Migration(migrations.Migration):
    dependencies = [("rates", "0002_reference_data")]

    operations = [
        migrations.AddField(
            "conforminglimit", "name", models.CharField(blank=True, default="", max_length=60), preserve_default=False
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
