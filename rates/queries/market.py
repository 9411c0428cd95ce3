"""The market rate of each product on a date: what the match compares the note rates with, and what a page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rates.domain import buckets, products, staleness
from rates.domain.published import EVERY_LOAN, Bucket
from rates.domain.sources import SOURCES
from rates.models import Rate
from rates.queries import latest, preferences


@dataclass(frozen=True)
class MarketRate:
    """The rate that applies to loans of `product`, in percent.

    `proxy`: no rate of its own; `rate_product` says whose it is. `quotable`: the lender's own offer, not an average.
    `bucket`: the LTV and scores it is for.
    """

    product: str
    rate: Decimal
    as_of: date
    source: str
    proxy: bool
    rate_product: str
    quotable: bool
    bucket: Bucket = EVERY_LOAN

    @property
    def label(self) -> str:
        return products.LABELS[self.product]

    @property
    def rate_label(self) -> str:
        return products.LABELS[self.rate_product]

    @property
    def bucket_label(self) -> str:
        """`LTV to 80, score from 740`; empty for every loan."""
        return buckets.label(self.bucket)

    @property
    def citation(self) -> str:
        """Whose value it is; it stands wherever the rate is shown."""
        return SOURCES[self.source].citation

    def is_stale(self, on: date) -> bool:
        """Too old on that date to open anything."""
        return staleness.is_stale(self.as_of, SOURCES[self.source].cadence, on)


@dataclass(frozen=True)
class OnFile:
    """What is known on a date: the enabled sources in order, and the newest values of each source and product."""

    on: date
    order: Sequence[str]
    values: Mapping[tuple[str, str], Sequence[latest.Value]]


@dataclass(frozen=True)
class Snapshot:
    """What `current` and `newest` answer, for a page that shows both."""

    current: Mapping[str, MarketRate]
    newest: Mapping[str, MarketRate]


@dataclass(frozen=True)
class Market:
    """What loans are compared with on a date: the first of `narrow` that fits a loan of its product, else `rates`."""

    rates: Mapping[str, MarketRate]
    narrow: tuple[MarketRate, ...]


def applying(on: date) -> Market:
    """`current`, and the current rates by LTV and score, narrowest first. Four queries."""
    known = on_file(on)
    return Market(snapshot(known).current, narrow(known))


def narrow(known: OnFile) -> tuple[MarketRate, ...]:
    """The rates by LTV and score of each product, of its first current source, narrowest first. One query.

    Where that source has no rate for every loan, the next one's follow: what fits none of the first may fit one of those.
    """
    values = latest.narrow(known.order, known.on)
    found: list[MarketRate] = []
    for product in products.PUBLISHED:
        for source in known.order:
            rates = [_rate(value) for value in values.get((source, product), [])]
            rates = [rate for rate in rates if not rate.is_stale(known.on)]
            found += sorted(rates, key=lambda rate: buckets.narrowest_first(rate.bucket))
            if any(not _rate(value).is_stale(known.on) for value in known.values.get((source, product), [])[:1]):
                break
    return tuple(found)


def current(on: date) -> dict[str, MarketRate]:
    """By product code of a loan: the first source in the order of preference that is current on that date. Three queries.

    A product without one is compared with conventional of the same term where the settings allow it, marked as a proxy; where
    that is not current either, the product is missing.
    """
    return dict(snapshot(on_file(on)).current)


def newest(on: date) -> dict[str, MarketRate]:
    """The same, and where no source is current, the newest value there is, for pages that say how old it is. Three queries."""
    return dict(snapshot(on_file(on)).newest)


def on_file(on: date, *, depth: int = 1) -> OnFile:
    """With the newest `depth` values of each. Two queries."""
    order = preferences.enabled()
    return OnFile(on, order, latest.values(order, on, depth=depth))


def snapshot(known: OnFile) -> Snapshot:
    """One query."""
    fresh, any_age = _by_product(known)
    borrowing = preferences.may_borrow()
    current = _with_stand_ins(fresh, borrowing)
    return Snapshot(current, {**_with_stand_ins(any_age, borrowing), **current})


def of_others(source: str, on: date) -> dict[str, Decimal]:
    """What the first current source but this one says of each product: its own first value is judged by that. Two queries."""
    known = on_file(on)
    fresh, _ = _by_product(replace(known, order=[other for other in known.order if other != source]))
    return {product: rate.rate for product, rate in fresh.items()}


def history(product: str, since: date, source: str) -> list[tuple[date, Decimal]]:
    """The accepted values for every loan from that date on, oldest first, in percent. One query."""
    rows = Rate.objects.filter(
        source=source,
        product=product,
        as_of__gte=since,
        status=Rate.Status.ACCEPTED,
        ltv_over=None,
        ltv_to=None,
        score_from=None,
        score_to=None,
    )
    return list(rows.order_by("as_of").values_list("as_of", "rate"))


def _rate(value: latest.Value) -> MarketRate:
    return MarketRate(value.product, value.rate, value.as_of, value.source, False, value.product, value.quotable, value.bucket)


def _by_product(known: OnFile) -> tuple[dict[str, MarketRate], dict[str, MarketRate]]:
    """The current rate of each published product, and the newest one of any age."""
    fresh: dict[str, MarketRate] = {}
    any_age: dict[str, MarketRate] = {}
    for product in products.PUBLISHED:
        for source in known.order:
            for value in known.values.get((source, product), [])[:1]:
                rate = _rate(value)
                if not rate.is_stale(known.on):
                    fresh.setdefault(product, rate)
                if product not in any_age or any_age[product].as_of < value.as_of:
                    any_age[product] = rate
    return fresh, any_age


def _with_stand_ins(own: Mapping[str, MarketRate], borrowing: Mapping[str, str]) -> dict[str, MarketRate]:
    found: dict[str, MarketRate] = {}
    for product in products.CODES:
        conventional = own.get(borrowing.get(product, ""))
        if product in own:
            found[product] = own[product]
        elif conventional is not None:
            found[product] = replace(conventional, product=product, proxy=True)
    return found
