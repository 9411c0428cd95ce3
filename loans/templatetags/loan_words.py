"""Money, rates and verdicts as the desk writes them: less and more, kept and lost, never a bare sign for a client's money."""

from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from loans.domain.contacts import written_phone
from loans.models import Opportunity, OpportunityStatus
from loans.queries import opportunities
from loans.services.acting import ARCHIVE_REASONS
from rates.domain import products
from rates.domain.sources import SOURCES

register = template.Library()
UNKNOWN = "—"

DOTS = {
    OpportunityStatus.CONTACTING: "accent",
    OpportunityStatus.ENGAGED: "ok",
    OpportunityStatus.APPOINTMENT: "ok",
    OpportunityStatus.APPLICATION: "ok",
    OpportunityStatus.SNOOZED: "warn",
    OpportunityStatus.CLOSED: "ok",
    OpportunityStatus.LOST: "bad",
}

REVIEW = ' <span class="chip chip-warn" title="A person must look before anything is sent: {}">review</span>'
EARLY = ' <span class="chip chip-warn" title="A payoff by {} would cost the lender {}">early payoff {}</span>'
LAPSED = mark_safe(' <span class="chip" title="Opened earlier; today\'s figures no longer qualify">lapsed</span>')
COLUMN_WORDS = {
    "is_arm": "whether the rate is adjustable", "upb": "reported balance", "upb_as_of": "date of the reported balance",
    "county_fips": "county", "ltv": "LTV at closing", "is_active": "whether the loan is active",
    "do_not_solicit_clear": "do-not-solicit flags", "has_open_application": "whether an application is open",
    "branch_id": "branch", "investor_key": "investor", "licensed": "whether its officer is licensed in the state",
    "tx_a6": "whether it is a Texas 50(a)(6) loan", "annual_mip": "annual MIP", "fha_case_date": "date of the FHA case",
    "va_funding_fee_exempt": "whether it is exempt from the VA funding fee", "last_refinanced": "date of the last refinance",
}  # fmt: skip
REVIEWS = {
    "arm_without_rate_or_balance": "an adjustable rate needs its current rate and a reported balance; the file has not both.",
    "interest_only": "an interest-only loan has no level payment to compare with; the figures assume one.",
    "balance_after_maturity": "the balance is dated after the loan has ended.",
    "prepayment_penalty": "a prepayment penalty still runs.",
    "texas_50a6": "it is a Texas 50(a)(6) loan.",
    "texas_50a6_unknown": "the file does not say whether this Texas cash-out is a 50(a)(6) loan.",
    "young_note": "the note is so young that its state may ask whether refinancing serves the borrower.",
    "fha_premium_unknown": "neither file nor table tells the annual premium, so the benefit can't be judged.",
}


@register.filter
def dollars(amount: Decimal | None) -> str:
    """`$107,285`."""
    return UNKNOWN if amount is None else _signed(amount, f"${abs(amount):,.0f}")


@register.filter
def cents(amount: Decimal | None) -> str:
    """`$3,398.18`."""
    return UNKNOWN if amount is None else _signed(amount, f"${abs(amount):,.2f}")


@register.filter
def short_dollars(amount: Decimal | None) -> str:
    """`$7.46M`; below a million in full."""
    if amount is None:
        return "$0"
    return f"${amount / 1_000_000:,.2f}M" if abs(amount) >= 999_995 else dollars(amount)


@register.filter
def less(amount: Decimal | None, places: int = 2) -> SafeString | str:
    """A saving in words: `$365.46 less`, `$11,953 more`, `the same`."""
    return _told(amount, places, "less", "more", "the same")


@register.filter
def amount(value: Decimal | None, places: int = 2) -> str:
    """Without its sign, for a sentence that says less or more itself."""
    return UNKNOWN if value is None else f"${abs(value):,.{places}f}"


@register.filter
def distance(spread: Decimal | None) -> str:
    """`1.270 points above`, of a note rate and the market."""
    if spread is None:
        return UNKNOWN
    return f"{abs(spread):.3f} points {'above' if spread >= 0 else 'below'}"


