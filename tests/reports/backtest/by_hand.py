"""A back-test in plain Python: each loan and month by itself, by the formulas of one loan, to hold the statements against."""

from calendar import monthrange
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loans.domain import eligibility, figures
from loans.models import Policy
from loans.queries.terms import terms as policy_terms
from rates.queries import market as no_market
from reports.domain.backtest_criteria import Criterion, Family
from reports.domain.backtest_histories import first_of
from tests.reports.backtest.files import History

Judged = dict[tuple[int, int], tuple[dict[str, Any], bool]]


def judged(book: list[History], market: dict[int, tuple[str, str]]) -> Judged:
    """Of every loan and month the figures, and whether the rules other than the spread are passed."""
    return {(made.number, month[0]): _judged(made, month, market) for made in book for month in made.months}


def replayed(book: list[History], months: Judged, criterion: Criterion) -> Counter[str]:
    """What one criterion comes to, under the names of the result's figures; leads as `lead 5`."""
    counts: Counter[str] = Counter()
    for made in book:
        flags = {month[0]: _flag(criterion, *months[made.number, month[0]]) for month in made.months}
        maturity = made.first_payment + made.term - 1
        prepaid = made.code == "01" and made.ended < maturity
        last = made.ended or made.months[-1][0]
        counts["prepaid" if prepaid else "not_prepaid"] += 1
        flagged = [month for month, flag in flags.items() if flag]
        if flagged:
            counts[f"lead {made.ended - flagged[0]}" if prepaid else "flagged_not_prepaid"] += 1
        for month, flag in flags.items():
            counts["months"] += 1
            counts["months_flagged"] += flag
            side = "flagged" if flag else "unflagged"
            if made.code or last >= month + 3:
                counts[f"windows {side}"] += 1
                counts[f"windows {side} prepaid"] += prepaid and made.ended <= month + 3
            if flag and not flags.get(month - 1):
                counts["spells"] += 1
                for ahead in (12, 24):
                    if made.code or last >= month + ahead:
                        counts[f"known {ahead}"] += 1
                        counts[f"false {ahead}"] += not (prepaid and made.ended <= month + ahead)
    return +counts


def _judged(made: History, line: tuple[int, str, str, bool], market: dict[int, tuple[str, str]]) -> tuple[dict[str, Any], bool]:
    month, rate, balance, modified = line
    begin = first_of(month)
    as_of = begin.replace(day=monthrange(begin.year, begin.month)[1])
    thirty, fifteen = (Decimal(value) for value in market[month])
    terms = replace(
        policy_terms(as_of, Policy(), no_market.applying(as_of)),
        market_rates={"conventional_30": thirty, "conventional_15": fifteen},
        limits_by_state={},
        baseline_limit=1e12,
    )
    originated = first_of(made.originated)
    facts = dict.fromkeys(figures.FACTS) | {
        "note_rate": Decimal(rate),
        "current_rate": None,
        "is_arm": False,
        "interest_only": False,
        "original_amount": Decimal(made.amount),
        "term_months": made.term,
        "first_payment_date": first_of(made.first_payment),
        "origination_date": originated,
        "upb": Decimal(balance) if balance else None,
        "upb_as_of": as_of,
        "program": "conventional",
        "property_state": made.state,
        "county_fips": "",
        "property_value": None,
        "ltv": None,
        "credit_score": None,
        "is_active": True,
        "lien_position": 1,
        "early_payoff_until": None,
        "do_not_solicit_clear": not modified,
        "has_open_application": False,
        "last_refinanced": None if made.purpose == "P" else originated,
    }
    values = figures.compute(facts, terms)
    verdicts = eligibility.judge(values)
    others = [rule for rule in eligibility.RULES if rule.name != "spread"]
    return values, not any(eligibility.excludes(rule, verdicts[rule.name]) for rule in others)


def _flag(criterion: Criterion, values: dict[str, Any], passes: bool) -> bool:
    reached = criterion.reached(values["spread"], values["break_even_months"], values["optimal_bp"]) is True
    return reached and (passes or criterion.family is Family.BARE)
