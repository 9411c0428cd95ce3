"""What a borrower reads about a refinance: the two ways side by side, in figures and in plain words.

Dollars, percent a year, months. What is gained is rounded down and what is lost up. The formulas are those of the opportunity;
here is only how they are said.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from loans.domain import apr, mortgage
from loans.domain.scenarios import Scenario
from loans.domain.words import minus_months, round_to_cent
from outreach.domain.merge_fields import dollars, dollars_and_cents
from outreach.domain.merge_fields import rate as percent

NEVER_PAYS = "does not pay for itself"
DASH = "–"
_QUARTER = Decimal("0.25")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Loan:
    """The loan as it stands, in dollars and percent; `months` to run are a fraction where the borrower paid ahead."""

    balance: Decimal
    months: float
    payment: Decimal
    rate: Decimal
    next_due: date

    @property
    def payments_left(self) -> int:
        return math.ceil(round(self.months, 6))

    def ends(self, months: float) -> date:
        """The due date of the last of so many payments."""
        return minus_months(self.next_due, 1 - math.ceil(round(months, 6)))


@dataclass(frozen=True)
class Cell:
    """`tone` is "ok" for a gain, "warn" for a loss, empty for a plain figure."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Head:
    title: str
    under: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    note: str
    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True)
class Way:
    """One way to refinance, in the words of the page."""

    title: str
    scenario: Scenario
    apr: Decimal
    helps: bool
    sentence: str


@dataclass(frozen=True)
class Example:
    """A rate, a term in months and a cost worked through."""

    rate: Decimal
    months: int
    cost: Decimal
    payment: Decimal
    less: Decimal
    apr: Decimal
    pays_after: int | None

    @property
    def rate_words(self) -> str:
        return percent(self.rate) or DASH

    @property
    def apr_words(self) -> str:
        return percent(self.apr, 2) or DASH

    @property
    def less_words(self) -> str:
        """In a column that says "less" already."""
        return _change(self.less, "more")

    @property
    def pays(self) -> str:
        return pays_for_itself(self.pays_after)

    @property
    def change(self) -> str:
        """$172 less."""
        return less(self.less)

    @property
    def sentence(self) -> str:
        """The calculator's answer."""
        after = f"Pays for itself after {self.pays}." if self.pays_after else "It does not pay for itself."
        change = f"{self.change} each month" if self.less else "the same each month"
        count = f"{self.months} payments of {dollars_and_cents(self.payment)}"
        return f"{self.apr_words} APR, {count}: {change}. {after} Still an example, not an offer."


def ways(loan: Loan, scenarios: Sequence[Scenario]) -> list[Way]:
    """The ways that have all figures: (same term, new 30-year) as `loans.domain.scenarios` gives them."""
    found = []
    for scenario in scenarios:
        rated = _apr(loan.balance, scenario.closing_costs, scenario.payment, scenario.months)
        if rated is None or scenario.monthly_savings is None or scenario.net_savings is None:
            continue
        same = scenario.name == "same_term"
        sentence = _same_date(loan, scenario) if same else _new_30_years(loan, scenario)
        title = "Same end date" if same else "New 30 years"
        found.append(Way(title, scenario, rated, scenario.monthly_savings > 0, sentence))
    return found


def heads(found: Sequence[Way]) -> list[Head]:
    return [Head("Your loan now"), *(Head(way.title, _under(way.scenario)) for way in found)]


def rows(loan: Loan, today: Scenario, found: Sequence[Way]) -> list[Row]:
    """The table: your loan now, then each way. APR stands above the rate."""
    each = [way.scenario for way in found]
    dash = Cell(DASH)
    return [
        Row(
            "Monthly payment",
            "principal and interest",
            (Cell(_whole(loan.payment)), *(Cell(_whole(one.payment)) for one in each)),
            strong=True,
        ),
        Row("Less each month", "", (dash, *(Cell(_change(one.monthly_savings, "more")) for one in each))),
        Row("Last payment", "", (Cell(f"{loan.ends(loan.months):%B %Y}"), *(Cell(_last(loan, one)) for one in each))),
        Row(
            "Interest still to pay",
            "to the last payment",
            (
                Cell(_whole(today.total_interest)),
                *(Cell(_whole(one.total_interest)) for one in each),
            ),
        ),
        Row("Interest against now", "", (dash, *(Cell(less(one.total_interest_savings)) for one in each))),
        Row("Cost to refinance", "once, about", (Cell("$0"), *(Cell(_whole(one.closing_costs)) for one in each))),
        Row("Pays for itself after", "", (dash, *(Cell(_pays(one)) for one in each))),
        Row("In the end", "interest and cost together", (dash, *(_in_the_end(one) for one in each))),
        Row("Annual percentage rate (APR)", "in this example", (dash, *(Cell(percent(way.apr, 2) or DASH) for way in found))),
        Row(
            "Interest rate",
            "in this example",
            (Cell(percent(loan.rate) or DASH), *(Cell(percent(one.rate) or DASH) for one in each)),
        ),
    ]


def needs(loan: Loan, found: Sequence[Way]) -> str:
    """How many payments each way takes: "288 monthly payments of $2,920.14, or 360 of $2,678.07"."""
    counts = [(loan.payments_left if way.scenario.name == "same_term" else int(mortgage.NEW_TERM), way) for way in found]
    said = [f"{count} monthly payments of {dollars_and_cents(way.scenario.payment)}" for count, way in counts]
    return ", or ".join([*said[:1], *(one.replace("monthly payments ", "", 1) for one in said[1:])])


