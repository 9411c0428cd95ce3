"""A touch with everybody and everything it is about, in one statement that is put together once: every send makes it."""

import json
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from accounts.models import Lender, User
from loans.models import Borrower, Loan, Opportunity
from outreach.models import Enrollment, Touch

_OPPORTUNITY = (
    "id", "loan_id", "as_of", "product", "note_rate", "market_rate", "spread", "threshold", "upb", "upb_estimated",
    "months_remaining", "months_to_run", "current_payment", "new_payment", "monthly_savings", "closing_costs",
    "break_even_months",
)  # fmt: skip
_BORROWER = (
    "id", "first_name", "last_name", "email", "email_lookup", "phone", "phone_lookup", "mailing_zip", "mailing_state",
)  # fmt: skip
_READ: tuple[tuple[str, type[models.Model], tuple[str, ...]], ...] = (
    ("t", Touch, ()),
    ("o", Opportunity, _OPPORTUNITY),
    ("l", Loan, ("id", "property_city", "property_state", "property_zip", "origination_date")),
    ("b", Borrower, _BORROWER),
    ("u", User, ("id", "name", "email", "phone", "nmls_id")),
    ("e", Enrollment, ("id", "version_id", "day_one", "state")),
    ("a", Lender, ()),
)
"""Alias, model and the columns that are read of it; none named: all."""

_BESIDE = """
  (SELECT r.rates FROM loans_matchrun r WHERE r.as_of = o.as_of ORDER BY r.id DESC LIMIT 1) AS run_rates,
  (SELECT k.state FROM accounts_license k WHERE k.officer_id = t.officer_id AND k.state = l.property_state) AS licensed_in,
  EXISTS (SELECT FROM loans_opportunityevent v JOIN loans_opportunity w ON w.id = v.opportunity_id
    WHERE w.loan_id = o.loan_id AND v.kind = 'reassigned') AS handed_over,
  (SELECT bool_and(x.state IN ('bounced', 'failed', 'skipped')) FROM outreach_touch x
    WHERE x.enrollment_id = t.enrollment_id AND x.step_n < t.step_n AND x.channel = 'email') AS mail_lost,
  (SELECT json_object_agg(m.slug, tv.id) FROM outreach_templateversion tv JOIN outreach_template m ON m.id = tv.template_id
    WHERE tv.state = 'approved')::text AS approved,
  ARRAY(SELECT email_lookup FROM loans_borrower WHERE loan_id = o.loan_id AND email_lookup IS NOT NULL
    UNION SELECT phone_lookup FROM loans_borrower WHERE loan_id = o.loan_id AND phone_lookup IS NOT NULL) AS lookups"""

_FROM = """
FROM outreach_touch t
JOIN loans_opportunity o ON o.id = t.opportunity_id
JOIN loans_loan l ON l.id = o.loan_id
JOIN loans_borrower b ON b.id = t.borrower_id
JOIN accounts_user u ON u.id = t.officer_id
LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
LEFT JOIN accounts_lender a ON a.id = 1
WHERE t.id = %s"""


def touch(touch_id: UUID) -> Any:
    """The touch with opportunity, loan, borrower, officer and enrollment; beside its columns it has

    `lender`, `run_rates` (of its figures' day), `licensed_in` (the property's state, or None), `handed_over` (whether the loan
    changed hands here), `mail_lost` (every e-mail before it failed), `approved` (ids of approved template versions by slug) and
    `lookups` (every address on the loan). Raises Touch.DoesNotExist.
    """
    sql, places = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [touch_id])
        row = cursor.fetchone()
    if row is None:
        raise Touch.DoesNotExist
    found: dict[str, Any] = {}
    for alias, model, fields, start in places:
        values = [_value(field, value) for field, value in zip(fields, row[start:], strict=False)]
        known = values[0] is not None
        found[alias] = model.from_db("default", [field.attname for field in fields], values) if known else None
    read = found["t"]
    read.opportunity, read.borrower, read.officer = found["o"], found["b"], found["u"]
    read.opportunity.loan = found["l"]
    if found["e"] is not None:
        read.enrollment = found["e"]
    read.lender = found["a"] or Lender.current()
    rates, read.licensed_in, read.handed_over, read.mail_lost, approved, lookups = row[-6:]
    read.run_rates = json.loads(rates) if isinstance(rates, str) else rates
    read.approved = json.loads(approved) if approved else {}
    read.lookups = [bytes(lookup) for lookup in lookups]
    return read


@cache
def _statement() -> tuple[str, list[tuple[str, Any, list[Any], int]]]:
    """The select, and for each table where its columns begin."""
    columns: list[str] = []
    places = []
    for alias, model, names in _READ:
        fields = [field for field in model._meta.concrete_fields if not names or field.attname in names]
        places.append((alias, model, fields, len(columns)))
        columns += [f'{alias}."{field.column}"' for field in fields]
    return f"SELECT {', '.join(columns)}, {_BESIDE} {_FROM}", places


def _value(field: Any, value: Any) -> Any:
    read = getattr(field, "from_db_value", None)
    return value if read is None or value is None else read(value, None, connection)
