"""A portfolio file into the portfolio: read once, checked and merged in a handful of statements, all or nothing.

Rows are streamed into a temporary table with addresses, numbers and streets already encrypted; the bad ones are noted with
line, column, value and reason, the good ones land together. Importing the same file again changes nothing.
"""

import csv
import io
import itertools
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.models import Lender, User
from accounts.services import rostering
from loans.adapters.csv_file import CsvFile
from loans.domain import contacts
from loans.domain.portfolio_file import BY_NAME, PRIVATE, Headings, Kind, UnreadableFile, read_headings
from loans.models import ImportBatch
from loans.queries import staged_import as staged
from refidetect.kit import csvfiles

CHUNK = 20_000
ERRORS_HEADINGS = ("line", "column", "value", "reason", "rejected")
MERGE_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('loans.import', 0))"

BROKEN_OFF = "The import broke off and nothing was changed. The log has the reason."
INTERRUPTED = "The import was interrupted and nothing was changed."

Report = Callable[[ImportBatch], None]


@dataclass(frozen=True)
class ImportOptions:
    """`complete`: loans that are not in the file are marked so. `dry_run`: everything but the landing."""

    complete: bool = False
    dry_run: bool = False


def open_batch(name: str, *, by: User | None = None, complete: bool = False, stored_file: str = "") -> ImportBatch:
    """The row under which an import is seen, before it runs."""
    return ImportBatch.objects.create(file_name=name[:255], by=by, complete=complete, stored_file=stored_file)


def check(path: Path, *, name: str) -> None:
    """Raises UnreadableFile where the beginning tells that this is no portfolio file."""
    with CsvFile(path, largest=settings.IMPORT_MAX_BYTES, name=name) as file:
        read_headings(file.headings)


def import_file(
    path: Path, *, batch: ImportBatch, options: ImportOptions | None = None, report: Report | None = None
) -> ImportBatch:
    """Imports a file under its batch. Raises UnreadableFile, with the batch marked failed and nothing changed."""
    options = options or ImportOptions(complete=batch.complete)
    started = time.monotonic()
    try:
        with CsvFile(path, largest=settings.IMPORT_MAX_BYTES, name=batch.file_name) as file:
            names = read_headings(file.headings)
            batch.state, batch.bytes_total = ImportBatch.State.RUNNING, file.size
            batch.save(update_fields=["state", "bytes_total"])
            with connection.cursor() as cursor:
                try:
                    _stage(cursor, file, names, batch, report)
                    _land(cursor, names.positions, batch, options)
                finally:
                    _drop(cursor)
    except UnreadableFile as error:
        _fail(batch, str(error))
        raise
    except Exception:
        _fail(batch, BROKEN_OFF)
        raise
    except BaseException:
        # Interrupted: a stored file is taken up again by the next worker, one of a command by nobody.
        if not batch.stored_file:
            _fail(batch, INTERRUPTED)
        raise
    batch.state, batch.finished_at = ImportBatch.State.DONE, timezone.now()
    batch.bytes_read, batch.seconds = batch.bytes_total, round(time.monotonic() - started, 2)
    said = ["A dry run: nothing was changed."] if options.dry_run else []
    said += [f"Columns not known and left out: {', '.join(names.ignored)}."] if names.ignored else []
    batch.message = " ".join(said)[:500]
    batch.save()
    return batch


def _fail(batch: ImportBatch, message: str) -> None:
    if not connection.in_atomic_block and not connection.is_usable():
        connection.close()
    batch.state, batch.message, batch.finished_at = ImportBatch.State.FAILED, message[:500], timezone.now()
    batch.save(update_fields=["state", "message", "finished_at"])


def _drop(cursor: CursorWrapper) -> None:
    """A connection that is lost took its temporary tables along."""
    if not cursor.closed and not (connection.in_atomic_block and connection.needs_rollback):
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(staged.TABLES)}")


