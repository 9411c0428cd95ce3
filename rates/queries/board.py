"""What the rates page shows of the market: the newest values with their moves, and what applies to each loan product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rates.domain import products, staleness
from rates.domain.sources import SOURCES, Source
from rates.queries import latest, market
from rates.queries.market import MarketRate, OnFile


@dataclass(frozen=True)
class Quote:
    """The newest value of a source for a product. `move` is points since the value before it, None where it is the first."""

    product: str
    source: Source
    rate: Decimal
    as_of: date
    move: Decimal | None
    before: date | None
    apr: Decimal | None
    points: Decimal | None
    quotable: bool
    stale: bool

    @property
    def label(self) -> str:
        return products.LABELS[self.product]


@dataclass(frozen=True)
class Applies:
    """What a loan of the product is compared with. No `rate`: nothing is on file for it; not `current`: nothing opens."""

    product: str
    rate: MarketRate | None
    current: bool

    @property
    def label(self) -> str:
        return products.LABELS[self.product]


@dataclass(frozen=True)
class Board:
    """The figures of the page, for one date."""

    on: date
    quotes: tuple[Quote, ...]
    applies: tuple[Applies, ...]
    narrow: tuple[MarketRate, ...]
    """The rates by LTV and score that come before those of every loan, narrowest first."""

    @property
    def lead(self) -> Quote | None:
        """The figure of the title: the 30-year conventional one."""
        return next((quote for quote in self.quotes if quote.product == "conventional_30"), None)

    @property
    def stale(self) -> Quote | None:
        """The newest quote, where not one product has a current rate: then nothing new opens."""
        if any(row.current for row in self.applies) or not self.quotes:
            return None
        return max(self.quotes, key=lambda quote: quote.as_of)

    @property
    def proxies(self) -> tuple[Applies, ...]:
        return tuple(row for row in self.applies if row.rate and row.rate.proxy)

    @property
    def places(self) -> int:
        """Decimals of the figures, so that they stand under one another: a daily index has three, the survey two."""
        figures = [quote.rate for quote in self.quotes] + [quote.move for quote in self.quotes if quote.move]
        return 3 if any(figure % Decimal("0.01") for figure in figures) else 2

    @property
    def has_index(self) -> bool:
        """Some of the figures are averages, which are never offered to anybody."""
        return any(not quote.quotable for quote in self.quotes)

    @property
    def is_weekly(self) -> bool:
        """A weekly survey is behind the figures: the page says what that means."""
        return any(quote.source.cadence == "weekly" for quote in self.quotes)


def board(known: OnFile) -> Board:
    """`known` holds two values of each, so that moves are seen. Two queries."""
    snapshot = market.snapshot(known)
    own = [rate for rate in snapshot.newest.values() if not rate.proxy]
    quotes = tuple(_quote(known.values[rate.source, rate.product], known.on) for rate in own)
    applies = tuple(Applies(product, snapshot.newest.get(product), product in snapshot.current) for product in products.CODES)
    return Board(known.on, quotes, applies, market.narrow(known))


def _quote(values: Sequence[latest.Value], on: date) -> Quote:
    value, before = values[0], values[1] if len(values) > 1 else None
    source = SOURCES[value.source]
    return Quote(
        product=value.product,
        source=source,
        rate=value.rate,
        as_of=value.as_of,
        move=value.rate - before.rate if before else None,
        before=before.as_of if before else None,
        apr=value.apr,
        points=value.points,
        quotable=value.quotable,
        stale=staleness.is_stale(value.as_of, source.cadence, on),
    )
