"""Loans that another system posts, through the same checks and the same merge as a portfolio file. Called by the API."""

import csv
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction
from django.db.models.functions import Lower

from accounts.models import User
from loans.domain import contacts, upserts
from loans.domain.upserts import Bounds, Note, Row
from loans.models import ImportBatch, Loan
from loans.services import importing

FIRST_LINE = 2
"""Of the rows of a file; the headings are above it."""


@dataclass(frozen=True)
class Upserted:
    """What came of a post. `rows` is the sum of the four counts; each batch is an import on the page of imports."""

    batches: list[int]
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    seconds: float
    notes: list[Note] = field(default_factory=list)


def upsert(posted: Mapping[int, Mapping[str, object]], *, by: User, refused: list[Note]) -> Upserted:
    """Creates and updates loans by number: values by column, rows by their place in the post. All that can land, or nothing.

    Whoever does not see every branch neither reaches nor makes loans of another. `refused` has the notes of rows that were
    not even read; they count as rejected.
    """
    started = time.monotonic()
    # What is compared is what the import reads.
    rows = {index: {name: upserts.cell(value) for name, value in row.items()} for index, row in posted.items()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Nobody else's import gives a number to another branch between the look at it and the merge.
            cursor.execute(importing.MERGE_LOCK)
        kept, notes = upserts.sorted_out(rows, _bounds(rows, by))
        notes = [*refused, *notes]
        batches = []
        for columns, group in upserts.by_columns(kept):
            batch = _import(columns, group, by)
            batches.append(batch)
            notes += _noted(batch, list(group))
    rejected = len({note.index for note in notes if note.rejected})
    return Upserted(
        batches=[batch.pk for batch in batches],
        rows=len({note.index for note in refused} | set(rows)),
        created=sum(batch.created for batch in batches),
        updated=sum(batch.updated for batch in batches),
        unchanged=sum(batch.unchanged for batch in batches),
        rejected=rejected,
        seconds=round(time.monotonic() - started, 3),
        notes=sorted(notes, key=lambda note: note.index),
    )


def _bounds(rows: Mapping[int, Row], by: User) -> Bounds | None:
    if by.sees_every_branch:
        return None
    known = Loan.objects.filter(loan_number__in={row["loan_number"] for row in rows.values()})
    addresses = {contacts.normalized_email(row.get("officer_email", "")) for row in rows.values()} - {None}
    people = User.objects.annotate(key=Lower("email")).filter(key__in=addresses)
    others = people.exclude(branch__isnull=False, branch=by.branch)
    return Bounds(
        branch=by.branch.name if by.branch else "",
        taken=frozenset(known.exclude(pk__in=known.visible_to(by).values("pk")).values_list("loan_number", flat=True)),
        others=frozenset(others.values_list("key", flat=True)),
    )


def _import(columns: tuple[str, ...], rows: Mapping[int, Row], by: User) -> ImportBatch:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "post.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([row[name] for name in columns] for row in rows.values())
        return importing.import_file(path, batch=importing.open_batch("Posted to the API", by=by))


def _noted(batch: ImportBatch, places: list[int]) -> list[Note]:
    """The notes of an import, by the rows' places in the post. A note about the headings is about none of them."""
    if not batch.errors_file:
        return []
    with (importing.errors_folder() / batch.errors_file).open(encoding="utf-8", newline="") as file:
        found = [(int(note["line"]) - FIRST_LINE, note) for note in csv.DictReader(file)]
    return [
        Note(places[line], note["column"], note["reason"], rejected=note["rejected"] == "yes")
        for line, note in found
        if line >= 0
    ]
