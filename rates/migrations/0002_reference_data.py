"""The default order of the sources, a stand-in for every product that needs one, and the conforming limits on file."""

import csv
from decimal import Decimal
from pathlib import Path

from django.db import migrations

ORDER = ("file", "api", "fred", "pmms", "fredgraph")
STANDING_IN = ("jumbo_30", "jumbo_15", "fha_30", "fha_15", "va_30", "va_15", "usda_30", "usda_15")
LIMITS = Path(__file__).resolve().parents[1] / "data" / "conforming_limits.csv"


def load(apps, schema_editor):
    preference = apps.get_model("rates", "SourcePreference")
    preference.objects.bulk_create([preference(source=source, position=place) for place, source in enumerate(ORDER, 1)])
    stand_in = apps.get_model("rates", "StandIn")
    stand_in.objects.bulk_create([stand_in(product=product) for product in STANDING_IN])
    limit = apps.get_model("rates", "ConformingLimit")
    with LIMITS.open(encoding="utf-8", newline="") as file:
        limit.objects.bulk_create(
            [
                limit(year=int(row["year"]), area=row["area"], amount=Decimal(row["amount"]), source=row["source"])
                for row in csv.DictReader(file)
            ]
        )


class Migration(migrations.Migration):
    dependencies = [("rates", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
