"""The import of a portfolio file against its floor: the same reading, the same encryption, one COPY, one merge a table."""

import csv
import io
import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from accounts.models import Lender
from loans.services import importing
from refidetect.management.benchmark import measuring

BUDGET = 2.0
HEADINGS = (
    "loan_number", "borrower_first_name", "borrower_last_name", "email", "phone", "property_street", "property_city",
    "property_state", "property_zip", "note_rate", "origination_date", "term_months", "original_amount", "upb", "upb_as_of",
    "program",
)  # fmt: skip
PRIVATE = (3, 4, 5)
CHUNK = 20_000

MERGE_LOANS = """
INSERT INTO loans_loan (loan_number, status, note_rate, origination_date, first_payment_date, term_months, original_amount,
  upb, upb_as_of, interest_only, program, amortization, purpose, lien_position, occupancy, investor, servicing,
  property_street, property_street_lookup, property_city, property_state, property_zip, county_fips, do_not_solicit,
  not_in_last_file, created_at, updated_at)
SELECT loan_number, 'active', note_rate, origination_date, (date_trunc('month', origination_date) + interval '2 months')::date,
  term_months, original_amount, upb, upb_as_of, false, program, 'fixed', '', 1, '', '', '', property_street,
  property_street_lookup, property_city, property_state, property_zip, '', '', false, now(), now()
FROM benchmark_raw
ON CONFLICT (loan_number) DO UPDATE SET note_rate = EXCLUDED.note_rate, upb = EXCLUDED.upb, upb_as_of = EXCLUDED.upb_as_of"""

MERGE_BORROWERS = """
INSERT INTO loans_borrower (loan_id, position, first_name, last_name, email, email_lookup, phone, phone_lookup, mailing_street,
  mailing_city, mailing_state, mailing_zip, language)
SELECT l.id, 1, r.borrower_first_name, r.borrower_last_name, r.email, r.email_lookup, r.phone, r.phone_lookup, ''::bytea,
  '', '', '', ''
FROM benchmark_raw r JOIN loans_loan l USING (loan_number)
ON CONFLICT (loan_id, position) DO UPDATE SET email = EXCLUDED.email, phone = EXCLUDED.phone"""

RAW = """
CREATE TEMPORARY TABLE benchmark_raw (loan_number text, borrower_first_name text, borrower_last_name text, email bytea,
  email_lookup bytea, phone bytea, phone_lookup bytea, property_street bytea, property_street_lookup bytea, property_city text,
  property_state text, property_zip text, note_rate numeric, origination_date date, term_months integer,
  original_amount numeric, upb numeric, upb_as_of date, program text)"""


def run(rows: int, rounds: int, say: Callable[[str], None]) -> Iterator[measuring.Measured]:
    """A generated file into empty tables, by the import and by its floor in turn; then the same file again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portfolio.csv"
        _write(path, rows)
        say(f"A file of {rows:,} rows and {len(HEADINGS)} columns, {path.stat().st_size / 1e6:,.0f} MB.")

        def ours() -> None:
            importing.import_file(path, batch=importing.open_batch(path.name))

        def floor() -> None:
            _floor(path)

        yield measuring.in_turn(f"import, {rows:,} rows", ours=ours, floor=floor, before=_empty, rounds=rounds, budget=BUDGET)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE loans_loan, loans_borrower, loans_opportunity, loans_opportunityevent")


def _write(path: Path, rows: int) -> None:
    today = Lender.current().today()
    balance_of = (today - timedelta(days=21)).isoformat()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(rows):
            closed = today - timedelta(days=200 + number * 7919 % 5000)
            writer.writerow((
                f"BM-{number:09d}", "First", f"Last{number % 5000}", f"b{number}@example.com",
                f"+1303555{100 + number % 100:04d}", f"{number % 9000} Oak Street", "Denver", "CO", "80202",
                f"{2.5 + number % 47 * 0.125:.3f}", closed.isoformat(),
                180 if number % 8 == 0 else 360, 80_000 + number % 900 * 1000, 70_000 + number % 900 * 800,
                balance_of, "conventional",
            ))  # fmt: skip


def _floor(path: Path) -> None:
    encrypt, lookup = settings.FIELD_KEYS.encrypt, settings.FIELD_KEYS.lookup
    with path.open(encoding="utf-8", newline="") as file, transaction.atomic(), connection.cursor() as cursor:
        reader = csv.reader(file)
        next(reader)
        cursor.execute("DROP TABLE IF EXISTS benchmark_raw")
        cursor.execute(RAW)
        with cursor.copy("COPY benchmark_raw FROM STDIN (FORMAT csv)") as copy:
            for chunk in itertools.batched(reader, CHUNK):
                buffer = io.StringIO()
                writer = csv.writer(buffer)
                for row in chunk:
                    hidden = (f"\\x{part.hex()}" for at in PRIVATE for part in (encrypt(row[at]), lookup(row[at]) or b""))
                    writer.writerow((*row[:3], *hidden, *row[6:]))
                copy.write(buffer.getvalue())
        cursor.execute(MERGE_LOANS)
        cursor.execute(MERGE_BORROWERS)
        cursor.execute("DROP TABLE benchmark_raw")
