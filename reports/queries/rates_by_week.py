"""The 30-year average of each week: what the opportunities follow."""

from dataclasses import dataclass
from decimal import Decimal

from rates.queries import market
from reports.domain.weeks import SHOWN, Week

PRODUCT = "conventional_30"


@dataclass(frozen=True)
class Rates:
    """Percent, oldest week first, None where nothing is on file; whose it is, with the day of the newest."""

    values: tuple[Decimal | None, ...]
    citation: str


def rates(week: Week) -> Rates:
    """The last value on file by each week's Sunday. Four queries."""
    newest = market.newest(week.sunday).get(PRODUCT)
    weeks = [week.back(n) for n in reversed(range(SHOWN))]
    if newest is None:
        return Rates((None,) * SHOWN, "")
    known = market.history(PRODUCT, weeks[0].back(1).monday, newest.source)
    values = [next((rate for as_of, rate in reversed(known) if as_of <= one.sunday), None) for one in weeks]
    as_of = newest.as_of
    return Rates(tuple(values), f"{newest.citation}, {as_of.day} {as_of:%B} {as_of.year}")
