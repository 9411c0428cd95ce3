"""A borrower with a link: the loan of the pictures, its opportunity, a message that went out, and what else may be wanted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings

from accounts.models import Branch, Lender, License, User
from loans.models import Opportunity
from loans.services import matching
from outreach.models import (
    Channel,
    Enrollment,
    EnrollmentState,
    Sequence,
    SequenceVersion,
    Touch,
    TouchKind,
    TouchState,
)
from tests.loans.rows import AS_OF, make_loan, set_market

if TYPE_CHECKING:
    from django.db.models import Model

NOW = datetime(2026, 4, 24, 16, 0, tzinfo=UTC)
"""Friday morning, ten o'clock in Denver."""

EMAIL, PHONE = "maria.delgado@example.com", "+13035550188"


def make_lender() -> Lender:
    return Lender.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Juniper Vale Home Loans",
            "nmls_id": "9900112",
            "time_zone": "America/Denver",
            "street": "1200 Example Street, Suite 400",
            "city": "Denver",
            "state": "CO",
            "zip_code": "80203",
            "phone": "(303) 555-0140",
        },
    )[0]


def make_officer(branch: Branch, name: str = "Jonah Reyes") -> User:
    user = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}@example.com", "a long pass phrase", name=name, branch=branch, nmls_id="9904471"
    )
    User.objects.filter(pk=user.pk).update(phone="(303) 555-0142")
    user.refresh_from_db()
    License.objects.create(officer=user, state="CO", expires_on=date(2026, 12, 31))
    return user


def make_link(officer: User | None, token: str = "7k2qxmwp3nht", **columns: Any) -> Touch:
    """A link that was sent on NOW's day. Columns are the loan's; `market=None` leaves the market as it is."""
    if columns.pop("market", True):
        set_market()
    given: dict[str, Any] = {
        "note_rate": Decimal("7.375"),
        "original_amount": Decimal("468000.00"),
        "origination_date": date(2022, 11, 14),
        "first_payment_date": date(2023, 1, 1),
        "upb": Decimal("435871.19"),
        "upb_as_of": AS_OF,
        "property_state": "CO",
        "property_zip": "80203",
        "name": ("Maria", "Delgado"),
        "email": EMAIL,
        "phone": PHONE,
        "officer": officer,
        "branch": officer.branch if officer else None,
    }
    loan = make_loan(**(given | columns))
    matching.run(AS_OF)
    row = Opportunity.objects.get(loan=loan)
    branch = loan.branch or Branch.objects.first()
    return Touch.objects.create(
        kind=TouchKind.BY_HAND,
        channel=Channel.EMAIL,
        opportunity=row,
        borrower=loan.borrowers.get(),
        branch=branch,
        officer=officer or User.objects.first(),
        address_lookup=settings.FIELD_KEYS.lookup(columns.get("email", EMAIL)),
        state=TouchState.ACCEPTED,
        due_at=NOW,
        not_after=NOW + timedelta(days=1),
        sent_at=NOW - timedelta(hours=1),
        link_token=token,
    )


def enroll(touch: Touch) -> tuple[Enrollment, Touch]:
    """A sequence that runs for the touch's opportunity, and the next message of it, which waits."""
    sequence, _ = Sequence.objects.get_or_create(slug="day-1-4-10-refinance", defaults={"title": "Day 1, 4, 10"})
    version, _ = SequenceVersion.objects.get_or_create(
        sequence=sequence, number=1, defaults={"steps": {}, "content_hash": "0" * 64}
    )
    row = touch.opportunity
    enrollment = Enrollment.objects.create(
        sequence=sequence,
        version=version,
        opportunity=row,
        loan=row.loan,
        branch=touch.branch,
        officer=touch.officer,
        trigger_key=f"opportunity:{row.pk}:1",
        state=EnrollmentState.ACTIVE,
        started_at=NOW,
    )
    waiting = Touch.objects.create(
        enrollment=enrollment,
        step_n=2,
        day=4,
        channel=Channel.SMS,
        opportunity=row,
        borrower=touch.borrower,
        branch=touch.branch,
        officer=touch.officer,
        address_lookup=touch.borrower.phone_lookup,
        due_at=NOW + timedelta(days=3),
        not_after=NOW + timedelta(days=4),
        link_token=f"w{touch.link_token[1:]}",
    )
    return enrollment, waiting


def everything() -> dict[str, int]:
    """How many rows each table of outreach, loans and accounts holds."""
    models: list[type[Model]] = [
        model for app in ("outreach", "loans", "accounts") for model in apps.get_app_config(app).get_models()
    ]
    return {model.__name__: model._default_manager.count() for model in models}
