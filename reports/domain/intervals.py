"""How sure a share is: Wilson's interval for one, Newcombe's for the difference of two, both at 95 percent."""

import math
from dataclasses import dataclass

Z = 1.959963984540054
"""The normal quantile of 97.5 percent."""
ENOUGH = 30
"""Under this many a share is a fraction, and a rate is too few to say."""


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, as shares: 0.029 is 2.9 percent. A difference may be negative."""

    low: float
    high: float

    @property
    def crosses_zero(self) -> bool:
        return self.low <= 0 <= self.high


def wilson(of: int, among: int) -> Interval:
    """The interval of a share. Raises ValueError unless 0 <= of <= among and among > 0."""
    if among <= 0 or not 0 <= of <= among:
        raise ValueError(f"{of} of {among} is no share")
    share, square = of / among, Z * Z
    middle = (share + square / (2 * among)) / (1 + square / among)
    half = Z * math.sqrt(share * (1 - share) / among + square / (4 * among * among)) / (1 + square / among)
    # Where none or all are in it, the end is exact; in floats it would miss by a hair.
    return Interval(0.0 if of == 0 else max(0.0, middle - half), 1.0 if of == among else min(1.0, middle + half))


def newcombe(of: int, among: int, other_of: int, other_among: int) -> Interval:
    """The interval of the first share less the second (method 10). Raises ValueError as `wilson` does."""
    one, two = wilson(of, among), wilson(other_of, other_among)
    first, second = of / among, other_of / other_among
    difference = first - second
    return Interval(
        difference - math.hypot(first - one.low, two.high - second),
        difference + math.hypot(one.high - first, second - two.low),
    )
