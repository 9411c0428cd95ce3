"""Numbers and columns agree: each figure to the cent, each rule in its verdict, for drawn loans and for poisonous ones."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Branch, License, User
from loans.domain import covering, eligibility, explanation, figures
from loans.domain.applying_rate import NarrowRate
from loans.domain.words import round_to_cent
from loans.models import Borrower, Loan, Policy
from loans.queries import explaining, match_statements, staging
from loans.queries.terms import terms
from rates.queries import market
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = pytest.mark.django_db

FIGURES = tuple(formula.__name__ for stage in figures.STAGES for formula in stage)
DOLLARS = {
    "current_payment", "new_payment", "long_payment", "closing_costs", "monthly_savings", "total_interest_savings",
    "long_interest_savings", "net_savings", "balance", "lender_costs", "early_payoff_cost", "insurance_now", "insurance_new",
    "payment_cut",
}  # fmt: skip


NARROW = (
    NarrowRate("conventional_30", Decimal("6.125"), "", ltv_to=80.0, score_from=740),
    NarrowRate("conventional_30", Decimal("6.375"), "", ltv_over=80.0, score_to=739),
    NarrowRate("conventional_30", Decimal("6.250"), "", ltv_to=80.0),
    NarrowRate("fha_30", Decimal("5.875"), "", score_from=640),
    *(
        NarrowRate("jumbo_30", Decimal(6) + Decimal(step) / 1000, "", score_from=step, score_to=step + 24)
        for step in range(300, 850, 25)
    ),
)


def the_terms(**changed: Any) -> figures.Terms:
    return dataclasses.replace(terms(AS_OF, Policy.current(), market.applying(AS_OF)), **changed)


def set_based(run: figures.Terms) -> dict[str, dict[str, Any]]:
    return {row["loan_number"]: row for row in staging.judged(run, [*figures.FACTS, *FIGURES])}


def assert_agree(loan: Loan, row: dict[str, Any], run: figures.Terms) -> dict[str, bool | None]:
    return assert_same(figures.compute(explaining.facts(loan, run.as_of), run), row)


def assert_same(values: dict[str, Any], row: dict[str, Any]) -> dict[str, bool | None]:
    """What one loan gives and what its row gives: the verdicts, all of them equal."""
    for name in FIGURES:
        single, column = values[name], row[name]
        if single is None or column is None:
            assert single is column, (name, single, column, row)
        elif name in DOLLARS:
            assert round_to_cent(single) == round_to_cent(column), (name, row)
        elif isinstance(single, float):
            assert abs(column - single) <= 1e-9 + 1e-9 * abs(single), (name, single, column, row)
        else:
            assert column == single, (name, row)
    verdicts = eligibility.judge(values)
    assert {name: row[staging.VERDICT.format(name)] for name in verdicts} == verdicts, row
    return verdicts


DAYS = st.dates(date(1994, 1, 1), date(2027, 12, 31)) | st.sampled_from(
    [date(2024, 2, 29), date(2023, 1, 31), date(2025, 10, 25), date(2025, 10, 26), AS_OF, AS_OF - timedelta(days=181)]
)
RATES = st.decimals(Decimal("0.001"), Decimal("24.999"), places=3) | st.decimals(Decimal("2.5"), Decimal("9"), places=3)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("99999999.99"), places=2) | st.decimals(40_000, 2_000_000, places=2)
PEOPLE = st.sampled_from(["", "a@example.com", "b@example.com", "c@example.com"])


@st.composite
def drawn_loans(draw: st.DrawFn) -> dict[str, Any]:
    amount, upb = draw(st.none() | AMOUNTS), draw(st.none() | AMOUNTS)
    if amount is None and upb is None:
        amount = Decimal(250_000)
    return {
        "note_rate": draw(RATES),
        "current_rate": draw(st.none() | RATES),
        "amortization": draw(st.sampled_from(["fixed", "fixed", "fixed", "arm"])),
        "interest_only": draw(st.integers(0, 9)) == 0,
        "original_amount": amount,
        "upb": upb,
        "upb_as_of": draw(DAYS) if upb else None,
        "term_months": draw(st.sampled_from([360, 360, 180, 240]) | st.integers(1, 480)),
        "origination_date": draw(DAYS),
        "first_payment_date": draw(DAYS),
        "program": draw(st.sampled_from(["conventional", "fha", "va", "usda"])),
        "property_state": draw(st.sampled_from(["", "CO", "HI", "AK", "TX", "MA"])),
        "county_fips": draw(st.sampled_from(["", "08031", "15009", "08001", "8031"])),
        "property_value": draw(st.none() | AMOUNTS),
        "ltv": draw(st.none() | st.decimals(Decimal("0.001"), Decimal(200), places=3)),
        "credit_score": draw(st.none() | st.integers(300, 850)),
        "status": draw(st.sampled_from(["active"] * 6 + ["paid_off", "transferred", "in_application"])),
        "lien_position": draw(st.sampled_from([1, 1, 1, 2])),
        "purpose": draw(st.sampled_from(["", "purchase", "refinance", "cash_out_refinance"])),
        "last_refinanced_on": draw(st.none() | DAYS),
        "early_payoff_until": draw(st.none() | st.none() | DAYS),
        "do_not_solicit": draw(st.sampled_from([""] * 8 + ["bankruptcy", "investor non-solicit", "unknown"])),
        "email": draw(PEOPLE),
        "investor": draw(st.sampled_from(["", "", "Acme ", "other"])),
        "occupancy": draw(st.sampled_from(["", "primary", "investment"])),
        "tx_a6": draw(st.sampled_from([None, None, None, True, False])),
        "prepayment_penalty_until": draw(st.none() | st.none() | DAYS),
        "mortgage_insurance_monthly": draw(st.none() | st.decimals(0, 900, places=2)),
        "annual_mip": draw(st.none() | st.none() | st.sampled_from([Decimal("0.850"), Decimal("0.550")])),
        "fha_case_date": draw(st.none() | st.none() | DAYS),
        "va_funding_fee_exempt": draw(st.sampled_from([None, True, False])),
    }


@settings(
    max_examples=50,
    deadline=None,
    # Shrinking twenty loans takes minutes; the message names the one that differs.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(book=st.lists(drawn_loans(), min_size=20, max_size=20))
def test_for_1000_drawn_loans_numbers_and_columns_say_the_same(book: list[dict[str, Any]], django_db_blocker) -> None:
    Loan.objects.all().delete()
    if not Policy.objects.exists():
        Policy().save()
        set_market()
    loans = [make_loan(name=("A", f"B{number}"), **columns) for number, columns in enumerate(book)]
    counties = {f"{number:05}": 800_000.0 + number for number in range(8_020, 8_040)}
    run = the_terms(limits_by_county=counties, buckets=NARROW)
    rows = set_based(run)
    assert len(rows) == len(loans)
    for loan in loans:
        assert_agree(loan, rows[loan.loan_number], run)


NUMBERS = {
    "threshold_rows": covering.narrowest_first([
        covering.ThresholdRow(Decimal("0.500"), family="va"),
        covering.ThresholdRow(Decimal("1.000"), balance_below=150_000.0),
        covering.ThresholdRow(Decimal("0.750"), balance_from=150_000.0, balance_below=300_000.0),
    ]),
    "cost_rows": covering.narrowest_first([
        covering.CostRow(1500.0, 0.5, program="va"), covering.CostRow(3000.0, 1.25, state="TX"),
        covering.CostRow(0.0, 0.0, state="CO", program="va"),
    ]),
    "early_payoff_windows": {"acme": covering.Window(270, 2.5)},
    "early_payoff_warns": True,
    "break_even_limit": 30,
}  # fmt: skip


def excluded_by(run: figures.Terms) -> dict[str, tuple[bool, set[str]]]:
    """Of each loan as the match's own statement has it: whether it is eligible, and the rules that keep it out."""
    sql, params = staging.judged(run, match_statements.READ).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(match_statements.judged(sql), params)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {
        row["loan_number"]: (row["eligible"], {rule.name for rule in eligibility.RULES if row[f"out_{rule.name}"]})
        for row in rows
    }


