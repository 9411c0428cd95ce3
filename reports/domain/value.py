"""What the open opportunities may be worth: a chain of assumptions, each named, beside what is known of one's own."""

from dataclasses import dataclass
from decimal import Decimal

from reports.domain import words

ANSWER, CLOSE = Decimal("0.15"), Decimal("0.35")
"""Of those who are worth contacting, how many talk; of those, how many close. Common in the trade, not measured here."""
REVENUE, LEAST, MOST = 7_500, 5_000, 15_000
"""Dollars a closing: the usual, and the range."""


@dataclass(frozen=True)
class Value:
    """`own` says what came of this desk's own contacts in twelve weeks. Dollars, rounded to thousands."""

    eligible: int
    talks: int
    dollars: int
    least: int
    most: int
    own: str

    @property
    def sentence(self) -> str:
        return (
            f"{self.eligible:,} open opportunities × 15% who talk = {self.talks:,}; × 35% who close × ${REVENUE:,} a closing: "
            f"about ${self.dollars:,}. At ${LEAST:,} to ${MOST:,} a closing, ${self.least:,} to ${self.most:,}."
        )


def value(eligible: int, *, closed: int, contacted: int) -> Value:
    """Of the open opportunities; closed and contacted are the borrowers of twelve weeks."""
    closings = eligible * ANSWER * CLOSE
    own = words.share(closed, contacted) if closed > contacted > 0 else words.likely(closed, contacted)
    return Value(
        eligible=eligible,
        talks=round(eligible * ANSWER),
        dollars=_thousands(closings * REVENUE),
        least=_thousands(closings * LEAST),
        most=_thousands(closings * MOST),
        own=own,
    )


def _thousands(dollars: Decimal) -> int:
    return round(dollars / 1000) * 1000
