"""The 30-year average of each week: what the opportunities follow."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rates.queries import market
from reports.domain.weeks import SHOWN, Week

PRODUCT = "conventional_30"


@dataclass(frozen=True)
class Rates:
    """Percent, oldest week first, None where nothing is on file; whose it is, and of which day the newest is."""

    values: tuple[Decimal | None, ...]
    citation: str
    as_of: date | None


def rates(week: Week) -> Rates:
    """The last value on file by each week's Sunday. Four queries."""
    newest = market.newest(week.sunday).get(PRODUCT)
    weeks = [week.back(n) for n in reversed(range(SHOWN))]
    if newest is None:
        return Rates((None,) * SHOWN, "", None)
    known = market.history(PRODUCT, weeks[0].back(1).monday, newest.source)
    values = [next((rate for as_of, rate in reversed(known) if as_of <= one.sunday), None) for one in weeks]
    return Rates(tuple(values), newest.citation, newest.as_of)
