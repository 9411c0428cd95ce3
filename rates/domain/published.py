"""What a source published, as rows that know nothing of files, feeds or tables."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

PLACES = Decimal("0.001")


class Standing(StrEnum):
    """What became of a value."""

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"


class Bucket(NamedTuple):
    """The loans a rate is for: LTV over `ltv_over` up to and with `ltv_to` percent; scores from and to count. None is open."""

    ltv_over: Decimal | None = None
    ltv_to: Decimal | None = None
    score_from: int | None = None
    score_to: int | None = None


EVERY_LOAN = Bucket()


class Series(NamedTuple):
    """Values that follow one another in time: one product, one bucket."""

    product: str
    bucket: Bucket


@dataclass(frozen=True)
class Published:
    """One value. Rate, APR and points are percent with 3 places; `quotable` is a lender's own offer, not an index."""

    product: str
    as_of: date
    rate: Decimal
    apr: Decimal | None = None
    points: Decimal | None = None
    bucket: Bucket = EVERY_LOAN
    quotable: bool = False

    @property
    def series(self) -> Series:
        return Series(self.product, self.bucket)


@dataclass(frozen=True)
class Refused:
    """A cell that could not be taken; `line` counts from 1 with the heading, 0 where the source has no lines."""

    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.column}" if self.line else self.column
        return f"{place}: {self.value!r}: {self.reason}" if self.value else f"{place}: {self.reason}"


@dataclass(frozen=True)
class Reading:
    """All that one file or answer held."""

    rows: tuple[Published, ...]
    refused: tuple[Refused, ...] = field(default=())


def percent(text: str) -> Decimal:
    """`6.125`, `6.125%` as a Decimal with 3 places, a half rounded up; raises ValueError with a sentence."""
    try:
        value = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if not value.is_finite() or abs(value) >= 1000:
        raise ValueError("is not a percentage")
    return value.quantize(PLACES, ROUND_HALF_UP)
