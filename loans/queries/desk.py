"""How the queue stands before anybody looks at a row: totals, the market it was figured with, and what keeps it from moving."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import User
from loans.models import Loan, LoanStatus, MatchRun, Policy, RunDecision
from loans.queries import counting, opportunities
from rates.domain import staleness
from rates.domain.sources import SOURCES
from rates.queries import market

SMALL_BOOK = 100


@dataclass(frozen=True)
class Market:
    """The two lead averages of the newest run, in percent, with whose they are and of when."""

    thirty: Decimal | None
    fifteen: Decimal | None
    source: str
    as_of: date


@dataclass(frozen=True)
class Standing:
    """`run` is the newest, None before the first. `stale_since`: the day of the newest rate, where none is current any more."""

    totals: opportunities.QueueTotals
    counter: counting.Counter
    run: MatchRun | None
    held: MatchRun | None
    market: Market | None
    stale_since: date | None
    has_rates: bool

    @property
    def small_book(self) -> bool:
        """So few loans that a list by hand may do."""
        return self.run is not None and 0 < self.run.loans < SMALL_BOOK


def standing(user: User, today: date) -> Standing:
    """Two queries; three more where the rates of the newest run are not current any more."""
    runs = list(
        MatchRun.objects.filter(
            Q(decision=RunDecision.WAITING) | Q(pk__in=MatchRun.objects.order_by("-pk").values("pk")[:1])
        ).order_by("-pk")[:20]
    )
    run = runs[0] if runs else None
    counter = counting.Counter(user, run)
    rates = run.rates if run else {}
    current = any(_is_current(rate, today) for rate in rates.values())
    snapshot = None if current else market.snapshot(market.on_file(today))
    newest = max((rate.as_of for rate in snapshot.newest.values()), default=None) if snapshot else None
    return Standing(
        totals=counter.remembered(f"{today}", lambda: opportunities.totals(user, today)),
        counter=counter,
        run=run,
        held=next((one for one in runs if one.held), None),
        market=_lead(rates),
        stale_since=newest if snapshot and not snapshot.current else None,
        has_rates=current or newest is not None,
    )


def counts(user: User) -> dict[str, int]:
    """What the sidebar says beside the pages, by their names."""
    counter = counting.Counter(user, MatchRun.objects.first())
    return {
        "queue": counter.remembered("queue", opportunities.in_view(user, "", date.min).count),
        "portfolio": counter.remembered("portfolio", Loan.objects.visible_to(user).count),
    }


def any_loans(user: User) -> bool:
    return Loan.objects.visible_to(user).exists()


def highest_rate(user: User) -> Decimal | None:
    """The highest note rate of an active loan the user sees: what the market would have to fall for."""
    active = Loan.objects.visible_to(user).filter(status=LoanStatus.ACTIVE)
    return active.order_by("-note_rate").values_list("note_rate", flat=True).first()


def _is_current(rate: dict[str, Any], today: date) -> bool:
    as_of = date.fromisoformat(rate["as_of"])
    return rate["source"] in SOURCES and not staleness.is_stale(as_of, SOURCES[rate["source"]].cadence, today)


def _lead(rates: dict[str, Any]) -> Market | None:
    thirty, fifteen = (rates.get(f"conventional_{years}") for years in (30, 15))
    lead = thirty or fifteen or next(iter(rates.values()), None)
    if lead is None:
        return None
    values = [Decimal(rate["rate"]) if rate else None for rate in (thirty, fifteen)]
    return Market(values[0], values[1], lead["source"], date.fromisoformat(lead["as_of"]))


def policy() -> Policy:
    """The thresholds in force."""
    return Policy.current()
