"""The demo's 300 loans: each drawn to stand clearly in or out of the queue, and most kinds of out are there.

Nothing depends on the day but the dates themselves, so that the queue holds as many on any day. Rates are eighths above or
below today's market, dates so many months before today.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from loans.domain.words import minus_months
from refidetect.management.demo import names, survey
from refidetect.management.demo.people import OFFICERS

SEED = 20260423
# The first officer has the largest book, so that one person's queue has something to scroll.
OFFICER_WEIGHTS = (5, *(1 for _ in OFFICERS[1:]))
MARKET_15_BELOW = Decimal("0.75")


@dataclass(frozen=True)
class Kind:
    """So many loans, closed between `months` ago, at `above` to `above_to` percentage points over the market."""

    count: int
    months: tuple[int, int]
    above: float
    above_to: float
    columns: dict[str, Any] = field(default_factory=dict)


FIFTEEN = {"term_months": 180}
JUMBO = {"amounts": (980, 1650)}
KINDS = (
    # In the queue.
    Kind(27, (14, 40), 0.75, 1.50),
    Kind(4, (16, 36), 1.00, 1.375, JUMBO),
    Kind(7, (15, 34), 0.75, 1.375, {"program": "fha", "amounts": (190, 420)}),
    Kind(4, (15, 34), 0.75, 1.125, {"program": "va", "amounts": (260, 520)}),
    Kind(4, (15, 38), 0.875, 1.25, FIFTEEN),
    # Out: the spread is short, by little or by far.
    Kind(36, (10, 34), 0.125, 0.50),
    Kind(128, (38, 66), -3.25, -0.50),
    Kind(22, (12, 60), -0.25, 0.00, {"program": "fha", "amounts": (180, 400)}),
    Kind(14, (12, 60), -1.50, 0.00, {"program": "va", "amounts": (240, 520)}),
    Kind(6, (14, 36), 0.75, 0.75, {**JUMBO, "short_jumbo": True}),
    # Out for other reasons, at rates that would have been in.
    Kind(12, (1, 5), 0.75, 1.00),
    Kind(9, (4, 20), 0.875, 1.25, {"purpose": "refinance"}),
    Kind(5, (122, 150), 0.75, 1.50, {**FIFTEEN, "amounts": (160, 320)}),
    Kind(4, (14, 36), 1.00, 1.50, {"lien_position": 2, "amounts": (60, 120)}),
    Kind(5, (14, 40), 0.875, 1.25, {"status": "in_application"}),
    Kind(7, (20, 44), 0.75, 1.25, {"status": "paid_off"}),
    Kind(2, (14, 36), 0.875, 1.125, {"do_not_solicit": "bankruptcy"}),
    Kind(1, (14, 36), 1.125, 1.125, {"do_not_solicit": "deceased"}),
    Kind(3, (14, 36), 0.875, 1.25, {"do_not_solicit": "investor non-solicit"}),
)
HEADINGS = (
    "loan_number", "borrower_first_name", "borrower_last_name", "email", "phone", "co_borrower_first_name",
    "co_borrower_last_name", "note_rate", "origination_date", "term_months", "original_amount", "program", "purpose",
    "lien_position", "occupancy",
    "property_street", "property_city", "property_state", "property_zip", "property_value", "ltv", "credit_score",
    "officer_email", "officer_nmls", "branch", "servicing", "do_not_solicit", "sms_consent",
    "sms_consent_at", "status",
)  # fmt: skip


def write(path: Path, today: date) -> int:
    """The book as a portfolio file; returns how many loans it has."""
    rows = list(loans(today))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def loans(today: date) -> Iterator[dict[str, Any]]:
    """The rows, by loan number; the kinds are shuffled among officers and numbers, always the same way."""
    draw = random.Random(SEED)  # noqa: S311  not for secrets: the demo is the same each time
    market = survey.thirty_year_on(today, today)
    kinds = [kind for kind in KINDS for _ in range(kind.count)]
    draw.shuffle(kinds)
    used: set[tuple[str, str]] = set()
    for number, kind in enumerate(kinds):
        yield _loan(draw, number, kind, market, today, used)


def _loan(
    draw: random.Random, number: int, kind: Kind, market: Decimal, today: date, used: set[tuple[str, str]]
) -> dict[str, Any]:
    officer = draw.choices(OFFICERS, OFFICER_WEIGHTS)[0]
    city, state, zip_code, area = draw.choice(names.BRANCHES[officer.branch or ""][1])
    first, last = _name(draw, used)
    columns = dict(kind.columns)
    low, high = columns.pop("amounts", (210, 690))
    term = columns.get("term_months", 360)
    base = market - MARKET_15_BELOW if term == 180 else market
    above = Decimal(draw.randrange(round(kind.above * 8), round(kind.above_to * 8) + 1)) / 8
    rate = _eighth(base + above, up=kind.above > 0 and not columns.pop("short_jumbo", False))
    closed = minus_months(today, draw.randint(*kind.months)) - timedelta(days=draw.randint(0, 24))
    amount = draw.randint(low, high) * 1000
    value = round(amount / draw.choice((0.64, 0.72, 0.78, 0.8, 0.85, 0.9, 0.95)), -3)
    street = f"{draw.choice(names.STREETS)} {draw.choice(('Street', 'Avenue', 'Lane', 'Court'))}"
    row = {
        "loan_number": f"HP-{20101 + number * 13}",
        "borrower_first_name": first,
        "borrower_last_name": last,
        "email": f"{first}.{last}@example.com".lower() if number % 23 else "",
        "phone": f"({area}) 555-01{number % 100:02d}" if number % 17 else "",
        "note_rate": max(rate, Decimal("2.375")),
        "origination_date": closed.isoformat(),
        "term_months": term,
        "original_amount": amount,
        "program": "conventional",
        "purpose": "purchase",
        "lien_position": 1,
        "occupancy": draw.choices(("primary", "second_home", "investment"), (12, 1, 2))[0],
        "property_street": f"{draw.randint(12, 9800)} {street}",
        "property_city": city,
        "property_state": state,
        "property_zip": zip_code,
        "property_value": value,
        "ltv": f"{100 * amount / value:.2f}",
        "credit_score": draw.randint(640, 815),
        "officer_email": officer.email,
        "officer_nmls": officer.nmls_id,
        "branch": officer.branch,
        "servicing": draw.choice(("retained", "released")),
        "sms_consent": draw.choice(("yes", "yes", "no")),
        "status": "active",
        **columns,
    }
    # Given with the papers of the loan.
    row["sms_consent_at"] = f"{closed.isoformat()}T12:00:00-07:00" if row["sms_consent"] == "yes" else ""
    if draw.random() < 0.35:
        others = [name for name in names.FIRST if name != first]
        row |= {"co_borrower_first_name": draw.choice(others), "co_borrower_last_name": last}
    return row


def _name(draw: random.Random, used: set[tuple[str, str]]) -> tuple[str, str]:
    while True:
        name = (draw.choice(names.FIRST), draw.choice(names.LAST))
        if name not in used:
            used.add(name)
            return name


def _eighth(rate: Decimal, *, up: bool) -> Decimal:
    """Note rates come in eighths: the next one up for a loan that shall be in, down for one that shall be out."""
    eighths = rate * 8
    whole = eighths.to_integral_value(rounding="ROUND_CEILING" if up else "ROUND_FLOOR")
    return whole / 8
