"""One loan of each program, redone by hand: month by month in decimals, and every number stands in docs/programs.md."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from loans.domain import explanation, figures
from loans.domain.words import round_to_cent
from tests.loans.domain.test_explanation import FACTS, terms

DOC = (Path(__file__).parents[3] / "docs" / "programs.md").read_text(encoding="utf-8")
LOANS: dict[str, dict[str, Any]] = {
    "Jumbo": {"original_amount": Decimal(1_200_000), "note_rate": Decimal("7.250")},
    "FHA": {
        "original_amount": Decimal(300_000), "note_rate": Decimal("7.125"), "program": "fha", "ltv": Decimal("96.500"),
    },
    "VA": {"original_amount": Decimal(400_000), "note_rate": Decimal("7.250"), "program": "va"},
    "USDA": {"original_amount": Decimal(240_000), "note_rate": Decimal("7.000"), "program": "usda"},
}  # fmt: skip


def section(name: str) -> str:
    return next(part for part in DOC.split("\n## ") if part.startswith(name))


def money(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def level(principal: Decimal, rate: str, months: int) -> Decimal:
    monthly = Decimal(rate) / 1200
    return principal * monthly / (1 - (1 + monthly) ** -months)


def balance_after(principal: Decimal, rate: str, payments: int) -> Decimal:
    payment, owed = level(principal, rate, 360), principal
    for _ in range(payments):
        owed += owed * Decimal(rate) / 1200 - payment
    return owed


@pytest.mark.parametrize("name", LOANS)
def test_a_loan_of_each_program_can_be_redone_by_hand(name: str) -> None:
    loan = LOANS[name]
    with localcontext() as precise:
        precise.prec = 50
        rate, amount = str(loan["note_rate"]), loan["original_amount"]
        owed = balance_after(amount, rate, 23)
        now, same, long = (money(level(*given)) for given in ((amount, rate, 360), (owed, "6.230", 337), (owed, "6.230", 360)))
        lender = 2000 + owed / 100
        fee = {
            "Jumbo": Decimal(0),
            "FHA": owed * Decimal("0.0175") - amount * Decimal("0.0175") * Decimal("0.34"),
            "VA": owed / 200,
            "USDA": owed / 100,
        }[name]
    values = figures.compute(FACTS | loan, terms())
    found = {key: round_to_cent(values[key]) for key in ("balance", "current_payment", "new_payment", "long_payment")}
    assert found == {"balance": money(owed), "current_payment": now, "new_payment": same, "long_payment": long}
    assert round_to_cent(values["closing_costs"]) == money(lender + fee)
    assert round_to_cent(values["lender_costs"]) == money(lender)
    assert round_to_cent(values["monthly_savings"]) == now - same
    assert values["break_even_months"] == (money(lender + fee) / (now - same)).to_integral_value(ROUND_CEILING)
    for amount in (money(owed), now, same, money(lender + fee)):
        assert f"${amount:,.2f}" in section(name)


def verdicts(name: str, **facts: Any) -> dict[str, explanation.RuleExplained]:
    return {one.name: one for one in explanation.explain(figures.compute(FACTS | LOANS[name] | facts, terms()))}


def test_what_the_page_says_of_them_is_what_the_document_says() -> None:
    fha, va, usda = (verdicts(name) for name in ("FHA", "VA", "USDA"))
    assert fha["program_benefit"].sentence == (
        "The combined rate falls by 0.895, needs 0.500 (premium 0.550% now, 0.550% then)."
    )
    assert fha["program_benefit"].turns_at_rate == Decimal("6.625")
    assert "6.625%" in section("FHA")
    assert va["program_benefit"].sentence == (
        "The rate falls by 1.020, needs 0.500; $5,923.25 of costs without the funding fee come back in 23 months, "
        "needs 36 or fewer."
    )
    assert "23 months" in section("VA")
    assert va["seasoning"].sentence.endswith("from December 28, 2024.")
    assert "December 28, 2024" in section("VA")
    assert usda["program_benefit"].sentence == (
        "With the annual fee, on a new 30 years, the payment falls by $151.79, needs $50.00; the rate falls by 0.770, "
        "needs 0.000."
    )
    assert "$151.79" in section("USDA")
    assert {one["seasoning"].citation for one in (fha, va, usda)} == {
        "HUD Handbook 4000.1, II.A.8", "38 U.S.C. 3709; VA Circular 26-19-22", "7 CFR 3555.101(d)(3)",
    }  # fmt: skip
    assert verdicts("Jumbo")["seasoning"].citation == ""


@pytest.mark.parametrize(
    ("name", "facts", "rule", "sentence", "opens_on"),
    [
        (
            "VA", {"first_payment_date": date(2025, 11, 1)}, "seasoning",
            "VA asks for six payments made as due and 210 days after the first: from May 30, 2026.", date(2026, 5, 30),
        ),
        (
            "VA", {"note_rate": Decimal("6.625")}, "program_benefit",
            "The rate falls by 0.395, needs 0.500; $5,913.71 of costs without the funding fee come back in 60 months, "
            "needs 36 or fewer.", None,
        ),
        (
            "VA", {"note_rate": Decimal("5.500")}, "program_benefit",
            "The rate rises by 0.730, needs 0.500; the payment does not fall, so the costs of $5,894.06 never come back.", None,
        ),
        (
            "FHA", {"note_rate": Decimal("6.500")}, "program_benefit",
            "The combined rate falls by 0.270, needs 0.500 (premium 0.550% now, 0.550% then).", None,
        ),
        (
            "USDA", {"note_rate": Decimal("6.250")}, "program_benefit",
            "With the annual fee, on a new 30 years, the payment falls by $37.21, needs $50.00; the rate falls by 0.020, "
            "needs 0.000.", None,
        ),
        (
            "Jumbo", {"origination_date": date(2026, 1, 2)}, "early_payoff",
            "The early-payoff window ends July 1, 2026. A payoff now would cost the lender $23,539.52.", date(2026, 7, 2),
        ),
    ],
)  # fmt: skip
def test_a_rule_that_keeps_a_loan_out_says_by_how_much(name, facts, rule, sentence, opens_on) -> None:
    run = replace(terms(), early_payoff_percent=2.0)
    explained = explanation.explain(figures.compute(FACTS | LOANS[name] | facts, run))
    said = next(one for one in explained if one.name == rule)
    assert (said.passed, said.sentence, said.opens_on) == (False, sentence, opens_on)
    assert said.excludes


def test_an_fha_loan_opens_at_the_market_that_is_said_and_not_a_thousandth_above() -> None:
    facts = FACTS | LOANS["FHA"] | {"note_rate": Decimal("6.500")}
    at = next(one for one in explanation.explain(figures.compute(facts, terms())) if one.name == "program_benefit")
    assert at.opens_at_rate == Decimal("6.000")
    for market, passed in (("6.000", True), ("6.001", False)):
        said = explanation.explain(figures.compute(facts, terms(market=market)))
        assert next(one for one in said if one.name == "program_benefit").passed is passed


def test_what_can_not_be_known_excludes_nobody_and_says_so() -> None:
    said = verdicts("FHA", ltv=None)["program_benefit"]
    assert (said.passed, said.excludes) == (None, False)
    assert said.sentence == "Can't be judged: the annual premium of the loan is not known."
    unlicensed = verdicts("VA", licensed=None)["license"]
    assert (unlicensed.passed, unlicensed.excludes) == (None, False)
    assert unlicensed.sentence == "Not judged for CO: the officer's licenses are not on file."


def test_who_is_not_licensed_in_the_state_is_kept_out() -> None:
    said = verdicts("VA", licensed=False)["license"]
    assert (said.excludes, said.sentence, said.citation) == (
        True,
        "The loan's officer is not licensed in CO.",
        "12 CFR 1008.103",
    )


def test_a_break_even_limit_that_is_set_excludes() -> None:
    run = replace(terms(), break_even_limit=48)
    said = {one.name: one for one in explanation.explain(figures.compute(FACTS | LOANS["FHA"], run))}["break_even"]
    assert (said.passed, said.sentence) == (False, "$8,302.92 come back in 49 months, needs 48 or fewer.")
    assert verdicts("FHA")["break_even"].passed is True
    rises = verdicts("FHA", note_rate=Decimal("5.000"))["break_even"]
    assert rises.sentence == "The payment does not fall, so there is no break-even in months; no limit is set."
