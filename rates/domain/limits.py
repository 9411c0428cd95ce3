"""A year's table of conforming limits: what a published list of counties comes to, and when it can't be one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

FEWEST_COUNTIES = 3_000
"""The published list has some 3,235: fewer is a part of it, and would make jumbos of the rest."""
HIGHEST_SHARE = Decimal("2.25")
"""Of the baseline: 150 percent is the law's ceiling, and half as much again in Alaska, Hawaii, Guam and the Virgin Islands."""
WIDEST_MOVE = Decimal("1.5")
"""Times the baseline of the year before or after; the largest step in 20 years was 18 percent."""


@dataclass(frozen=True)
class County:
    """`fips` has five digits, `state` two letters; the one-unit limit in dollars."""

    fips: str
    name: str
    state: str
    amount: Decimal


@dataclass(frozen=True)
class Area:
    """A state all of which lies above the baseline, by its letters, or a county that differs from its state, by its code."""

    code: str
    name: str
    amount: Decimal


@dataclass(frozen=True)
class Table:
    baseline: Decimal
    areas: tuple[Area, ...]


class NotATable(ValueError):
    """The list can't be a year's limits; the message is a sentence that says why."""


def table(counties: Iterable[County], known: Mapping[int, Decimal], year: int) -> Table:
    """What differs from the baseline. `known` has the baselines on file, by year. Raises NotATable."""
    by_fips: dict[str, County] = {}
    for county in counties:
        before = by_fips.setdefault(county.fips, county)
        if before.amount != county.amount:
            raise NotATable(f"County {county.fips} has two limits, ${before.amount:,.0f} and ${county.amount:,.0f}.")
    if len(by_fips) < FEWEST_COUNTIES:
        raise NotATable(f"It has {len(by_fips):,} counties; the published list has all of them, more than {FEWEST_COUNTIES:,}.")
    amounts = [county.amount for county in by_fips.values()]
    baseline = min(amounts)
    if amounts.count(baseline) * 2 < len(amounts):
        raise NotATable(f"Its lowest limit, ${baseline:,.0f}, is not that of most counties, as the baseline is.")
    if max(amounts) > baseline * HIGHEST_SHARE:
        raise NotATable(f"${max(amounts):,.0f} is more than {HIGHEST_SHARE} times the baseline of ${baseline:,.0f}.")
    _near(baseline, known, year)
    states: dict[str, Decimal] = {}
    for county in by_fips.values():
        states[county.state] = min(county.amount, states.get(county.state, county.amount))
    above = {state: amount for state, amount in states.items() if amount > baseline}
    areas = [Area(state, "", amount) for state, amount in sorted(above.items())]
    areas += [
        Area(county.fips, f"{county.name}, {county.state}", county.amount)
        for _, county in sorted(by_fips.items())
        if county.amount != above.get(county.state, baseline)
    ]
    return Table(baseline, tuple(areas))


def _near(baseline: Decimal, known: Mapping[int, Decimal], year: int) -> None:
    for neighbor in (year - 1, year + 1):
        low, high = sorted((baseline, known.get(neighbor, baseline)))
        if high > low * WIDEST_MOVE:
            raise NotATable(f"Its baseline, ${baseline:,.0f}, is far from that of {neighbor}, ${known[neighbor]:,.0f}.")