# The facts come from the rows; that they are those of the loan, the 1,000 above compare.
@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(book=st.lists(drawn_loans(), min_size=100, max_size=100), others=st.booleans())
def test_for_10000_drawn_loans_of_every_program_each_cent_and_each_verdict_agree(book, others, django_db_blocker) -> None:
    Loan.objects.all().delete()
    if not Policy.objects.exists():
        Policy().save()
        set_market()
    for columns in book:
        columns.pop("email")
    Loan.objects.bulk_create(Loan(loan_number=f"L-{number}", **columns) for number, columns in enumerate(book))
    run = dataclasses.replace(the_terms(), **NUMBERS) if others else the_terms()
    rows, excluded = set_based(run), excluded_by(run)
    assert len(rows) == len(excluded) == 100
    for number, row in rows.items():
        values = figures.compute({name: row[name] for name in figures.FACTS}, run)
        verdicts = assert_same(values, row)
        told = {rule.name for rule in explanation.explain(values) if rule.excludes}
        assert excluded[number] == (eligibility.eligible(verdicts), told), row


@pytest.mark.parametrize(("fixed", "percent"), [(0.0, 0.0), (0.01, 0.0), (0.0, 1.0), (25_000.0, 5.0)])
def test_whatever_refinancing_costs_numbers_and_columns_say_the_same_of_when_to_act(fixed: float, percent: float) -> None:
    set_market()
    amounts = (1, 900, 30_000, 250_000, 1_000_000, 90_000_000)
    loans = [make_loan(original_amount=Decimal(amount), note_rate=rate) for amount in amounts for rate in ("3.125", "7.500")]
    run = dataclasses.replace(the_terms(), cost_fixed=fixed, cost_percent=percent)
    rows = set_based(run)
    for loan in loans:
        loan.refresh_from_db()
        assert_agree(loan, rows[loan.loan_number], run)
        assert rows[loan.loan_number]["optimal_bp"] >= 0
    if not fixed and not percent:
        assert {rows[loan.loan_number]["optimal_bp"] for loan in loans} == {0}