def work_out(loan: Loan, rate: Decimal, months: int, cost: Decimal) -> Example | None:
    """The borrower's own figures; None where such a loan has no payment or no APR."""
    level = mortgage.payment(float(loan.balance), float(rate), float(months))
    payment = None if level is None else round_to_cent(level)
    rated = _apr(loan.balance, cost, payment, float(months))
    if payment is None or rated is None:
        return None
    saved = loan.payment - payment
    after = math.ceil(cost / saved) if saved > 0 else None
    return Example(rate, months, cost, payment, saved, rated, _within(after, months))


def higher_rates(loan: Loan, same_term: Scenario) -> list[Example]:
    """The same end date at the market rate and at up to three quarters above it, each below the borrower's own rate."""
    market, cost = same_term.rate, same_term.closing_costs
    if market is None or cost is None or same_term.payment is None:
        return []
    quarters = [_QUARTER * step for step in range(int(market / _QUARTER) + 1, math.ceil(loan.rate / _QUARTER))]
    found = []
    for rate in (market, *quarters[-3:]):
        level = mortgage.payment(float(loan.balance), float(rate), loan.months)
        payment = None if level is None else round_to_cent(level)
        rated = _apr(loan.balance, cost, payment, loan.months)
        if payment is None or rated is None:
            continue
        saved = loan.payment - payment
        after = _within(math.ceil(cost / saved) if saved > 0 else None, loan.months)
        found.append(Example(rate, loan.payments_left, cost, payment, saved, rated, after))
    return found


def less(amount: Decimal | None) -> str:
    """ "$312 less", "$40 more", "no change"; a gain rounded down, a loss up."""
    return DASH if amount is None else (f"{dollars(amount, ROUND_DOWN)} less" if amount >= 1 else _more(amount))


def pays_for_itself(months: int | None) -> str:
    """21 months."""
    return NEVER_PAYS if months is None else ("1 month" if months == 1 else f"{months} months")


def years_in_words(years: int) -> str:
    """six years."""
    count = _NUMBERS[years] if years < len(_NUMBERS) else str(years)
    return f"{count} year{'' if years == 1 else 's'}"


def _more(amount: Decimal) -> str:
    return f"{dollars(-amount, ROUND_UP)} more" if amount < 0 else ("about the same" if amount else "no change")


def _whole(amount: Decimal | None) -> str:
    return dollars(amount) or DASH


def _change(amount: Decimal | None, word: str) -> str:
    """In a row that says "less" already."""
    if amount is None:
        return DASH
    return dollars(amount, ROUND_DOWN) or DASH if amount >= 0 else f"{dollars(-amount, ROUND_UP)} {word}"


def _under(scenario: Scenario) -> str:
    if scenario.monthly_savings is not None and scenario.monthly_savings <= 0:
        return "no lower payment"
    return "a lower payment that costs more interest" if scenario.costs_more_interest else "a lower payment and less interest"


def _last(loan: Loan, scenario: Scenario) -> str:
    if scenario.name == "same_term":
        return f"{loan.ends(loan.months).year}, as now"
    later = _years_longer(loan)
    end = loan.ends(mortgage.NEW_TERM).year
    return f"{end}, +{later} year{'' if later == 1 else 's'}" if later else f"{end}"


def _years_longer(loan: Loan) -> int:
    return round((mortgage.NEW_TERM - loan.months) / 12)


def _pays(scenario: Scenario) -> str:
    return pays_for_itself(_within(scenario.break_even_months, scenario.months))


def _within(months: int | None, term: float | None) -> int | None:
    return None if months is None or term is None or months > term else months


def _in_the_end(scenario: Scenario) -> Cell:
    net = scenario.net_savings
    if net is None:
        return Cell(DASH)
    return Cell(f"{dollars(net, ROUND_DOWN)} ahead", "ok") if net > 0 else Cell(f"{dollars(-net, ROUND_UP)} behind", "warn")


def _same_date(loan: Loan, scenario: Scenario) -> str:
    saved, net = scenario.monthly_savings or Decimal(0), scenario.net_savings or Decimal(0)
    if saved <= 0:
        return "your payment would not fall, so there is nothing to gain from this one today."
    finish = f"you would pay {less(saved)} each month and still finish in {loan.ends(loan.months).year}."
    if net <= 0:
        return f"{finish} The savings would not cover the cost by then."
    return f"{finish} After {_pays(scenario)} the savings have covered the cost. If you stay longer than that, you are ahead."


def _new_30_years(loan: Loan, scenario: Scenario) -> str:
    saved, net = scenario.monthly_savings or Decimal(0), scenario.net_savings or Decimal(0)
    interest, longer = scenario.total_interest_savings or Decimal(0), _years_longer(loan)
    if saved <= 0:
        return "your payment would not fall, so there is nothing to gain from this one today."
    start = f"you would pay {less(saved)} each month"
    if longer:
        start += f", partly because you would pay for {years_in_words(longer)} longer"
    plus = ", plus the cost" if interest < 0 else ""
    middle = f"{start}. Over the whole loan you would pay {less(interest)} interest{plus}."
    if net > 0:
        return f"{middle} With the cost, you would be {dollars(net, ROUND_DOWN)} ahead in the end."
    return (
        f"{middle} It can help if you need room in your budget. It does not save money in the end: with the cost, you would "
        f"be {dollars(-net, ROUND_UP)} worse off."
    )


def _apr(balance: Decimal, cost: Decimal | None, payment: Decimal | None, months: float | None) -> Decimal | None:
    if cost is None or payment is None or months is None:
        return None
    try:
        return apr.annual_percentage_rate(balance, cost, payment, Decimal(str(months)))
    except apr.NoRate:
        return None
