"""The curve of the rates page: some products of one source over a span, as the shared chart script reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rates.domain import products
from rates.domain.sources import SOURCES
from rates.models import Rate
from rates.queries.market import OnFile

GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "conventional": ("Conventional", ("conventional_30", "conventional_15")),
    "jumbo": ("Jumbo", ("jumbo_30", "jumbo_15")),
    "government": ("FHA, VA, USDA", ("fha_30", "va_30", "usda_30")),
}
SPANS: dict[str, tuple[str, int | None]] = {
    "1y": ("1 year", 1),
    "2y": ("2 years", 2),
    "5y": ("5 years", 5),
    "all": ("All", None),
}
TONES = ("accent", "muted", "warn")
MOST_POINTS = 800
"""More than a screen can show: beyond it each month keeps its last value."""


@dataclass(frozen=True)
class Extreme:
    rate: Decimal
    as_of: date


@dataclass(frozen=True)
class Curve:
    """`data` goes to the script as it is; lowest and highest are of the first product."""

    group: str
    source: str
    span: str
    data: dict[str, Any]
    first: str
    lowest: Extreme | None
    highest: Extreme | None
    monthly: bool
    groups: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]

    @property
    def citation(self) -> str:
        return SOURCES[self.source].citation


def curve(known: OnFile, *, group: str, source: str, span: str) -> Curve | None:
    """None where nothing is on file. What is not known or has no values falls back to what has. One query."""
    on, order, held = known.on, known.order, known.values
    groups = {code: members for code, (_, members) in GROUPS.items() if any(product in members for _, product in held)}
    if not groups:
        return None
    group = group if group in groups else next(iter(groups))
    span = span if span in SPANS else "2y"
    having = [one for one in order if any((one, product) in held for product in groups[group])]
    # A sheet of a lender seldom reaches back: the first feed makes the better picture.
    source = source if source in having else next((one for one in having if SOURCES[one].network), having[0])
    members = [product for product in groups[group] if (source, product) in held]
    years = SPANS[span][1]
    since = on - timedelta(days=round(365.25 * years)) if years else date.min
    values = _values(members, source, since, on)
    monthly = max((len(series) for series in values.values()), default=0) > MOST_POINTS
    if monthly:
        values = {product: _last_of_months(series) for product, series in values.items()}
    first = values.get(members[0], {})
    return Curve(
        group=group,
        source=source,
        span=span,
        data=_data(values),
        first=products.LABELS[members[0]],
        lowest=_extreme(first, lowest=True),
        highest=_extreme(first, lowest=False),
        monthly=monthly,
        groups=tuple((code, GROUPS[code][0]) for code in groups),
        sources=tuple((one, SOURCES[one].label) for one in having),
    )


def _values(members: Sequence[str], source: str, since: date, on: date) -> dict[str, dict[date, Decimal]]:
    rows = Rate.objects.filter(
        source=source,
        product__in=members,
        as_of__range=(since, on),
        status=Rate.Status.ACCEPTED,
        ltv_over=None,
        ltv_to=None,
        score_from=None,
        score_to=None,
    )
    found: dict[str, dict[date, Decimal]] = {product: {} for product in members}
    for product, as_of, rate in rows.order_by("as_of").values_list("product", "as_of", "rate"):
        found[product][as_of] = rate
    return found


def _last_of_months(series: dict[date, Decimal]) -> dict[date, Decimal]:
    last = {(as_of.year, as_of.month): as_of for as_of in series}
    return {as_of: series[as_of] for as_of in last.values()}


def _extreme(series: dict[date, Decimal], *, lowest: bool) -> Extreme | None:
    if not series:
        return None
    as_of = min(series, key=lambda day: (series[day] if lowest else -series[day], -day.toordinal()))
    return Extreme(series[as_of], as_of)


def _carried(series: dict[date, Decimal], labels: Sequence[date]) -> list[float | None]:
    """A value for each label from the series' first on: between two published values the earlier one was in force."""
    values: list[float | None] = []
    for as_of in labels:
        last = values[-1] if values else None
        values.append(float(series[as_of]) if as_of in series else last)
    return values


def _data(values: dict[str, dict[date, Decimal]]) -> dict[str, Any]:
    labels = sorted({as_of for series in values.values() for as_of in series})
    return {
        "labels": [as_of.isoformat() for as_of in labels],
        "unit": "percent",
        "series": [
            {
                "name": products.LABELS[product],
                "values": _carried(series, labels),
                "tone": tone,
                "dashed": False,
            }
            for (product, series), tone in zip(values.items(), TONES, strict=False)
        ],
    }
