"""Replacing a year's conforming limits by a published list of counties. Called by the command `load_limits`."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from rates.adapters import county_limits, documents
from rates.adapters.protocol import SourceError
from rates.domain import limits
from rates.models import ConformingLimit

DATA = Path(__file__).resolve().parents[1] / "data"
SHIPPED = (DATA / "conforming_limits.csv", DATA / "county_limits.csv")
SOURCE = "FHFA, by county, from {}"
LONGEST = 60
YEARS = range(2006, 2100)


class NotLoaded(Exception):
    """Nothing was changed; the message is a sentence that says why."""


@dataclass(frozen=True)
class Loaded:
    """What stands now: `above` counts the states and counties on file with a limit other than the baseline."""

    year: int
    baseline: Decimal
    above: int


def load(path: Path, *, year: int | None = None) -> Loaded:
    """Puts the file's limits in place of the year's. `year` where the file does not tell. Raises NotLoaded."""
    try:
        listed = county_limits.read(documents.from_path(path), path.name)
    except SourceError as error:
        raise NotLoaded(str(error)) from error
    of = year or listed.year
    if of is None or of not in YEARS:
        raise NotLoaded(f"{path.name} does not say of which year it is; add --year 2026.")
    if year and listed.year and year != listed.year:
        raise NotLoaded(f"{path.name} is of {listed.year}, not of {year}.")
    with transaction.atomic():
        known = dict(ConformingLimit.objects.filter(area="").values_list("year", "amount"))
        try:
            table = limits.table(listed.counties, known, of)
        except limits.NotATable as error:
            raise NotLoaded(f"{path.name} is not a year's list of limits. {error}") from error
        ConformingLimit.objects.filter(year=of).delete()
        areas = [limits.Area("", "", table.baseline), *table.areas]
        source = SOURCE.format(path.name)[:LONGEST]
        ConformingLimit.objects.bulk_create(
            [ConformingLimit(year=of, area=area.code, name=area.name, amount=area.amount, source=source) for area in areas]
        )
    return Loaded(of, table.baseline, len(table.areas))


@transaction.atomic
def restore() -> list[Loaded]:
    """Puts the limits that come with this version in place of what is on file for their years."""
    rows = [row for path in SHIPPED for row in _rows(path)]
    ConformingLimit.objects.filter(year__in={row.year for row in rows}).delete()
    ConformingLimit.objects.bulk_create(rows)
    return [Loaded(row.year, row.amount, sum(one.year == row.year for one in rows) - 1) for row in rows if not row.area]


def _rows(path: Path) -> list[ConformingLimit]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            ConformingLimit(
                year=int(row["year"]),
                area=row["area"],
                name=row.get("name") or "",
                amount=Decimal(row["amount"]),
                source=row["source"],
            )
            for row in csv.DictReader(file)
        ]
