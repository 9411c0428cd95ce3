"""A desk with so many touches ready to go: generated loans, matched, enrolled and planned by the services themselves."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import Branch, Lender, Role, User
from loans.services import matching
from outreach.domain import cadence
from outreach.services import enrolling, planning, presets, sweeping
from refidetect.management.benchmark import portfolio

OFFICERS = 20
LOANS_A_TOUCH = 10
"""About a fifth of the generated loans opens."""

OPEN_THE_DESK = (
    "INSERT INTO outreach_desk (id, halted_because, lender_ceiling, officer_ceiling, campaign_id) "
    "VALUES (1, '', 1000000000, 1000000000, '') ON CONFLICT DO NOTHING",
    "INSERT INTO outreach_branchoutreach (branch_id, mode, enrolls, capacity) VALUES (%(branch)s, 'automatic', 'every', 32000) "
    "ON CONFLICT DO NOTHING",
    "INSERT INTO outreach_senderdomain (domain, verified_at) VALUES ('example.com', now()) ON CONFLICT DO NOTHING",
    "UPDATE outreach_templateversion SET state = 'approved', decided_by_id = %(approver)s, decided_at = now() "
    "WHERE state = 'submitted'",
    "UPDATE loans_loan l SET branch_id = %(branch)s, officer_id = (%(officers)s::bigint[])[1 + l.id %% %(count)s], "
    "property_zip = '80202', property_city = 'Denver' WHERE loan_number LIKE 'BM-%%'",
)
WITH_ADDRESSES = """
UPDATE loans_borrower b SET email = f.email, email_lookup = f.lookup, phone = f.phone, phone_lookup = f.phone_lookup
FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::bytea[]) AS email, unnest(%s::bytea[]) AS lookup,
  unnest(%s::bytea[]) AS phone, unnest(%s::bytea[]) AS phone_lookup) f WHERE b.id = f.id"""


def generate(touches: int) -> tuple[list[uuid.UUID], datetime]:
    """So many ready Day 1 e-mails and a business hour at which the gate lets them go; the market must be set."""
    lender, _ = Lender.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Harbor Pine Home Loans",
            "nmls_id": "9900112",
            "time_zone": "America/Denver",
            "street": "1200 Example Street",
            "city": "Denver",
            "state": "CO",
            "zip_code": "80203",
        },
    )
    branch, _ = Branch.objects.get_or_create(name="Benchmark", defaults={"time_zone": "America/Denver"})
    officers = [
        User.objects.create_user(
            f"officer{n}@example.com", name=f"Officer {n}", branch=branch, role=Role.OFFICER, nmls_id=f"99{n:05d}"
        )
        for n in range(OFFICERS)
    ]
    approver = User.objects.create_user("compliance@example.com", role=Role.COMPLIANCE)
    now = cadence.first_due(datetime.now(UTC), {"America/Denver"}, {"CO"}, "email")
    presets.install(now)
    portfolio.generate(1, touches * LOANS_A_TOUCH, lender.today().isoformat())
    _give_addresses()
    values = {"branch": branch.pk, "approver": approver.pk, "officers": [one.pk for one in officers], "count": OFFICERS}
    with connection.cursor() as cursor:
        for statement in OPEN_THE_DESK:
            cursor.execute(statement, values)
    matching.run()
    # Its first run opens everything at once; here that is what is asked for.
    _execute("UPDATE loans_matchrun SET decision = 'released', live = true")
    enrolling.enroll(now)
    planning.plan(now)
    _execute("UPDATE outreach_touch SET due_at = %s", [now])
    sweeping.sweep(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM outreach_touch WHERE state = 'ready' ORDER BY due_at, id LIMIT %s", [touches])
        return [row[0] for row in cursor.fetchall()], now


def _give_addresses() -> None:
    """An address and a number of the own for each borrower."""
    keys = settings.FIELD_KEYS
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM loans_borrower ORDER BY id")
        ids = [row[0] for row in cursor.fetchall()]
        emails = [f"borrower{one}@example.com" for one in ids]
        phones = [f"+1303{one % 10_000_000:07d}" for one in ids]
        columns: list[list[Any]] = [
            [keys.encrypt(email) for email in emails],
            [keys.lookup(email) for email in emails],
            [keys.encrypt(phone) for phone in phones],
            [keys.lookup(phone) for phone in phones],
        ]
        cursor.execute(WITH_ADDRESSES, [ids, *columns])


def _execute(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
