"""The conforming limits of a year: above them a conventional loan is compared with the jumbo rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rates.models import ConformingLimit


class NoLimits(LookupError):
    """The table is empty: its migration did not run, or somebody emptied it."""


@dataclass(frozen=True)
class Limits:
    """One-unit limits in dollars. `year` is the nearest one on file; `by_area` has states, territories, county FIPS codes."""

    year: int
    baseline: Decimal
    by_area: Mapping[str, Decimal]

    def limit(self, *, state: str = "", county_fips: str = "") -> Decimal:
        """The county's limit where it is known, the state's where that has its own, else the baseline."""
        return self.by_area.get(county_fips) or self.by_area.get(state) or self.baseline


def limits_for(on: date) -> Limits:
    """The limits of that calendar year, or of the nearest one on file, the earlier of two. Two queries."""
    years = ConformingLimit.objects.filter(area="").values_list("year", flat=True)
    year = min(years, key=lambda one: (abs(one - on.year), one), default=None)
    if year is None:
        raise NoLimits("No conforming limits are on file; run `manage.py migrate`.")
    amounts = dict(ConformingLimit.objects.filter(year=year).values_list("area", "amount"))
    baseline = amounts.pop("")
    return Limits(year, baseline, amounts)


@dataclass(frozen=True)
class YearOnFile:
    """For the page: one year's rows, the baseline apart. `years` are those on file, newest first."""

    year: int
    years: tuple[int, ...]
    baseline: ConformingLimit
    areas: tuple[ConformingLimit, ...]


def on_file(year: int) -> YearOnFile | None:
    """The rows of a year, or of the newest one where it has none; None where the table is empty. Two queries."""
    years = tuple(ConformingLimit.objects.filter(area="").order_by("-year").values_list("year", flat=True))
    if not years:
        return None
    shown = year if year in years else years[0]
    baseline, *areas = ConformingLimit.objects.filter(year=shown).order_by("area")
    # States, then counties by state and name.
    areas.sort(key=lambda row: (row.area.isdigit(), row.name.rpartition(", ")[::-1], row.area))
    return YearOnFile(shown, years, baseline, tuple(areas))
