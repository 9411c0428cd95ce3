"""What the open opportunities may be worth: a chain of assumptions, each named, beside what is known of one's own."""

from dataclasses import dataclass
from decimal import Decimal

from loans.domain import tuning
from loans.domain.tuning import Assumptions
from reports.domain import words


@dataclass(frozen=True)
class Value:
    """`own` says what came of this desk's own contacts in twelve weeks. Dollars, rounded to thousands."""

    eligible: int
    assumed: Assumptions
    dollars: int
    least: int
    most: int
    own: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.eligible:,} open opportunities × {self.assumed.percent:.0f}% who close once contacted × "
            f"${self.assumed.revenue:,.0f} a closing: about ${self.dollars:,}. "
            f"At ${tuning.LEAST_REVENUE:,} to ${tuning.MOST_REVENUE:,} a closing, ${self.least:,} to ${self.most:,}."
        )


def value(eligible: int, *, closed: int, contacted: int) -> Value:
    """Of the open opportunities; closed and contacted are the borrowers of twelve weeks."""
    assumed = Assumptions()
    closings = tuning.worth(eligible, assumed).closings
    own = words.share(closed, contacted) if closed > contacted > 0 else words.likely(closed, contacted)
    return Value(
        eligible=eligible,
        assumed=assumed,
        dollars=_thousands(closings * assumed.revenue),
        least=_thousands(closings * tuning.LEAST_REVENUE),
        most=_thousands(closings * tuning.MOST_REVENUE),
        own=own,
    )


def _thousands(dollars: Decimal) -> int:
    return round(dollars / 1000) * 1000
