"""What the counts of a back-test say, as its JSON: shares and intervals as decimal strings, months as numbers.

A figure that can't be known is null: too few prepayments, too few spells, or nothing flagged.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from reports.domain import intervals
from reports.domain.backtest_criteria import FAMILIES, Criterion
from reports.domain.backtest_hazards import Estimate, Windows, hazard, lift, median
from reports.domain.backtest_histories import first_of, size_label

FALSE_ALARM_MONTHS = (12, 24)
Json = dict[str, Any]


@dataclass
class Group:
    """The counts of all loans, of a vintage, of a size or of a month; those of a criterion by its place, as `3.flagged`."""

    counts: Counter[str] = field(default_factory=Counter)
    leads: dict[int, Counter[int]] = field(default_factory=dict)
    """By criterion: prepaid loans by the months from their first flag to the prepayment."""

    def lead(self, criterion: int, months: int, loans: int) -> None:
        self.leads.setdefault(criterion, Counter())[months] += loans


@dataclass
class Tally:
    """Everything that was counted; slices are added up."""

    overall: Group = field(default_factory=Group)
    vintages: dict[int, Group] = field(default_factory=dict)
    sizes: dict[int, Group] = field(default_factory=dict)
    months: dict[int, Group] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    def group(self, vintage: int | None, size: int | None, month: int | None) -> Group:
        """The one that a row of the statements is of."""
        for of, groups in ((vintage, self.vintages), (size, self.sizes), (month, self.months)):
            if of is not None:
                return groups.setdefault(of, Group())
        return self.overall


def judged(tally: Tally, criteria: Sequence[Criterion]) -> list[Json]:
    """For each criterion its figures over all loans, by vintage and by size of loan."""
    return [
        {
            "code": criterion.code,
            "family": criterion.family.value,
            "family_label": FAMILIES[criterion.family],
            "at": None if criterion.at is None else str(criterion.at),
            "label": criterion.label,
            "overall": _figures(tally.overall, at),
            "leads": _at_least_so_early(tally.overall, at),
            "by_vintage": _by(at, ((str(year), group) for year, group in sorted(tally.vintages.items()))),
            "by_size": _by(at, ((size_label(band), group) for band, group in sorted(tally.sizes.items()))),
        }
        for at, criterion in enumerate(criteria)
    ]


def monthly(tally: Tally, criteria: Sequence[Criterion], rates: Mapping[int, Decimal | None]) -> list[Json]:
    """Loans at risk and flagged at the end of each month, beside the 30-year rate of its last day."""
    return [
        {
            "month": first_of(month).isoformat(),
            "loans_at_risk": group.counts["months"],
            "rate_30": None if (rate := rates.get(month)) is None else str(rate),
            "flagged": {criterion.code: group.counts[f"{at}.flagged"] for at, criterion in enumerate(criteria)},
        }
        for month, group in sorted(tally.months.items())
    ]


def _by(at: int, groups: Iterable[tuple[str, Group]]) -> list[Json]:
    return [{"group": label, **_figures(group, at)} for label, group in groups]


def _figures(group: Group, at: int) -> Json:
    counts, leads = group.counts, group.leads.get(at, Counter())
    prepaid, flagged = counts[f"{at}.prepaid"], leads.total()
    on = Windows(counts[f"{at}.windows"], counts[f"{at}.windows_prepaid"])
    off = Windows(counts["windows"] - on.months, counts["windows_prepaid"] - on.prepaid)
    lead = median(leads)
    return {
        "prepaid": prepaid,
        "flagged_before_prepaying": flagged,
        "share_flagged": _share(flagged, prepaid),
        "median_lead_months": None if lead is None else f"{lead:g}",
        "not_prepaid": counts[f"{at}.not_prepaid"],
        "flagged_not_prepaid": counts[f"{at}.flagged_not_prepaid"],
        "months": counts["months"],
        "months_flagged": counts[f"{at}.flagged"],
        "windows_flagged": asdict(on),
        "windows_unflagged": asdict(off),
        "hazard_flagged": _said(hazard(on)),
        "hazard_unflagged": _said(hazard(off)),
        "lift": _said(lift(on, off), "0.01"),
        "spells": counts[f"{at}.spells"],
        "false_alarms": {
            str(ahead): {
                "known": counts[f"{at}.known_{ahead}"],
                "false": counts[f"{at}.false_{ahead}"],
                "share": _share(counts[f"{at}.false_{ahead}"], counts[f"{at}.known_{ahead}"]),
            }
            for ahead in FALSE_ALARM_MONTHS
        },
    }


def _at_least_so_early(group: Group, at: int) -> list[int]:
    """Of the prepaid loans, how many had been flagged at least 1, 2, 3, … months before."""
    leads = group.leads.get(at, Counter())
    left, early = leads.total(), []
    for months in range(1, max(leads, default=0) + 1):
        early.append(left)
        left -= leads[months]
    return early


def _share(of: int, among: int) -> Json | None:
    if among < intervals.ENOUGH:
        return None
    likely = intervals.wilson(of, among)
    return _said(Estimate(of / among, likely.low, likely.high))


def _said(estimate: Estimate | None, places: str = "0.0001") -> Json | None:
    if estimate is None:
        return None
    return {name: str(Decimal(value).quantize(Decimal(places))) for name, value in asdict(estimate).items()}
