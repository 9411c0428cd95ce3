"""Why one loan is in the queue or not: each rule with its inputs, its verdict, a sentence, and what would change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any

from loans.domain import eligibility, mortgage, program_sentences, programs, rate_sentences
from loans.domain.program_sentences import Said, Values, day
from loans.domain.words import minus_months

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class RuleExplained:
    """`sentence` says the verdict with this loan's numbers.

    `turns_on` and `turns_at_rate`: when, or at or below which market rate in percent, a failing rule would open; for a
    passing one, when or above which rate it would close.
    """

    name: str
    label: str
    rule: str
    passed: bool | None
    excludes: bool
    inputs: dict[str, Any]
    sentence: str
    citation: str
    turns_on: date | None = None
    turns_at_rate: Decimal | None = None

    @property
    def opens_on(self) -> date | None:
        return None if self.passed else self.turns_on

    @property
    def opens_at_rate(self) -> Decimal | None:
        return None if self.passed else self.turns_at_rate


def explain(values: Mapping[str, Any]) -> list[RuleExplained]:
    """Every rule, in the order of `eligibility.RULES`, for what `figures.compute` gives."""
    verdicts = eligibility.judge(values)
    explained = []
    for rule in eligibility.RULES:
        passed = verdicts[rule.name]
        sentence, turns_on, turns_at_rate = SENTENCES[rule.name](values, passed)
        explained.append(
            RuleExplained(
                name=rule.name,
                label=rule.label,
                rule=rule.sentence,
                passed=passed,
                excludes=eligibility.excludes(rule, passed),
                inputs={name: values[name] for name in eligibility.inputs(rule)},
                sentence=sentence,
                citation=programs.CITATIONS.get((rule.name, values["program"]), rule.citation),
                turns_on=turns_on,
                turns_at_rate=turns_at_rate,
            )
        )
    return explained


class Verdict(StrEnum):
    """What to do about a loan, in the words of the contract."""

    ACT_NOW = "act_now"
    WAIT = "wait"
    NOT_IN_THE_MONEY = "not_in_the_money"


@dataclass(frozen=True)
class Timing:
    """Whether to act or wait: `threshold_bp` is the optimal differential, `act_at_rate` the market rate that reaches it."""

    verdict: Verdict
    threshold_bp: int
    act_at_rate: Decimal

    @property
    def wait_for(self) -> Decimal | None:
        """The same rate in hundredths, as markets are quoted: rounded down, so that it is reached; None at or below 0."""
        quoted = self.act_at_rate.quantize(HUNDREDTH, rounding=ROUND_FLOOR)
        return quoted if quoted > 0 else None


def timing(values: Mapping[str, Any]) -> Timing | None:
    """For what `figures.compute` gives; None where figures are unknown."""
    return timing_of(values["interest_rate"], values["spread"], values["optimal_bp"], values["net_savings"])


@dataclass(frozen=True)
class SimplerRules:
    """Two simpler thresholds of the same paper, in whole basis points: a calculator's, and where the costs come back at all."""

    square_root_bp: int
    costs_back_bp: int


def simpler_rules(values: Mapping[str, Any]) -> SimplerRules | None:
    """For what `figures.compute` gives; None where figures are unknown."""
    balance, costs = values["balance"], values["closing_costs"]
    if balance is None or costs is None or values["annual_rate"] is None:
        return None
    loan = (balance, values["annual_rate"], float(values["months_remaining"]), costs)
    return SimplerRules(round(mortgage.square_root_differential(*loan)), round(mortgage.net_present_value_differential(*loan)))


