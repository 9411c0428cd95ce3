"""One borrower's facts, those of the sample estimate, and the presets, for the tests of what a message says."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import outreach
from outreach.domain import template_file
from outreach.domain.linter import TemplateSource
from outreach.domain.merge_fields import MessageFacts

PRESETS = Path(outreach.__file__).parent / "presets"

FACTS = MessageFacts(
    first_name="Maria",
    last_name="Delgado",
    officer_name="Jonah Reyes",
    officer_phone="+13035550142",
    officer_email="jonah.reyes@junipervale.example.com",
    officer_nmls="9904471",
    licensed_in="CO",
    lender_name="Juniper Vale Home Loans",
    lender_nmls="9900112",
    postal_address="1200 Example Street, Suite 400, Denver, CO 80203",
    property_city="Denver",
    property_state="CO",
    closed_on=date(2022, 11, 14),
    loan_type="30-year fixed",
    note_rate=Decimal("7.375"),
    current_payment=Decimal("3232.36"),
    months_left=Decimal("287.9999"),
    balance=Decimal("435871.19"),
    market_rate=Decimal("6.230"),
    market_owner="Freddie Mac",
    market_date=date(2026, 4, 23),
    market_product="30-year fixed",
    new_payment=Decimal("2920.14"),
    monthly_savings=Decimal("312.22"),
    apr=Decimal("6.392"),
    closing_costs=Decimal("6358.71"),
    break_even_months=21,
    estimate_link="https://jv.example.com/m/7K2QX",
    booking_link="https://jv.example.com/m/7K2QX",
    unsubscribe_link="https://jv.example.com/u/7K2QX",
    preferences_link="https://jv.example.com/p/7K2QX",
    day_one=date(2026, 4, 24),
)


def preset(slug: str) -> TemplateSource:
    """A template that ships."""
    return template_file.from_yaml((PRESETS / "templates" / f"{slug}.yaml").read_text()).source
