"""What the borrower's page shows: whose link it is, how things stand, and the figures of today. Nothing here writes."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from accounts.models import Lender, License, User
from loans.domain import mortgage
from loans.domain.contacts import written_phone
from loans.domain.standing import cost_parts
from loans.domain.words import minus_months, round_to_cent
from loans.models import Borrower, Engagement, EventKind, Loan, LoanStatus, Opportunity, OpportunityEvent, OpportunityStatus
from loans.queries import explaining
from outreach.domain import estimate, merge_fields
from outreach.models import Appointment, AppointmentState, Channel, Reading, Reply, Suppression, Touch
from outreach.queries.message_reading import OWNERS, PRODUCT_WORDS
from rates.domain import products
from rates.queries.market import MarketRate

__all__ = ["Engagement", "Opportunity"]

FRESH = timedelta(days=45)
"""How long a link shows figures after its message went out. Opting out through it never ends."""

CLOSED_ON_REQUEST = ("never", "not_this_year")


class Standing(StrEnum):
    """What the page is, most binding first."""

    LOAN_ENDED = "loan_ended"
    NEVER = "never"
    NOT_THIS_YEAR = "not_this_year"
    UNSUBSCRIBED = "unsubscribed"
    EXPIRED = "expired"
    NO_FIGURES = "no_figures"
    OPEN = "open"


@dataclass(frozen=True)
class Visit:
    """Whose link was followed. `officer` answers today: None where the loan's officer has left."""

    touch: Touch
    lender: Lender
    officer: User | None

    @property
    def token(self) -> str:
        return self.touch.link_token

    @property
    def loan(self) -> Loan:
        return self.touch.opportunity.loan

    @property
    def borrower(self) -> Borrower:
        return self.touch.borrower

    @property
    def phone(self) -> str:
        """Whom to call: the officer, else the lender."""
        return written_phone((self.officer.phone if self.officer else "") or self.lender.phone)

    @property
    def who(self) -> str:
        """Who answers, by first name, or the lender."""
        return self.officer.first_name if self.officer and self.officer.name else self.lender.name


@dataclass(frozen=True)
class Page:
    """The figures of today, in words."""

    intro: str
    heads: list[estimate.Head]
    rows: list[estimate.Row]
    ways: list[estimate.Way]
    needs: str
    higher: list[estimate.Example]
    leave: list[str]
    rate: str
    balance: str
    cost: str
    program: str
    loan: estimate.Loan
    same_term_cost: Decimal

    @property
    def helping(self) -> int:
        return sum(way.helps for way in self.ways)


def visit(token: str) -> Visit | None:
    """By the token of a link; None where nobody has it."""
    rows = Touch.objects.select_related("opportunity__loan__officer__branch", "opportunity__loan__branch", "borrower", "branch")
    # Mail programs change the case of letters, and no token has a capital.
    touch = rows.filter(link_token=token.lower()).first()
    if touch is None:
        return None
    officer = touch.opportunity.loan.officer
    return Visit(touch, Lender.current(), officer if officer is not None and officer.is_active else None)


def standing(seen: Visit, now: datetime) -> Standing:
    """How things stand, before any figure is worked out."""
    if seen.loan.status in (LoanStatus.PAID_OFF, LoanStatus.TRANSFERRED):
        return Standing.LOAN_ENDED
    declined = Opportunity.objects.filter(loan=seen.loan, status=OpportunityStatus.ARCHIVED, reason__in=CLOSED_ON_REQUEST)
    reasons = {row.reason for row in declined if row.reason == "never" or _within_a_year(row, seen.lender.today(now))}
    if reasons:
        return Standing.NEVER if "never" in reasons else Standing.NOT_THIS_YEAR
    if not any(wishes(seen).values()):
        return Standing.UNSUBSCRIBED
    if now - (seen.touch.sent_at or seen.touch.created_at) > FRESH:
        return Standing.EXPIRED
    return Standing.OPEN


