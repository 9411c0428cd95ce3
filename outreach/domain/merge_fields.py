"""The one list of what an author may write between {{ and }}, and how each fact is worded for a borrower."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a field tells, which decides where it may stand."""

    PLAIN = "plain"  # names, places, dates
    LOAN = "loan"  # a figure of the loan the borrower has
    ESTIMATE = "estimate"  # a figure of the loan the borrower could get
    INDEX = "index"  # a market rate
    LINK = "link"
    BLOCK = "block"  # written by the system, in more than one line


@dataclass(frozen=True)
class MergeField:
    """A merge field as the editor lists it."""

    name: str
    label: str
    sample: str
    kind: Kind = Kind.PLAIN

    @property
    def personal_figure(self) -> bool:
        """Whether it is a figure about this one borrower, so that the estimate notice must stand above it."""
        return self.kind in (Kind.LOAN, Kind.ESTIMATE) or self.name == EXAMPLE_TABLE


EXAMPLE_TABLE = "example_table"

_ALL = (
    MergeField("first_name", "First name", "Maria"),
    MergeField("last_name", "Last name", "Delgado"),
    MergeField("officer_name", "Officer's name", "Jonah Reyes"),
    MergeField("officer_first_name", "Officer's first name", "Jonah"),
    MergeField("officer_phone", "Officer's telephone", "(303) 555-0142"),
    MergeField("officer_email", "Officer's e-mail address", "jonah.reyes@junipervale.example.com"),
    MergeField("officer_nmls", "Officer's NMLS ID", "9904471"),
    MergeField("arranged_by", "Who arranged the loan: I, or the company", "I"),
    MergeField("lender_name", "Company", "Juniper Vale Home Loans"),
    MergeField("lender_nmls", "Company's NMLS ID", "9900112"),
    MergeField("property_city", "City of the home", "Denver"),
    MergeField("property_state", "State of the home", "Colorado"),
    MergeField("closing_month", "Month the loan was made", "November 2022"),
    MergeField("closing_year", "Year the loan was made", "2022"),
    MergeField("loan_type", "Type of the loan", "30-year fixed"),
    MergeField("note_rate", "Rate of the loan", "7.375%", Kind.LOAN),
    MergeField("current_payment", "Payment now, principal and interest", "$3,232.36", Kind.LOAN),
    MergeField("payments_left", "Number of monthly payments left", "288", Kind.LOAN),
    MergeField("balance", "Balance", "$435,871", Kind.LOAN),
    MergeField("market_rate", "Market rate", "6.23%", Kind.INDEX),
    MergeField("market_owner", "Whose rate it is", "Freddie Mac"),
    MergeField("market_date", "Date of the market rate", "April 23, 2026"),
    MergeField("market_product", "Product of the market rate", "30-year fixed"),
    MergeField("market_period", "This week, or today", "This week"),
    MergeField("market_name", "The market rate by name, for a subject", "this week’s average"),
    MergeField(
        "rate_statement",
        "The market rate in a whole sentence, as it may be said",
        "This week the national average for a 30-year fixed mortgage was 6.23% (Freddie Mac, April 23, 2026). "
        "That is an average, not an offer, and not a rate I can promise you.",
        Kind.INDEX,
    ),
    MergeField("new_payment", "Payment in the example, principal and interest", "$2,920.14", Kind.ESTIMATE),
    MergeField("monthly_savings", "Less to pay a month, whole dollars", "$312", Kind.ESTIMATE),
    MergeField("apr", "Annual percentage rate of the example", "6.39%", Kind.ESTIMATE),
    MergeField("closing_costs", "Cost to refinance, whole dollars", "$6,359", Kind.ESTIMATE),
    MergeField("break_even", "Pays for itself after", "21 months", Kind.ESTIMATE),
    MergeField(EXAMPLE_TABLE, "The example in full, as a table", "", Kind.BLOCK),
    MergeField("day1_weekday", "Weekday of the first message", "Friday"),
    MergeField("estimate_link", "Link to the estimate", "https://jv.example.com/m/7K2QX", Kind.LINK),
    MergeField("booking_link", "Link to choose a time", "https://jv.example.com/m/7K2QX", Kind.LINK),
    MergeField("unsubscribe_link", "Link that stops these e-mails", "https://jv.example.com/u/7K2QX", Kind.LINK),
    MergeField("preferences_link", "Link to choose what we send", "https://jv.example.com/p/7K2QX", Kind.LINK),
)
FIELDS: Mapping[str, MergeField] = {field.name: field for field in _ALL}