@register.filter
def kept(amount: Decimal | None) -> SafeString | str:
    """A net saving in words: `$100,721 kept`, `$18,517 lost`."""
    return _told(amount, 0, "kept", "lost", "nothing either way")


@register.filter
def rate(value: Decimal | None, places: int = 3) -> str:
    """A rate or a spread without its unit; two places become three where the third says something."""
    if value is None:
        return UNKNOWN
    text = f"{value:.3f}"
    return text[:-1] if places < 3 and text.endswith("0") else text


@register.filter
def review_words(why: str) -> str:
    """Why figures need a person first."""
    return REVIEWS.get(why, "the balance or the market rate is not known.")


@register.filter
def archive_words(reason: str) -> str:
    return ARCHIVE_REASONS.get(reason, reason).lower()


@register.filter
def points(basis_points: int) -> str:
    """Basis points as points: 108 is `1.08`."""
    return f"{basis_points / 100:.2f}"


@register.filter
def months(value: float | None) -> str:
    """`293.6`; whole months without a point."""
    return UNKNOWN if value is None else f"{value:.1f}".removesuffix(".0")


@register.filter
def score(value: Decimal | None) -> str:
    """`41.3`, with its tenth, so that it can be held against the cut-off."""
    return UNKNOWN if value is None else f"{value:.1f}"


@register.filter
def column_words(name: str) -> str:
    """The name of a column for a reader: `note_rate` is `note rate`."""
    return COLUMN_WORDS.get(name, name.replace("_", " "))


@register.filter
def product(code: str) -> str:
    return products.LABELS.get(code, code)


@register.filter
def phone(number: str) -> str:
    return written_phone(number)


@register.filter
def owner(source: str) -> str:
    """Whose figure it is, for a bracket behind it."""
    return SOURCES[source].citation.removeprefix("Source: ") if source in SOURCES else source


@register.filter
def client(row: Opportunity) -> str:
    """The first borrower of a row of `opportunities.visible`, or the loan number where the file names nobody."""
    names = (getattr(row, name) or "" for name in ("client_first_name", "client_last_name"))
    return " ".join(filter(None, names)) or row.loan_number


@register.filter
def status(row: Opportunity) -> SafeString:
    """Status, and what keeps the row from being sent about."""
    tone = DOTS.get(OpportunityStatus(row.status), "muted")
    told = format_html('<span class="status"><span class="dot dot-{}"></span>{}</span>', tone, row.get_status_display())
    if row.early_payoff_ends and row.early_payoff_cost:
        cost = dollars(row.early_payoff_cost)
        told += format_html(EARLY, date_format(row.early_payoff_ends, "M j, Y"), cost, cost)
    if row.review:
        return told + format_html(REVIEW, review_words(row.review))
    return told if row.qualifies or not row.is_open else told + LAPSED


@register.filter
def next_order(order: str, name: str) -> str:
    """What a click on a column's head asks for: its order, then the same turned around."""
    return f"-{name}" if order == name else name


@register.filter
def sorted_by(order: str, name: str) -> str:
    """`descending` or `ascending` where the order is about that column."""
    if order.removeprefix("-") != name:
        return ""
    return "descending" if opportunities.order_by(order).descending else "ascending"


@register.filter
def order_label(order: str) -> str:
    return opportunities.ORDERS[order.removeprefix("-")][0]


def _told(amount: Decimal | None, places: int, saved: str, lost: str, neither: str) -> SafeString | str:
    if amount is None:
        return UNKNOWN
    written = f"${abs(amount):,.{places}f}"
    if not any(digit in written for digit in "123456789"):
        return neither
    tone, word = ("less", saved) if amount > 0 else ("more", lost)
    return format_html('<span class="{}">{} {}</span>', tone, written, word)


def _signed(amount: Decimal, written: str) -> str:
    return f"−{written}" if amount < 0 else written