def lookups(seen: Visit) -> dict[str, list[bytes]]:
    """The borrower's look-up values by channel: those on file, and the one that this message went to."""
    on_file: dict[str, bytes | None] = {
        Channel.EMAIL: seen.borrower.email_lookup,
        Channel.SMS: seen.borrower.phone_lookup,
        Channel.CALL: seen.borrower.phone_lookup,
    }
    written_to = seen.touch.address_lookup
    kinds = (Channel.EMAIL,) if seen.touch.channel == Channel.EMAIL else (Channel.SMS, Channel.CALL)
    found = {}
    for channel, lookup in on_file.items():
        values = {bytes(value) for value in (lookup, written_to if channel in kinds else None) if value is not None}
        found[str(channel)] = sorted(values)
    return found


def wishes(seen: Visit) -> dict[str, bool]:
    """By channel whether we may still write or call: false where any of its addresses is closed, or none is known."""
    known = lookups(seen)
    every = [value for values in known.values() for value in values]
    rows = Suppression.objects.filter(lookup__in=every).values_list("channel", "lookup")
    closed = {(channel, bytes(lookup or b"")) for channel, lookup in rows}
    return {
        channel: bool(values) and not any((channel, value) in closed for value in values) for channel, values in known.items()
    }


def appointment(seen: Visit, now: datetime) -> Appointment | None:
    """The next call that is agreed on."""
    rows = Appointment.objects.filter(opportunity=seen.touch.opportunity, state=AppointmentState.BOOKED, ends_at__gt=now)
    return rows.select_related("officer").order_by("starts_at").first()


def asked(seen: Visit, since: datetime) -> int:
    """How many questions came through this link since then."""
    return Reply.objects.filter(touch=seen.touch, reading=Reading.QUESTION, at__gte=since).count()


def arranged(seen: Visit) -> bool:
    """Whether the officer arranged the loan, and did not take it over."""
    moved = OpportunityEvent.objects.filter(opportunity__loan=seen.loan, kind=EventKind.REASSIGNED)
    return seen.officer is not None and not moved.exists()


def licensed_in(seen: Visit, today: date) -> str:
    """The state of the home, where a license of the officer for it is on file; else empty."""
    rows = License.objects.filter(officer=seen.officer, state=seen.loan.property_state, expires_on__gte=today)
    return state_name(seen.loan) if seen.officer and rows.exists() else ""


def state_name(loan: Loan) -> str:
    return merge_fields.STATES.get(loan.property_state.upper(), loan.property_state)


def page(seen: Visit, today: date) -> Page | None:
    """The figures of a day; None where the loan has none, or the market no current rate."""
    found = explaining.explain(seen.loan, today)
    values, rate = found.values, found.rate
    known = ("balance", "months_to_run", "current_payment", "new_payment", "interest_rate", "closing_costs")
    if rate is None or values["review"] or any(values[name] is None for name in known):
        return None
    now, same, longer = found.scenarios
    loan = estimate.Loan(
        balance=round_to_cent(values["balance"]),
        months=values["months_to_run"],
        payment=round_to_cent(values["current_payment"]),
        rate=values["interest_rate"],
        next_due=minus_months(values["first_payment_date"], -values["payments_made"]),
    )
    # The market of fifteen years says nothing about a new loan of thirty.
    thirty = products.term_of(values["product"]) == 30 and loan.months < mortgage.NEW_TERM
    ways = estimate.ways(loan, (same, longer) if thirty else (same,))
    if not ways:
        return None
    costs = round_to_cent(values["closing_costs"])
    return Page(
        intro=_intro(loan, rate.rate, sum(way.helps for way in ways)),
        heads=estimate.heads(ways),
        rows=estimate.rows(loan, now, ways),
        ways=ways,
        needs=estimate.needs(loan, ways),
        higher=estimate.higher_rates(loan, same),
        leave=_leave(seen, same.break_even_months),
        rate=_rate(seen, rate),
        balance=_balance(loan, values),
        cost=_cost(seen, values),
        program=_program(seen),
        loan=loan,
        same_term_cost=costs,
    )


def _within_a_year(row: Opportunity, today: date) -> bool:
    return row.closed_on is not None and minus_months(today, 12) < row.closed_on


