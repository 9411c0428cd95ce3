"""Rows and explanations as JSON has them: money and rates decimal strings, months integers, dates ISO, unknown null."""

from datetime import date
from decimal import Decimal
from typing import Any

from loans.domain.scenarios import Scenario
from loans.domain.words import round_to_cent
from loans.models import Opportunity
from loans.queries.explaining import Explanation

QUEUE_FIGURES = (
    "note_rate", "market_rate", "spread", "upb", "upb_estimated", "months_remaining", "current_payment", "new_payment",
    "monthly_savings", "total_interest_savings", "closing_costs", "break_even_months", "qualifies",
)  # fmt: skip
MONEY = {"upb", "current_payment", "new_payment", "monthly_savings", "total_interest_savings", "closing_costs"}


def plain(value: Any) -> Any:
    """A value as JSON takes it."""
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case float():
            return str(round_to_cent(value))
    return value


def queue_row(row: Opportunity, rank: int) -> dict[str, Any]:
    """A row of `opportunities.queue`."""
    return {
        "rank": rank,
        "loan_number": row.loan_number,
        "borrower": f"{row.client_first_name or ''} {row.client_last_name or ''}".strip(),  # type: ignore[attr-defined]
        "officer": row.loan.officer.email if row.loan.officer else None,
        "program": row.loan.program,
        "product": row.product,
        "proxy": row.proxy,
        **{name: plain(getattr(row, name)) for name in QUEUE_FIGURES},
        "status": row.status,
        "last_contact": plain(row.last_contact_at),
    }


def explanation(explained: Explanation, row: Opportunity | None) -> dict[str, Any]:
    """What `explain --json` and the API answer; `row` is the loan's open opportunity, if it has one."""
    values, loan, timing = explained.values, explained.loan, explained.timing
    client = next(iter(loan.borrowers.all()), None)
    named = {
        "note_rate": values["interest_rate"] or values["note_rate"],
        "upb": values["balance"],
        "upb_estimated": loan.upb is None,
    }
    figures = {
        "rank": None,
        "loan_number": loan.loan_number,
        "borrower": client.name if client else "",
        "officer": loan.officer.email if loan.officer else None,
        "program": loan.program,
        "product": values["product"],
        "proxy": bool(values["proxy"]),
        **{name: _figure(name, named.get(name, values.get(name))) for name in QUEUE_FIGURES},
        "qualifies": explained.eligible,
        "status": row.status if row else None,
        "last_contact": plain(row.last_contact_at) if row else None,
    }
    return {
        "loan_number": loan.loan_number,
        "as_of": explained.as_of.isoformat(),
        "eligible": explained.eligible,
        "rules": [
            {
                "name": rule.name,
                "passed": rule.passed,
                "inputs": {name: plain(value) for name, value in rule.inputs.items()},
                "sentence": rule.sentence,
                "citation": rule.citation or None,
                "opens_on": plain(rule.opens_on),
                "opens_at_rate": plain(rule.opens_at_rate),
            }
            for rule in explained.rules
        ],
        "figures": figures,
        "scenarios": [_scenario(scenario) for scenario in (*explained.scenarios[1:], *explained.further)],
        "adl": {"threshold_bp": timing.threshold_bp, "verdict": timing.verdict} if timing else None,
    }


def _figure(name: str, value: Any) -> Any:
    if name in MONEY and value is not None:
        return str(round_to_cent(float(value)))
    return int(value) if name == "break_even_months" and value is not None else plain(value)


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "rate": plain(scenario.rate),
        "months": None if scenario.months is None else round(scenario.months, 1),
        "payment": plain(scenario.payment),
        "total_interest": plain(scenario.total_interest),
        "monthly_savings": plain(scenario.monthly_savings),
        "total_interest_savings": plain(scenario.total_interest_savings),
        "closing_costs": plain(scenario.closing_costs),
        "break_even_months": scenario.break_even_months,
        "note": scenario.note,
    }
