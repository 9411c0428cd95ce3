"""A desk that speaks: a branch that is switched on, templates that are approved, and borrowers worth writing to."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings

from accounts.models import Lender, User
from loans.models import Borrower, Opportunity
from loans.services import matching
from outreach.models import BranchOutreach, Consent, Mode, SenderDomain, Template, TemplateState, TemplateVersion
from outreach.services import presets
from tests.loans.rows import AS_OF, make_loan

FRIDAY = datetime(2026, 4, 24, 16, 30, tzinfo=UTC)
"""10:30 in Denver, on a business day, the day of the market."""
_numbers = itertools.count(100)


def open_desk(branch: Any, *, approver: User, mode: str = Mode.AUTOMATIC, now: datetime = FRIDAY, **settings_of: Any) -> None:
    """A lender with an address, a branch that sends, presets installed and approved, and example.com verified."""
    Lender.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Harbor Pine Home Loans",
            "nmls_id": "9900112",
            "time_zone": "America/Denver",
            "street": "1200 Example Street",
            "city": "Denver",
            "state": "CO",
            "zip_code": "80203",
            "phone": "(303) 555-0140",
        },
    )
    BranchOutreach.objects.update_or_create(branch=branch, defaults={"mode": mode} | settings_of)
    SenderDomain.objects.get_or_create(domain="example.com", defaults={"verified_at": now, "verified_by": approver})
    presets.install(now)
    approve_templates(approver, now)


def approve_templates(approver: User, now: datetime, *slugs: str) -> None:
    """Compliance accepts what ships with the product, or these of it."""
    rows = TemplateVersion.objects.filter(state=TemplateState.SUBMITTED)
    rows = rows.filter(template__slug__in=slugs) if slugs else rows
    rows.update(state=TemplateState.APPROVED, decided_by=approver, decided_at=now)


def borrower_of(loan: Any, position: int = 1) -> Borrower:
    return Borrower.objects.get(loan=loan, position=position)


def worth_writing_to(officer: User, number: str = "", *, texts: bool = True, live: bool = True, **columns: Any) -> Opportunity:
    """An open opportunity of a borrower with e-mail and phone, and with written consent to texts unless told otherwise."""
    n = next(_numbers)
    columns = {
        "email": f"borrower{n}@example.com",
        "phone": f"+1303555{n:04d}",
        "branch": officer.branch,
        "officer": officer,
        "property_zip": "80203",
        "property_city": "Denver",
    } | columns
    loan = make_loan(number, **columns)
    if texts and columns["phone"]:
        consent_to_texts(loan)
    matching.run(AS_OF)
    row = Opportunity.objects.get(loan=loan)
    if live:
        type(row.opened_run).objects.filter(pk=row.opened_run_id).update(live=True, decision="")
    return row


def consent_to_texts(loan: Any, on: date = date(2022, 11, 2)) -> Consent:
    borrower = borrower_of(loan)
    return Consent.objects.create(
        channel="sms",
        act="granted",
        lookup=settings.FIELD_KEYS.lookup(borrower.phone),
        source="file",
        at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        borrower=borrower,
    )


def templates() -> set[str]:
    return set(Template.objects.values_list("slug", flat=True))