def test_a_spread_at_the_threshold_counts_for_each_market_rate_from_3_to_999() -> None:
    products = {
        "conventional_30": {}, "conventional_15": {"term_months": 180},
        "jumbo_30": {"original_amount": 1_900_000}, "jumbo_15": {"original_amount": 1_900_000, "term_months": 180},
        **{f"{program}_30": {"program": program} for program in ("fha", "va", "usda")},
        **{f"{program}_15": {"program": program, "term_months": 180} for program in ("fha", "va", "usda")},
    }  # fmt: skip
    at = {product: make_loan(f"at-{product}", **columns) for product, columns in products.items()}
    under = {product: make_loan(f"under-{product}", **columns) for product, columns in products.items()}
    base = the_terms()
    rates = iter([Decimal(3) + Decimal(step) / 100 for step in range(700)])
    for _ in range(70):
        markets = {product: next(rates) for product in products}
        for product, rate in markets.items():
            threshold = base.thresholds[product]
            at[product].note_rate, under[product].note_rate = rate + threshold, rate + threshold - Decimal("0.001")
        Loan.objects.bulk_update([*at.values(), *under.values()], ["note_rate"])
        run = dataclasses.replace(base, market_rates=markets)
        rows = set_based(run)
        for product in products:
            assert rows[f"at-{product}"]["product"] == product
            assert rows[f"at-{product}"]["passes_spread"] is True, (product, markets[product])
            assert rows[f"under-{product}"]["passes_spread"] is False, (product, markets[product])
            values = figures.compute(explaining.facts(at[product], run.as_of), run)
            assert eligibility.judge(values)["spread"] is True
    assert next(rates, None) is None


POISON: dict[str, dict[str, Any]] = {
    "balance above schedule": {"upb": 900_000, "upb_as_of": AS_OF},
    "interest above the payment": {"original_amount": 1000, "upb": 9_000_000, "upb_as_of": AS_OF},
    "matured": {"origination_date": date(1990, 1, 1), "first_payment_date": date(1990, 3, 1)},
    "matures this month": {"first_payment_date": date(1996, 5, 1)},
    "paid off by its own schedule": {"term_months": 1},
    "a cent left": {"upb": Decimal("0.01"), "upb_as_of": AS_OF},
    "a cent left long ago": {"upb": Decimal("0.01"), "upb_as_of": date(2024, 6, 1)},
    "a balance of after today": {"upb": 440_000, "upb_as_of": date(2027, 12, 1)},
    "a balance of before it began": {"upb": 456_000, "upb_as_of": date(2024, 4, 17)},
    "a rate next to nothing": {"note_rate": Decimal("0.001")},
    "a rate next to the limit": {"note_rate": Decimal("24.999")},
    "the highest rate and the longest term": {"note_rate": Decimal("24.999"), "term_months": 480, "upb": 1, "upb_as_of": AS_OF},
    "an arm of which nothing is known": {"amortization": "arm"},
    "an arm of which all is known": {
        "amortization": "arm",
        "current_rate": Decimal("8.125"),
        "upb": 440_000,
        "upb_as_of": AS_OF,
    },
    "interest only": {"interest_only": True},
    "no original amount": {"original_amount": None, "upb": 440_000, "upb_as_of": date(2026, 3, 31)},
    "a balance of after maturity alone": {"original_amount": None, "upb": 5, "upb_as_of": date(2060, 1, 1)},
    "the largest amounts": {"original_amount": Decimal("9999999999.99"), "upb": Decimal("9999999999.99"), "upb_as_of": AS_OF},
    "first payment after the end": {"first_payment_date": date(2090, 12, 31)},
}


