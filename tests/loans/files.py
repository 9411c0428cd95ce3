"""Portfolio files for tests: rows over the few required columns, written and imported in a line."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loans.models import ImportBatch
from loans.services import importing

ROW = {
    "loan_number": "A-1", "borrower_first_name": "Marisol", "borrower_last_name": "Vega", "note_rate": "7.5",
    "origination_date": "2024-04-17", "term_months": "360", "original_amount": "456000",
}  # fmt: skip


def rows(*changes: Mapping[str, str]) -> list[dict[str, str]]:
    """One row for each mapping, numbered A-1, A-2 unless said otherwise."""
    return [ROW | {"loan_number": f"A-{number}"} | change for number, change in enumerate(changes or ({},), start=1)]


def write(path: Path, *changes: Mapping[str, str]) -> Path:
    """A file of `rows`, with a column for whatever any of them names."""
    lines = rows(*changes)
    names = list(dict.fromkeys(name for line in lines for name in line))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(lines)
    return path


def bring_in(path: Path, **options: Any) -> ImportBatch:
    """Imports a file as the command does."""
    return importing.import_file(path, batch=importing.open_batch(path.name), options=importing.ImportOptions(**options))


def noted(batch: ImportBatch) -> list[tuple[str, ...]]:
    """The rows of the batch's file of errors: line, column, value, reason, rejected."""
    path = importing.errors_folder() / batch.errors_file
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]
