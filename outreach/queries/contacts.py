"""Who belongs together: the addresses of a loan's borrowers, and the loans of one household.

Same borrower: same e-mail, or same phone and last name. Same household: same borrower, or same last name, street and ZIP. Empty
never matches.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from loans.models import Borrower
from refidetect.kit import contact_locks

# Where each of these people lives or gets mail, and who else of the same last name does, there or there.
_HOUSEHOLD = """
WITH me AS MATERIALIZED (SELECT * FROM loans_borrower WHERE loan_id = ANY(%(loans)s)),
home AS MATERIALIZED (
  SELECT lower(me.last_name) AS name, l.property_street_lookup AS street, left(l.property_zip, 5) AS zip
  FROM me JOIN loans_loan l ON l.id = me.loan_id
  WHERE me.last_name <> '' AND l.property_street_lookup IS NOT NULL AND l.property_zip <> ''
  UNION SELECT lower(last_name), mailing_street_lookup, left(mailing_zip, 5) FROM me
  WHERE last_name <> '' AND mailing_street_lookup IS NOT NULL AND mailing_zip <> '')
SELECT unnest(%(loans)s::bigint[]) AS loan_id
UNION SELECT b.loan_id FROM loans_borrower b JOIN me ON b.email_lookup = me.email_lookup
UNION SELECT b.loan_id FROM loans_borrower b JOIN me ON b.phone_lookup = me.phone_lookup
  AND lower(b.last_name) = lower(me.last_name) AND b.last_name <> ''
UNION SELECT b.loan_id FROM home h JOIN loans_loan l ON l.property_street_lookup = h.street AND left(l.property_zip, 5) = h.zip
  JOIN loans_borrower b ON b.loan_id = l.id AND lower(b.last_name) = h.name
UNION SELECT b.loan_id FROM home h JOIN loans_borrower b ON b.mailing_street_lookup = h.street
  AND left(b.mailing_zip, 5) = h.zip AND lower(b.last_name) = h.name"""


def household(loan_ids: Iterable[int]) -> list[int]:
    """The loans themselves and those of the same households, sorted. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLD, {"loans": sorted(loan_ids)})
        return sorted({row[0] for row in cursor.fetchall()})


def loans_of_address(lookup: bytes) -> list[int]:
    """The loans on which somebody has this e-mail address or number, sorted."""
    by_email = Borrower.objects.filter(email_lookup=lookup).values_list("loan_id", flat=True)
    by_phone = Borrower.objects.filter(phone_lookup=lookup).values_list("loan_id", flat=True)
    # Borrowers' own order has a column that the union lacks.
    return sorted(by_email.union(by_phone).order_by("loan_id"))


def addresses(loan_ids: Iterable[int]) -> list[bytes]:
    """The look-up values of every e-mail address and number on these loans, sorted."""
    rows = Borrower.objects.filter(loan_id__in=list(loan_ids)).values_list("email_lookup", "phone_lookup")
    return sorted({bytes(lookup) for row in rows for lookup in row if lookup is not None})


def keys(loan_ids: Iterable[int], lookups: Iterable[bytes] = ()) -> list[str]:
    """What `contact_lock` takes for these loans and addresses."""
    return [contact_locks.loan(one) for one in loan_ids] + [contact_locks.address(one) for one in lookups]


def keys_of_send(touch: Any) -> list[str]:
    """What a send locks: its loan, the address it goes to, and every other one on the loan, as `touch_reading` has them."""
    lookup = touch.address_lookup
    return keys([touch.opportunity.loan_id], {*touch.lookups, *([bytes(lookup)] if lookup is not None else [])})