def _stage(cursor: CursorWrapper, file: CsvFile, names: Headings, batch: ImportBatch, report: Report | None) -> None:
    """Streams the rows in; between chunks the batch's row tells how far it is."""
    _drop(cursor)
    cursor.execute(staged.create_raw(names.positions))
    cursor.execute(staged.create_notes())
    rows = RowReader(names.positions, names.width)
    words = [name for name in names.positions if BY_NAME[name].kind not in PRIVATE]
    batch.rows = 0
    for chunk in itertools.batched(file.rows(), CHUNK):
        lines, notes = rows.read(chunk)
        _copy(cursor, staged.RAW, lines, words)
        _copy(cursor, staged.NOTES, notes, ["value"])
        batch.rows += len(chunk)
        batch.bytes_read = file.bytes_read
        batch.save(update_fields=["rows", "bytes_read"])
        if report:
            report(batch)
    if not batch.rows:
        raise UnreadableFile(f"{file.name} has headings and no rows. Nothing was imported.")


def _copy(cursor: CursorWrapper, table: str, rows: list[tuple[Any, ...]], words: list[str]) -> None:
    """`words` are the columns of text, in which \\N is no NULL but what somebody wrote."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, NULL '\\N', FORCE_NOT_NULL ({', '.join(words)}))") as copy:
        copy.write(buffer.getvalue())


class RowReader:
    """Turns cells into staged rows: picked, trimmed, and encrypted where the column is private."""

    def __init__(self, positions: Mapping[str, int], width: int) -> None:
        self.width = width
        self.names = list(positions)
        self.pick = itemgetter(*positions.values())
        self.private = [(at, name, BY_NAME[name].kind) for at, name in enumerate(positions) if BY_NAME[name].kind in PRIVATE]
        self.encrypt, self.lookup = settings.FIELD_KEYS.encrypt, settings.FIELD_KEYS.lookup

    def read(self, chunk: tuple[tuple[int, list[str]], ...]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """(rows for the raw table, notes) of one chunk."""
        rows, notes = [], []
        for line, cells in chunk:
            if len(cells) != self.width:
                found = f"has {len(cells)} cells where the headings are {self.width}"
                if len(cells) < self.width or any(cells[self.width :]):
                    notes.append((line, "", "", found, "t"))
                    continue
            values = [cell.strip() for cell in self.pick(cells)]
            for at, name, kind in reversed(self.private):
                values[at : at + 1] = self._hidden(line, name, kind, values[at], notes)
            rows.append((line, *values))
        return rows, notes

    def _hidden(self, line: int, name: str, kind: Kind, value: str, notes: list[tuple[Any, ...]]) -> tuple[str, str]:
        if not value:
            return "\\x", "\\N"
        if kind is Kind.STREET:
            kept, normalized = value, contacts.normalized_street(value)
        else:
            found = contacts.normalized_email(value) if kind is Kind.EMAIL else contacts.normalized_phone(value)
            if found is None:
                what = "e-mail address" if kind is Kind.EMAIL else "phone number"
                notes.append((line, name, value, f"is no {what} and was left out", "f"))
                return "\\x", "\\N"
            kept = normalized = found
        lookup = self.lookup(normalized)
        return "\\x" + self.encrypt(kept).hex(), "\\x" + lookup.hex() if lookup else "\\N"


def _land(cursor: CursorWrapper, positions: Collection[str], batch: ImportBatch, options: ImportOptions) -> None:
    """Checks what was staged and merges it, in one transaction; a dry run counts the same and takes it all back."""
    with transaction.atomic():
        cursor.execute(MERGE_LOCK)
        # 3/4/2024 is a day in March, whatever the server was set up for.
        cursor.execute("SET LOCAL datestyle = 'ISO, MDY'")
        # The tables are new and the planner knows nothing of them: joins by hash, with room for it, suit any size.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        lender = Lender.current()
        values: dict[str, Any] = {"today": lender.today(), "zone": lender.time_zone, "batch": batch.pk}
        cursor.execute(staged.create_parsed(positions), values)
        cursor.execute(staged.insert_notes(positions), values)
        cursor.execute(staged.INSERT_DUPLICATES)
        if "upb" in positions:
            cursor.execute(staged.INSERT_UNDATED if "upb_as_of" in positions else staged.INSERT_UNDATED_FILE, values)
        _assign_owners(cursor, positions)
        cursor.execute(f"CREATE TEMPORARY TABLE {staged.CHANGED} (loan_id bigint PRIMARY KEY, created boolean)")
        cursor.execute(staged.merge_loans(positions), values)
        cursor.execute(staged.merge_borrowers(positions, 1), values)
        if {"co_borrower_first_name", "co_borrower_last_name"} <= set(positions):
            cursor.execute(staged.merge_borrowers(positions, 2), values)
        _count(cursor, batch)
        if options.complete:
            cursor.execute(staged.MARK_MISSING)
            cursor.execute("SELECT count(*) FROM loans_loan WHERE not_in_last_file")
            batch.not_in_file = cursor.fetchone()[0]
        else:
            cursor.execute(staged.MARK_FOUND)
        batch.errors_file = _write_errors(cursor, batch) if batch.rejected or batch.warnings else ""
        if options.dry_run:
            transaction.set_rollback(True)


def _assign_owners(cursor: CursorWrapper, positions: Collection[str]) -> None:
    """Says whose the staged rows are; who is not known is created without access.

    Loans of an officer who left go to the manager of the branch, unless they have been handed over already.
    """
    cursor.execute(staged.CREATE_OWNERS)
    columns = [name if name in positions else "NULL::text" for name in ("officer_email", "officer_nmls", "branch")]
    cursor.execute(f"SELECT DISTINCT {', '.join(columns)} FROM {staged.PARSED} WHERE NOT bad ORDER BY 1, 2, 3")  # noqa: S608
    named: list[tuple[str | None, str | None, str | None]] = cursor.fetchall()
    branches = rostering.ensure_branches(name for _, _, name in named if name)
    addresses = {written: contacts.normalized_email(written) for written, _, _ in named if written}
    if no_address := [written for written, address in addresses.items() if address is None]:
        cursor.execute(staged.INSERT_NO_OFFICER, [no_address])
    officers = [(address, nmls_id or "", name) for at, nmls_id, name in named if at and (address := addresses[at])]
    if any(name is None for _, _, name in officers):
        branches |= rostering.ensure_branches([rostering.UNNAMED_BRANCH])
    known = rostering.ensure_officers(
        (address, nmls_id, branches[rostering.key(name or rostering.UNNAMED_BRANCH)]) for address, nmls_id, name in officers
    )
    found = {written: known[address] for written, address in addresses.items() if address in known}
    _fill(cursor, staged.BRANCHES, {name: branches[rostering.key(name)] for _, _, name in named if name})
    _fill(cursor, staged.OFFICERS, {written: officer.pk for written, officer in found.items()})


def _fill(cursor: CursorWrapper, table: str, ids: dict[str, int]) -> None:
    """What stands in the file, and whose it is."""
    cursor.execute(
        f"INSERT INTO {table} SELECT name, id FROM unnest(%s::text[], %s::bigint[]) AS m (name, id)",  # noqa: S608
        [list(ids), list(ids.values())],
    )


def _count(cursor: CursorWrapper, batch: ImportBatch) -> None:
    cursor.execute(
        f"SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created) FROM {staged.CHANGED}"  # noqa: S608
    )
    batch.created, batch.updated = cursor.fetchone()
    cursor.execute(
        f"SELECT count(DISTINCT line) FILTER (WHERE rejects), count(*) FILTER (WHERE NOT rejects) FROM {staged.NOTES}"  # noqa: S608
    )
    batch.rejected, batch.warnings = cursor.fetchone()
    batch.unchanged = batch.rows - batch.rejected - batch.created - batch.updated


def _write_errors(cursor: CursorWrapper, batch: ImportBatch) -> str:
    """The file of everything that was noted, by line; returns its name in the folder of imports."""
    folder = errors_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"import-{batch.pk}-errors.csv"
    cursor.execute(
        f"SELECT line, \"column\", value, reason, CASE WHEN rejects THEN 'yes' ELSE 'no' END FROM {staged.NOTES} "  # noqa: S608
        'ORDER BY rejects DESC, line, "column"'
    )
    path = folder / name
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csvfiles.writer(file)
        writer.writerow(ERRORS_HEADINGS)
        writer.writerows(_fetched(cursor))
    return name


def _fetched(cursor: CursorWrapper) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def errors_folder() -> Path:
    """Where the notes of imports are kept: not served, read through a page that asks who is asking."""
    return Path(settings.MEDIA_ROOT) / "imports"
