"""The portfolio as a file, in the canonical columns, so that what leaves can come back."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet

from loans.models import Loan

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
    "officer_email": "officer__email",
    "branch": "branch__name",
    "status": "status",
    "do_not_solicit": "do_not_solicit",
    "not_in_last_file": "not_in_last_file",
}
"""A heading to the column that fills it."""

CONTACTS = ("email", "phone")
CHUNK = 2000


def heading(*, contacts: bool) -> list[str]:
    return [name for name in COLUMNS if contacts or name not in CONTACTS]


def rows(loans: QuerySet[Loan], *, contacts: bool) -> Iterator[tuple[Any, ...]]:
    """The cells of each loan, read in chunks; `loans` comes from `portfolio.visible`."""
    if contacts:
        loans = loans.annotate(client_email=F("client__email"), client_phone=F("client__phone"))
    values = loans.select_related(None).values_list(*(COLUMNS[name] for name in heading(contacts=contacts)))
    for row in values.iterator(chunk_size=CHUNK):
        yield tuple(_cell(value) for value in row)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