FRAME_FIELDS = frozenset({"postal_address", "contact_line", "balance_note"})
"""What only the system's own frame uses around an author's words; see mail_frame."""


@dataclass(frozen=True, kw_only=True)
class MessageFacts:
    """All that is known about one message's borrower, officer and figures, in plain values. None or "" where unknown.

    Rates are percent a year, money is dollars, links are whole addresses. `months_left` may be a fraction: who paid ahead ends
    early. `market_daily` is false for a weekly survey. A `quotable` rate is the lender's own offer, with its APR and points.
    `officer_arranged` is false where the officer took the loan over. `licensed_in` names the state, where a license is on file.
    """

    first_name: str
    last_name: str = ""
    officer_name: str
    officer_phone: str = ""
    officer_email: str = ""
    officer_nmls: str = ""
    officer_arranged: bool = True
    licensed_in: str = ""
    lender_name: str
    lender_nmls: str = ""
    postal_address: str = ""
    property_city: str = ""
    property_state: str = ""
    closed_on: date | None = None
    loan_type: str = ""
    note_rate: Decimal | None = None
    current_payment: Decimal | None = None
    months_left: Decimal | None = None
    balance: Decimal | None = None
    balance_estimated: bool = True
    market_rate: Decimal | None = None
    market_owner: str = ""
    market_date: date | None = None
    market_product: str = ""
    market_daily: bool = False
    quotable: bool = False
    market_apr: Decimal | None = None
    market_points: Decimal | None = None
    new_payment: Decimal | None = None
    monthly_savings: Decimal | None = None
    apr: Decimal | None = None
    closing_costs: Decimal | None = None
    break_even_months: int | None = None
    estimate_link: str = ""
    booking_link: str = ""
    unsubscribe_link: str = ""
    preferences_link: str = ""
    day_one: date | None = None


def values(facts: MessageFacts) -> dict[str, str | None]:
    """Each merge field in the words a borrower reads; None where it is unknown. `example_table` is the frame's."""
    saves = facts.monthly_savings is not None and facts.monthly_savings >= 1
    worded: dict[str, str | None] = {
        "first_name": facts.first_name.strip(),
        "last_name": facts.last_name.strip(),
        "officer_name": facts.officer_name,
        "officer_first_name": facts.officer_name.split()[0] if facts.officer_name.strip() else "",
        "officer_phone": phone(facts.officer_phone),
        "officer_email": facts.officer_email,
        "officer_nmls": facts.officer_nmls,
        "arranged_by": "I" if facts.officer_arranged else facts.lender_name,
        "lender_name": facts.lender_name,
        "lender_nmls": facts.lender_nmls,
        "property_city": facts.property_city,
        "property_state": STATES.get(facts.property_state.upper(), facts.property_state),
        "closing_month": f"{facts.closed_on:%B %Y}" if facts.closed_on else None,
        "closing_year": f"{facts.closed_on.year}" if facts.closed_on else None,
        "loan_type": facts.loan_type,
        "note_rate": rate(facts.note_rate),
        "current_payment": dollars_and_cents(facts.current_payment),
        "payments_left": None if facts.months_left is None else f"{math.ceil(facts.months_left)}",
        "balance": dollars(facts.balance),
        "market_rate": rate(facts.market_rate),
        "market_owner": facts.market_owner,
        "market_date": day(facts.market_date),
        "market_product": facts.market_product,
        "market_period": "Today" if facts.market_daily else "This week",
        "market_name": _market_name(facts),
        "rate_statement": _rate_statement(facts),
        "new_payment": dollars_and_cents(facts.new_payment),
        # Rounded down: nobody may be told of more than there is.
        "monthly_savings": dollars(facts.monthly_savings, ROUND_DOWN) if saves else None,
        "apr": rate(facts.apr, places=2),
        "closing_costs": dollars(facts.closing_costs),
        "break_even": _months(facts.break_even_months),
        "day1_weekday": f"{facts.day_one:%A}" if facts.day_one else None,
        "estimate_link": facts.estimate_link,
        "booking_link": facts.booking_link,
        "unsubscribe_link": facts.unsubscribe_link,
        "preferences_link": facts.preferences_link,
        "postal_address": facts.postal_address,
        "contact_line": _contact_line(facts),
        "balance_note": ", estimated" if facts.balance_estimated else ", as reported",
    }
    return {name: value or None for name, value in worded.items()}


