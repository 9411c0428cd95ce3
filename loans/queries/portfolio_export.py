"""The portfolio as a file, in the canonical columns, so that what leaves can come back; and the early payoff of the day."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower, Trim

from loans.domain import costs, figures, words
from loans.models import Loan, LoanStatus
from loans.queries import explaining, staging

COLUMNS = {
    "loan_number": "loan_number",
    "borrower_first_name": "client_first_name",
    "borrower_last_name": "client_last_name",
    "email": "client_email",
    "phone": "client_phone",
    "note_rate": "note_rate",
    "origination_date": "origination_date",
    "first_payment_date": "first_payment_date",
    "term_months": "term_months",
    "original_amount": "original_amount",
    "upb": "upb",
    "upb_as_of": "upb_as_of",
    "current_rate": "current_rate",
    "program": "program",
    "amortization": "amortization",
    "purpose": "purpose",
    "lien_position": "lien_position",
    "occupancy": "occupancy",
    "property_city": "property_city",
    "property_state": "property_state",
    "property_zip": "property_zip",
    "investor": "investor",
    "early_payoff_until": "early_payoff_until",
    "officer_email": "officer__email",
    "branch": "branch__name",
    "status": "status",
    "do_not_solicit": "do_not_solicit",
    "not_in_last_file": "not_in_last_file",
}
"""A heading to the column that fills it."""

WORKED_OUT = ("early_payoff_ends", "early_payoff_cost")
"""Of the day: the last day on which the lender would lose its premium, and what that would cost; an import leaves them out."""

OPEN = (LoanStatus.ACTIVE, LoanStatus.IN_APPLICATION)
CONTACTS = ("email", "phone")
CHUNK = 2000


def heading(*, contacts: bool) -> list[str]:
    return [*(name for name in COLUMNS if contacts or name not in CONTACTS), *WORKED_OUT]


def rows(loans: QuerySet[Loan], *, contacts: bool, today: date) -> Iterator[tuple[Any, ...]]:
    """The cells of each loan, read in chunks; `loans` comes from `portfolio.visible`."""
    if contacts:
        loans = loans.annotate(client_email=F("client__email"), client_phone=F("client__phone"))
    terms = explaining.basis(today).terms
    charged = _early_payoff_costs(loans, terms)
    ends = costs.early_payoff_ends(
        F("origination_date"), F("early_payoff_until"), Lower(Trim("investor")), terms.early_payoff_days,
        terms.early_payoff_windows,
    )  # fmt: skip
    names = [COLUMNS[name] for name in heading(contacts=contacts) if name in COLUMNS]
    values = (
        loans.select_related(None).annotate(early_payoff_ends=ends).values_list(*names, "early_payoff_ends", "pk", "status")
    )
    for *row, end, pk, status in values.iterator(chunk_size=CHUNK):
        yield (*map(_cell, row), end, _cost(charged, pk, end, status, today))


def _cost(charged: dict[int, Decimal], pk: int, end: date, status: str, today: date) -> Decimal | None:
    """Dollars; none for a loan that is over, or whose balance is not known while its window is open."""
    if status not in OPEN:
        return None
    return charged.get(pk) if end >= today else Decimal("0.00")


def _early_payoff_costs(loans: QuerySet[Loan], terms: figures.Terms) -> dict[int, Decimal]:
    """What paying off now would cost the lender, by loan, of those whose window is open. One statement."""
    longest = max(terms.early_payoff_days, *(window.days for window in terms.early_payoff_windows.values()), 0)
    recent = Q(early_payoff_until__isnull=True, origination_date__gte=terms.as_of - timedelta(days=longest))
    among = Loan.objects.filter(recent | Q(early_payoff_until__gte=terms.as_of), pk__in=loans.order_by().values("pk"))
    statement, params = staging.judged(terms, ("early_payoff_cost",), among).query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        staging.prepare(cursor)
        cursor.execute(f"SELECT j.id, j.early_payoff_cost FROM ({statement}) AS j", params)  # noqa: S608
        return {pk: words.round_to_cent(cost) for pk, cost in cursor.fetchall() if cost is not None}


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