def timing_of(
    interest_rate: Decimal | None, spread: Decimal | None, optimal_bp: float | None, net_savings: float | Decimal | None
) -> Timing | None:
    """*act_now*, *wait* (a saving after costs, but better to wait) or *not_in_the_money*; None where figures are unknown.

    Rate in percent, spread in points, the optimal differential in whole basis points, dollars.
    """
    if interest_rate is None or spread is None or optimal_bp is None or net_savings is None:
        return None
    threshold = int(optimal_bp)
    act_at = interest_rate - Decimal(threshold) / 100
    if spread * 100 >= threshold:
        return Timing(Verdict.ACT_NOW, threshold, act_at)
    return Timing(Verdict.WAIT if net_savings > 0 else Verdict.NOT_IN_THE_MONEY, threshold, act_at)


def _do_not_solicit(values: Values, passed: bool | None) -> Said:
    if passed is None:
        return "Not known whether the borrower may be solicited. Settle the flag on the loan.", None, None
    return ("No flag on the loan or its borrowers." if passed else "The loan or one of its borrowers is flagged."), None, None


def _active_first_lien(values: Values, passed: bool | None) -> Said:
    parts = [
        "active" if values["is_active"] else "not active",
        f"lien {values['lien_position']}",
        "an application is open" if values["has_open_application"] else "no open application",
    ]
    return ", ".join(parts).capitalize() + ".", None, None


def _rate_available(values: Values, passed: bool | None) -> Said:
    return rate_sentences.rate_available(values, passed=passed), None, None


def _spread(values: Values, passed: bool | None) -> Said:
    note, market, threshold = values["interest_rate"], values["market_rate"], values["threshold"]
    if passed is None:
        return ("The loan's current rate is not known." if note is None else "No current market rate."), None, None
    said = f"{note:.3f} − {market:.3f} = {values['spread']:.3f}, needs {threshold:.3f}."
    # No market is low enough for a note rate at or below the threshold.
    return said, None, note - threshold if note > threshold else None


def _remaining_term(values: Values, passed: bool | None) -> Said:
    left, minimum = values["months_remaining"], values["minimum_months"]
    # One payment fewer each month: the rule closes on the due date after which no more than the minimum are left.
    closes = _due_date(values, values["term_months"] - minimum - 1) if passed else None
    return f"{left} payments left, needs more than {minimum}.", closes, None


def _recent_refinance(values: Values, passed: bool | None) -> Said:
    last = values["last_refinanced"]
    if last is None:
        return "No refinance known.", None, None
    return f"Last refinanced {day(last)}.", None if passed else _months_later(last, values), None


def _positive_savings(values: Values, passed: bool | None) -> Said:
    if passed is None:
        why = "the loan's current rate or balance" if values["review"] else "a current market rate"
        return f"Can't be figured without {why}.", None, None
    if values["nothing_owed"]:
        return "Nothing is owed any more.", None, None
    if values["monthly_savings"] is None:
        return "Too little is owed for a payment to be figured.", None, None
    savings = values["monthly_savings"]
    change = f"${savings:,.2f} less" if savings >= 0 else f"${-savings:,.2f} more"
    return f"${values['current_payment']:,.2f} becomes ${values['new_payment']:,.2f}: {change} a month.", None, None


SENTENCES: dict[str, Callable[[Values, bool | None], Said]] = {
    "do_not_solicit": _do_not_solicit,
    "active_first_lien": _active_first_lien,
    "rate_available": _rate_available,
    "spread": _spread,
    "remaining_term": _remaining_term,
    "recent_refinance": _recent_refinance,
    "positive_savings": _positive_savings,
    **program_sentences.SENTENCES,
}


def _due_date(values: Values, payment_number: int) -> date:
    """The due date of the payment with this number, the first being 0."""
    return minus_months(values["first_payment_date"], -payment_number)


def _months_later(last: date, values: Values) -> date:
    """The first day of which the policy's months back lie on or after the refinance."""
    months = (
        (values["as_of"].year - values["refinance_cutoff"].year) * 12 + values["as_of"].month - values["refinance_cutoff"].month
    )
    opens = minus_months(last, -months)
    return opens if minus_months(opens, months) >= last else opens + timedelta(days=1)
