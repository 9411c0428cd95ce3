"""What a loan's explanation says: a sentence a rule, and the very day or rate at which the verdict turns."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from loans.domain import eligibility, explanation, figures, mortgage
from loans.domain.words import minus_months

AS_OF = date(2026, 4, 24)
FACTS: dict[str, Any] = {
    "note_rate": Decimal("7.500"), "current_rate": None, "is_arm": False, "interest_only": False,
    "original_amount": Decimal(456_000), "term_months": 360, "first_payment_date": date(2024, 6, 1),
    "origination_date": date(2024, 4, 17), "upb": None, "upb_as_of": None, "program": "conventional", "property_state": "CO",
    "county_fips": "", "property_value": None, "ltv": None, "credit_score": None,
    "is_active": True, "lien_position": 1, "early_payoff_until": None, "do_not_solicit_clear": True,
    "has_open_application": False, "last_refinanced": None, "licensed": True,
}  # fmt: skip
PRODUCTS = ("conventional_30", "conventional_15", "jumbo_30", "jumbo_15", "fha_30", "va_30", "usda_30")
DAYS = st.dates(date(1995, 1, 1), date(2035, 12, 31)) | st.sampled_from(
    [date(2024, 2, 29), date(2023, 2, 28), date(2024, 1, 31), date(2025, 12, 31), date(2022, 8, 31), date(2024, 3, 1)]
)


def terms(as_of: date = AS_OF, market: str | None = "6.23", *, months: int = 24, days: int = 180, proxy: bool = False):
    return figures.Terms(
        as_of=as_of,
        market_rates={product: Decimal(market) for product in PRODUCTS} if market else {},
        thresholds={product: Decimal("0.875" if "jumbo" in product else "0.625") for product in PRODUCTS},
        proxies=dict.fromkeys(PRODUCTS, proxy),
        limits_by_state={},
        baseline_limit=832_750.0,
        cost_fixed=2000.0,
        cost_percent=1.0,
        minimum_months=60,
        refinance_cutoff=minus_months(as_of, months),
        early_payoff_days=days,
    )


def rule(name: str, run: figures.Terms | None = None, **facts: Any) -> explanation.RuleExplained:
    explained = explanation.explain(figures.compute(FACTS | facts, run or terms()))
    assert [one.name for one in explained] == [one.name for one in eligibility.RULES]
    return next(one for one in explained if one.name == name)


SENTENCES = [
    ("do_not_solicit", {}, True, "No flag on the loan or its borrowers."),
    ("do_not_solicit", {"do_not_solicit_clear": False}, False, "The loan or one of its borrowers is flagged."),
    (
        "do_not_solicit", {"do_not_solicit_clear": None}, None,
        "Not known whether the borrower may be solicited. Settle the flag on the loan.",
    ),
    ("active_first_lien", {}, True, "Active, lien 1, no open application."),
    ("active_first_lien", {"is_active": False}, False, "Not active, lien 1, no open application."),
    ("active_first_lien", {"lien_position": 2}, False, "Active, lien 2, no open application."),
    ("active_first_lien", {"has_open_application": True}, False, "Active, lien 1, an application is open."),
    ("rate_available", {}, True, "6.230%."),
    (
        "rate_available", {"run": terms(proxy=True), "program": "usda"}, True,
        "6.230%; the conventional rate stands in for usda 30.",
    ),
    (
        "rate_available", {"run": terms(market=None)}, False,
        "No current rate for conventional 30, nor for what stands in for it.",
    ),
    ("spread", {}, True, "7.500 − 6.230 = 1.270, needs 0.625."),
    ("spread", {"note_rate": Decimal("6.750")}, False, "6.750 − 6.230 = 0.520, needs 0.625."),
    ("spread", {"note_rate": Decimal("5.125")}, False, "5.125 − 6.230 = -1.105, needs 0.625."),
    ("spread", {"original_amount": Decimal(1_200_000)}, True, "7.500 − 6.230 = 1.270, needs 0.875."),
    ("spread", {"run": terms(market=None)}, None, "No current market rate."),
    ("spread", {"is_arm": True}, None, "The loan's current rate is not known."),
    ("remaining_term", {}, True, "337 payments left, needs more than 60."),
    ("remaining_term", {"term_months": 83}, False, "60 payments left, needs more than 60."),
    ("recent_refinance", {}, True, "No refinance known."),
    ("recent_refinance", {"last_refinanced": date(2024, 4, 24)}, True, "Last refinanced April 24, 2024."),
    ("recent_refinance", {"last_refinanced": date(2024, 4, 25)}, False, "Last refinanced April 25, 2024."),
    ("early_payoff", {}, True, "The early-payoff window ended October 14, 2024."),
    ("early_payoff", {"origination_date": date(2026, 1, 2)}, False, "The early-payoff window ends July 1, 2026."),
    ("early_payoff", {"early_payoff_until": AS_OF}, False, "The early-payoff window ends April 24, 2026."),
    ("positive_savings", {}, True, "$3,188.42 becomes $2,815.82: $372.60 less a month."),
    ("positive_savings", {"run": terms(market=None)}, None, "Can't be figured without a current market rate."),
    ("positive_savings", {"is_arm": True}, None, "Can't be figured without the loan's current rate or balance."),
    ("positive_savings", {"first_payment_date": date(1990, 1, 1)}, False, "Nothing is owed any more."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "passed", "sentence"), SENTENCES)
def test_each_rule_says_its_verdict_with_the_loans_numbers(name, given, passed, sentence):
    given = dict(given)
    said = rule(name, given.pop("run", None), **given)
    assert (said.passed, said.sentence) == (passed, sentence)
    assert said.excludes is (passed is False or (passed is None and name == "do_not_solicit"))


def test_a_payment_that_rises_is_said_so():
    said = rule("positive_savings", note_rate=Decimal("5.000"))
    assert said.passed is False
    assert said.sentence.endswith("more a month.")


def test_what_a_rule_read_is_told():
    assert rule("spread").inputs == {"spread": Decimal("1.270"), "threshold": Decimal("0.625")}
    assert rule("remaining_term").inputs == {"months_remaining": 337, "minimum_months": 60}


@given(closed=DAYS, as_of=DAYS, days=st.integers(0, 1095))
def test_the_early_payoff_window_opens_on_the_day_that_is_said(closed, as_of, days):
    said = rule("early_payoff", terms(as_of, days=days), origination_date=closed)
    assume(said.passed is False)
    assert said.opens_on == closed + timedelta(days=days + 1)
    assert rule("early_payoff", terms(said.opens_on, days=days), origination_date=closed).passed is True
    assert rule("early_payoff", terms(said.opens_on - timedelta(days=1), days=days), origination_date=closed).passed is False


@given(until=DAYS, as_of=DAYS)
def test_a_window_that_the_file_names_ends_with_that_day(until, as_of):
    said = rule("early_payoff", terms(as_of), early_payoff_until=until)
    assert said.passed is (as_of > until)
    if not said.passed:
        assert said.opens_on == until + timedelta(days=1)
        assert rule("early_payoff", terms(said.opens_on), early_payoff_until=until).passed is True
        assert rule("early_payoff", terms(said.opens_on - timedelta(days=1)), early_payoff_until=until).passed is False
    else:
        assert said.opens_on is None


@given(last=DAYS, as_of=DAYS, months=st.integers(1, 120))
@example(last=date(2024, 2, 29), as_of=date(2025, 6, 1), months=24)
@example(last=date(2024, 2, 29), as_of=date(2026, 2, 28), months=24)
@example(last=date(2023, 8, 31), as_of=date(2024, 2, 29), months=6)
@example(last=date(2024, 2, 29), as_of=date(2025, 6, 1), months=48)
def test_a_refinance_counts_until_the_day_that_is_said(last, as_of, months):
    said = rule("recent_refinance", terms(as_of, months=months), last_refinanced=last)
    assume(said.passed is False)
    assert said.opens_on > as_of
    assert rule("recent_refinance", terms(said.opens_on, months=months), last_refinanced=last).passed is True
    before = said.opens_on - timedelta(days=1)
    assert rule("recent_refinance", terms(before, months=months), last_refinanced=last).passed is False


@given(first=DAYS, as_of=DAYS, term=st.integers(61, 480))
@example(first=date(2024, 1, 31), as_of=date(2024, 2, 28), term=62)
@example(first=date(2024, 2, 29), as_of=date(2024, 2, 29), term=360)
def test_too_few_payments_are_left_from_the_day_that_is_said(first, as_of, term):
    said = rule("remaining_term", terms(as_of), first_payment_date=first, term_months=term)
    assume(said.passed)
    assert said.opens_on is None
    assert rule("remaining_term", terms(said.turns_on), first_payment_date=first, term_months=term).passed is False
    before = terms(said.turns_on - timedelta(days=1))
    assert rule("remaining_term", before, first_payment_date=first, term_months=term).passed is True


@given(
    note=st.decimals(Decimal("0.7"), Decimal("24.999"), places=3),
    market=st.decimals(Decimal("0.001"), Decimal(20), places=3),
    jumbo=st.booleans(),
)
def test_the_spread_opens_at_the_market_rate_that_is_said_and_not_a_thousandth_above(note, market, jumbo):
    loan = {"note_rate": note, "original_amount": Decimal(2_000_000 if jumbo else 400_000)}
    said = rule("spread", terms(market=str(market)), **loan)
    assume(said.passed is False and said.opens_at_rate is not None)
    assert rule("spread", terms(market=str(said.opens_at_rate)), **loan).passed is True
    assert rule("spread", terms(market=str(said.opens_at_rate + Decimal("0.001"))), **loan).passed is False


def test_a_rule_that_passes_says_no_day_to_wait_for():
    for one in explanation.explain(figures.compute(FACTS, terms())):
        assert (one.passed, one.opens_on, one.opens_at_rate) == (True, None, None)


def test_no_market_is_low_enough_for_a_note_rate_below_the_threshold():
    assert rule("spread", note_rate=Decimal("0.500")).opens_at_rate is None


# When to act


def the_timing(**facts: Any) -> explanation.Timing | None:
    return explanation.timing(figures.compute(FACTS | facts, terms()))


@pytest.mark.parametrize(
    ("facts", "verdict", "threshold", "act_at", "wait_for"),
    [
        ({}, "act_now", 109, "6.410", "6.41"),
        ({"note_rate": Decimal("7.125"), "original_amount": Decimal(600_000)}, "wait", 104, "6.085", "6.08"),
        ({"note_rate": Decimal("6.875"), "original_amount": Decimal(10_000)}, "not_in_the_money", 580, "1.075", "1.07"),
    ],
)
def test_a_large_spread_is_acted_on_a_small_one_waits_and_a_small_loan_is_not_worth_its_costs(
    facts, verdict, threshold, act_at, wait_for
):
    found = the_timing(**facts)
    assert (found.verdict, found.threshold_bp) == (verdict, threshold)
    assert (found.act_at_rate, found.wait_for) == (Decimal(act_at), Decimal(wait_for))


@given(note=st.decimals(Decimal("2.5"), Decimal("12"), places=3), amount=st.integers(20_000, 3_000_000))
def test_the_threshold_that_is_said_is_the_one_that_is_gone_by(note, amount):
    found = the_timing(note_rate=note, original_amount=Decimal(amount))
    assert (found.verdict == "act_now") is ((note - Decimal("6.23")) * 100 >= found.threshold_bp)
    assert found.act_at_rate == note - Decimal(found.threshold_bp) / 100
    exact = figures.compute(FACTS | {"note_rate": note, "original_amount": Decimal(amount)}, terms())
    differential = mortgage.optimal_differential(
        exact["balance"], exact["annual_rate"], float(exact["months_remaining"]), exact["closing_costs"]
    )
    assert abs(found.threshold_bp - differential) <= 0.5 + 1e-6


@given(rate=st.decimals(Decimal("0.5"), Decimal("24.999"), places=3), bp=st.integers(0, 3000), market=st.integers(1, 2000))
def test_at_the_rate_that_is_waited_for_it_is_worth_acting_and_a_hundredth_above_not(rate, bp, market):
    quoted = Decimal(market) / 100
    found = explanation.timing_of(rate, rate - quoted, float(bp), 1.0)
    assert (found.verdict == "act_now") is (found.wait_for is not None and quoted <= found.wait_for)


@pytest.mark.parametrize("unknown", range(4))
def test_of_unknown_figures_no_timing_is_said(unknown):
    values = [Decimal(7), Decimal(1), 100.0, Decimal(5000)]
    assert explanation.timing_of(*values) is not None
    values[unknown] = None
    assert explanation.timing_of(*values) is None
    assert the_timing(is_arm=True) is None


def test_what_costs_nothing_is_done_at_once():
    assert explanation.timing_of(Decimal("6.5"), Decimal("0"), 0.0, 0.0).verdict == "act_now"
    assert explanation.timing_of(Decimal("6.5"), Decimal("-0.001"), 0.0, -5.0).verdict == "not_in_the_money"