def test_poisonous_rows_neither_break_a_run_nor_slip_through() -> None:
    set_market()
    loans = {name: make_loan(name, **columns) for name, columns in POISON.items()}
    run = the_terms()
    rows = set_based(run)
    eligible = set()
    for name, loan in loans.items():
        if eligibility.eligible(assert_agree(loan, rows[name], run)):
            eligible.add(name)
    # Unknown figures do not exclude, but wait for a person; every other eligible row has a saving.
    assert {name for name in eligible if rows[name]["review"]} == {
        "a balance of after maturity alone", "an arm of which nothing is known", "interest only",
    }  # fmt: skip
    assert {name for name in eligible if not rows[name]["review"]} == {
        "a balance of after today", "a balance of before it began", "a rate next to the limit", "an arm of which all is known",
        "first payment after the end", "no original amount", "the highest rate and the longest term", "the largest amounts",
    }  # fmt: skip
    assert all(rows[name]["total_interest_savings"] > 0 for name in eligible if not rows[name]["review"])


def test_what_another_loan_of_the_same_borrower_tells_counts_here_too() -> None:
    set_market()
    by_email = make_loan("by-email", email="m@example.com")
    make_loan("other", email="m@example.com", purpose="refinance", origination_date=date(2025, 12, 1))
    by_phone = make_loan("by-phone", phone="+13035550142", name=("Ana", "Ruiz"))
    make_loan("applying", phone="+13035550142", name=("A.", "RUIZ"), status="in_application")
    other_name = make_loan("other-name", phone="+13035550142", name=("Ana", "Stone"))
    flagged = make_loan("co-borrower-flagged")
    Borrower.objects.create(loan=flagged, position=2, last_name="Vega", email_lookup=b"0" * 16)
    twin = make_loan("flag", do_not_solicit="litigation")
    Borrower.objects.filter(loan=twin).update(email_lookup=b"0" * 16)
    banned = make_loan("banned", email="i@example.com", do_not_solicit="Investor non-solicit")
    neighbour = make_loan("neighbour", email="i@example.com")
    run = the_terms()
    rows = set_based(run)
    failed = {
        loan.loan_number: {name for name, passed in assert_agree(loan, rows[loan.loan_number], run).items() if passed is False}
        for loan in (by_email, by_phone, other_name, flagged, banned, neighbour)
    }
    assert failed == {
        "by-email": {"recent_refinance"},
        "by-phone": {"active_first_lien"},
        "other-name": set(),
        "co-borrower-flagged": {"do_not_solicit"},
        "banned": {"do_not_solicit"},
        "neighbour": set(),
    }


def test_a_loan_without_e_mail_or_phone_is_nobodys_twin() -> None:
    set_market()
    alone = make_loan("alone", name=("", ""))
    make_loan("also-empty", name=("", ""), purpose="refinance", origination_date=date(2026, 1, 2))
    run = the_terms()
    assert False not in assert_agree(alone, set_based(run)["alone"], run).values()


def test_an_officers_license_counts_for_its_state_until_its_last_day() -> None:
    set_market()
    denver = Branch.objects.create(name="Denver")
    olivia, ben = (User.objects.create(email=f"{name}@example.com", branch=denver) for name in ("olivia", "ben"))
    for state, last in (("CO", AS_OF), ("TX", AS_OF - timedelta(days=1)), ("AK", AS_OF)):
        License.objects.create(officer=olivia, state=state, expires_on=last)
    loans = {
        "licensed": make_loan("licensed", officer=olivia),
        "elsewhere": make_loan("elsewhere", officer=olivia, property_state="UT"),
        "expired": make_loan("expired", officer=olivia, property_state="TX"),
        "not on file": make_loan("not on file", officer=ben),
        "nobody": make_loan("nobody"),
        "no state": make_loan("no state", officer=olivia, property_state=""),
    }
    run = the_terms()
    rows = set_based(run)
    assert {name: assert_agree(loan, rows[name], run)["license"] for name, loan in loans.items()} == {
        "licensed": True, "elsewhere": False, "expired": False, "not on file": None, "nobody": None, "no state": None,
    }  # fmt: skip
    out = excluded_by(run)
    assert {name for name, (eligible, _) in out.items() if not eligible} == {"elsewhere", "expired"}
