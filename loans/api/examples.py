"""Answers as the pages of the API show them: one invented loan, looked at on one day. A test holds them against the schema."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

LOAN: dict[str, Any] = {
    "loan_number": "2026-00417",
    "borrower": "Ana Ames",
    "officer": "olivia.hart@example.com",
    "branch": "Denver",
    "status": "active",
    "program": "conventional",
    "amortization": "fixed",
    "purpose": "purchase",
    "occupancy": "primary",
    "lien_position": 1,
    "note_rate": "7.500",
    "current_rate": None,
    "origination_date": "2024-04-17",
    "first_payment_date": "2024-06-01",
    "term_months": 360,
    "original_amount": "456000.00",
    "upb": None,
    "upb_as_of": None,
    "property_city": "Denver",
    "property_state": "CO",
    "property_zip": "80203",
    "do_not_solicit": "",
    "not_in_last_file": False,
    "updated_at": "2026-04-24T15:00:00Z",
}
LOAN_DETAIL = LOAN | {
    "borrowers": [{"position": 1, "first_name": "Ana", "last_name": "Ames"}],
    "maturity_date": "2054-05-01",
    "investor": "",
    "servicing": "retained",
    "property_value": "600000.00",
    "ltv": None,
    "last_refinanced_on": None,
    "early_payoff_until": None,
    "prepayment_penalty_until": None,
    "open_opportunity": 12,
}
UPSERTED = {
    "batches": [31],
    "rows": 2,
    "created": 1,
    "updated": 0,
    "unchanged": 0,
    "rejected": 1,
    "seconds": 0.026,
    "notes": [{"index": 1, "field": "note_rate", "reason": "This field is required.", "rejected": True}],
}
FIGURES: dict[str, Any] = {
    "note_rate": "7.500",
    "market_rate": "6.230",
    "spread": "1.270",
    "upb": "447657.10",
    "upb_estimated": True,
    "months_remaining": 337,
    "current_payment": "3188.42",
    "new_payment": "2815.82",
    "monthly_savings": "372.60",
    "total_interest_savings": "125566.20",
    "closing_costs": "6476.57",
}
PARTS = [
    {"name": "savings", "points": "50.0", "weight": 50, "sentence": "$125,566 of interest over the same term"},
    {"name": "equity", "points": "3.8", "weight": 15, "sentence": "LTV 74.6%, equity 25.4%"},
    {"name": "age", "points": "8.0", "weight": 10, "sentence": "24 months since closing"},
    {"name": "engagement", "points": "0.0", "weight": 25, "sentence": "Not contacted yet"},
]
OPPORTUNITY: dict[str, Any] = {
    "id": 12,
    "loan_number": "2026-00417",
    "borrower": "Ana Ames",
    "officer": "olivia.hart@example.com",
    "branch": "Denver",
    "program": "conventional",
    "product": "conventional_30",
    "proxy": False,
    "as_of": "2026-04-24",
    **FIGURES,
    "net_savings": "119089.63",
    "break_even_months": 18,
    "timing": "act_now",
    "act_at_rate": "6.410",
    "early_payoff_ends": "2024-10-14",
    "early_payoff_cost": "0.00",
    "score": "61.8",
    "approach": "proactive",
    "qualifies": True,
    "review": "",
    "status": "new",
    "reason": "",
    "snoozed_until": None,
    "opened_on": "2026-04-24",
    "closed_on": None,
    "last_contact": None,
}
_OPENED = {"kind": "opened", "at": "2026-04-24T14:30:00Z", "by": None, "from_status": "", "to_status": "new", "text": ""}
OPPORTUNITY_DETAIL = OPPORTUNITY | {"score_parts": PARTS, "events": [_OPENED]}


def _rule(name: str, inputs: dict[str, Any], sentence: str, opens_at_rate: str | None = None) -> dict[str, Any]:
    said = {"name": name, "passed": True, "inputs": inputs, "sentence": sentence, "citation": None}
    return said | {"opens_on": None, "opens_at_rate": opens_at_rate}


EXPLANATION = {
    "loan_number": "2026-00417",
    "as_of": "2026-04-24",
    "eligible": True,
    "rules": [
        _rule("rate_available", {"market_rate": "6.230"}, "6.230%."),
        _rule("spread", {"spread": "1.270", "threshold": "0.625"}, "7.500 − 6.230 = 1.270, needs 0.625."),
    ],
    "figures": {
        "rank": None,
        **{name: OPPORTUNITY[name] for name in ("loan_number", "borrower", "officer", "program", "product", "proxy")},
        **FIGURES,
        **{name: OPPORTUNITY[name] for name in ("break_even_months", "qualifies", "status", "last_contact")},
    },
    "scenarios": [
        {
            "name": "same_term", "rate": "6.230", "months": 337.0, "payment": "2815.82", "total_interest": "501274.24",
            "monthly_savings": "372.60", "total_interest_savings": "125566.20", "closing_costs": "6476.57",
            "break_even_months": 18, "note": "Principal and interest only.",
        },
        {
            "name": "new_30_year", "rate": "6.230", "months": 360.0, "payment": "2750.48", "total_interest": "542515.70",
            "monthly_savings": "437.94", "total_interest_savings": "84324.74", "closing_costs": "6476.57",
            "break_even_months": 15, "note": "Principal and interest only.",
        },
    ],
    "adl": {"threshold_bp": 109, "verdict": "act_now"},
    "early_payoff": {"ends": "2024-10-14", "cost": "0.00"},
    "score": {"score": "61.8", "approach": "proactive", "cutoff": 50, "parts": PARTS},
}  # fmt: skip


def answer(name: str, value: Any) -> OpenApiExample:
    """What an operation answers with 200. A list names one of its rows: the page around it is added."""
    return OpenApiExample(name, response_only=True, value=value)


def after(name: str, *, text: str = "", kind: str = "note", from_status: str = "", **changed: Any) -> OpenApiExample:
    """The opportunity after an act of a key that is called Encompass."""
    event = {"kind": kind, "at": "2026-04-24T15:00:00Z", "by": "Encompass", "from_status": from_status}
    told = event | {"to_status": changed.get("status", ""), "text": text}
    return answer(name, OPPORTUNITY_DETAIL | changed | {"events": [told, _OPENED]})