def _intro(loan: estimate.Loan, market: Decimal, helping: int) -> str:
    paying = f"You pay {merge_fields.dollars(loan.payment)} a month on your mortgage, at {merge_fields.rate(loan.rate)}."
    if not helping:
        return f"{paying} At today’s average a refinance would not lower that. Doing nothing is the better choice for now."
    compared = "Average rates are now lower than yours." if market < loan.rate else "The average rate is not lower than yours."
    return f"{paying} {compared} Here is what that could mean, and what it would cost. Doing nothing is a fair choice too."


def _leave(seen: Visit, pays_after: int | None) -> list[str]:
    soon = f" within {estimate.years_in_words(max(1, math.ceil(pays_after / 12)))}" if pays_after else " soon"
    reasons = [f"You may sell the home or pay off the loan{soon}.", "You would have to use savings you may need."]
    if seen.loan.program == "conventional":
        reasons.append(f"You pay mortgage insurance and could have it removed instead. {seen.who} can check.")
    return reasons


def _rate(seen: Visit, rate: MarketRate) -> str:
    shown, on = merge_fields.rate(rate.rate), merge_fields.day(rate.as_of)
    term = PRODUCT_WORDS[rate.rate_product.rpartition("_")[2]]
    if rate.quotable or rate.source not in OWNERS:
        return (
            f"{shown} is the rate that {seen.lender.name} had for a {term} mortgage on {on}. Rates change daily, and yours "
            "depends on your credit and your home. It is not an offer, and not a rate we promise you."
        )
    article = "An" if rate.product.startswith("fha") else "A"
    proxy = f" {article} {rate.label.split(' ')[0]} loan has averages of its own, which can differ." if rate.proxy else ""
    return (
        f"{shown} is the national average for a {term} mortgage, published by {OWNERS[rate.source]} on {on}. It is an average. "
        f"It is not an offer, and not a rate we promise you.{proxy}"
    )


def _balance(loan: estimate.Loan, values: dict[str, Any]) -> str:
    paid = f"your {minus_months(loan.next_due, 1):%B} payment" if values["payments_made"] else "the records of your loan"
    return f"{merge_fields.dollars(loan.balance)}, estimated from our records after {paid}."


def _cost(seen: Visit, values: dict[str, Any]) -> str:
    parts = cost_parts(values)
    if parts is None:
        return ""
    place = f" in {state_name(seen.loan)}" if seen.loan.property_state else ""
    words = f"{_cost_model(values, parts.lender)}, our usual cost{place}"
    if parts.added > 0:
        words += f", and {merge_fields.dollars(parts.added)} that the loan program, or ending the loan you have, costs once"
    return f"{words}. The APR counts all of it, spread over the loan."


def _cost_model(values: dict[str, Any], lender: Decimal) -> str:
    """How the cost is made up, where it is the lender's usual one; the dollars where a branch or state has its own."""
    fixed, share = values["cost_fixed"], values["cost_percent"]
    if round_to_cent(fixed + values["balance"] * share / 100) != lender:
        return merge_fields.dollars(lender) or "nothing"
    parts = [merge_fields.dollars(Decimal(str(fixed)))] if fixed else []
    parts += [f"{share:g}% of the balance"] if share else []
    return " plus ".join(part for part in parts if part) or "nothing"


_PROGRAMS = {
    "va": (
        "A VA refinance has rules of its own: its costs must be repaid within 36 months, and a fixed rate must fall by at "
        "least half a percentage point. The VA’s funding fee is in the cost, where it is due."
    ),
    "fha": (
        "An FHA refinance has rules of its own: it must leave you measurably better off, and its mortgage insurance is figured "
        "anew. Its upfront premium is in the cost, less what comes back of the old one; the monthly one is not in the payments."
    ),
    "usda": (
        "A USDA refinance has rules of its own: your whole payment must fall by at least $50 a month. The upfront fee is in "
        "the cost; the yearly fee is not in the payments."
    ),
}


def _program(seen: Visit) -> str:
    """What to know of the loan's program; empty for a conventional one."""
    said = _PROGRAMS.get(seen.loan.program, "")
    return f"{said} {seen.who} checks this with you." if said else ""
