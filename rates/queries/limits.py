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