def samples() -> dict[str, str]:
    """A value for every field, for the editor's preview: the borrower of the pictures."""
    frame = {
        "postal_address": "1200 Example Street, Suite 400, Denver, CO 80203",
        "contact_line": "(303) 555-0142 · licensed in Colorado",
        "balance_note": ", estimated",
    }
    return {field.name: field.sample for field in _ALL if field.sample} | frame


def rate(percent: Decimal | None, places: int = 3) -> str | None:
    """7.375 as "7.375%", 6.5 as "6.50%"."""
    if percent is None:
        return None
    rounded = f"{percent.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    whole, _, fraction = rounded.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}%"


def dollars(amount: Decimal | None, rounding: str = ROUND_HALF_UP) -> str | None:
    """6358.71 as "$6,359"."""
    return None if amount is None else f"${amount.quantize(Decimal(1), rounding):,f}"


def dollars_and_cents(amount: Decimal | None) -> str | None:
    """2920.14 as "$2,920.14"."""
    return None if amount is None else f"${amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def day(on: date | None) -> str | None:
    """A date as Americans write it: "April 23, 2026"."""
    return f"{on:%B} {on.day}, {on.year}" if on else None


def phone(number: str) -> str:
    """+13035550142 as "(303) 555-0142"; anything but ten American digits as it came."""
    digits = "".join(character for character in number if character.isdigit())
    digits = digits.removeprefix("1") if len(digits) == 11 else digits
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number.strip()


def _months(count: int | None) -> str | None:
    if count is None:
        return None
    return "1 month" if count == 1 else f"{count} months"


def _contact_line(facts: MessageFacts) -> str:
    state = STATES.get(facts.licensed_in.upper(), facts.licensed_in)
    parts = (phone(facts.officer_phone) or facts.officer_email, f"licensed in {state}" if state else "")
    return " · ".join(part for part in parts if part)


def _market_name(facts: MessageFacts) -> str:
    if facts.quotable:
        return f"our rate of {facts.market_date:%B} {facts.market_date.day}" if facts.market_date else ""
    return "today’s average" if facts.market_daily else "this week’s average"


def _rate_statement(facts: MessageFacts) -> str | None:
    """The rate with what Regulation Z wants beside it: an average is called one, an offer carries its APR."""
    shown, on = rate(facts.market_rate), day(facts.market_date)
    if not (shown and on and facts.market_product):
        return None
    if not facts.quotable:
        when = "Today" if facts.market_daily else "This week"
        return (
            f"{when} the national average for a {facts.market_product} mortgage was {shown} ({facts.market_owner}, {on}). "
            "That is an average, not an offer, and not a rate I can promise you."
        )
    if facts.market_apr is None:
        return None
    points = facts.market_points or Decimal(0)
    return (
        f"On {on} {facts.lender_name} offered a {facts.market_product} mortgage at {rate(facts.market_apr)} annual percentage "
        f"rate (APR), {shown} interest, with {points.normalize():f} points. Rates change daily, and yours depends on "
        "your credit and your home."
    )


STATES: Mapping[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "the District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi",
    "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
