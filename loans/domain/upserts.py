"""Rows of loans as another system posts them: what each column may hold, cells as in a file, and whose a row may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loans.domain import contacts

MOST_ROWS = 1000
ELSEWHERE = "is not a loan of your branch"
NOT_YOURS = "is not your branch"
WORKS_ELSEWHERE = "works in another branch"
TWICE = "stands in this post already"
NO_LOAN = "is not a loan: send an object with its columns"
NO_AMOUNT = "is required where there is no upb"

Row = Mapping[str, str]
"""Cells by column, as they would stand in a file."""


@dataclass(frozen=True)
class Note:
    """What is wrong with a row, by its place in the post; with `rejected` false the row landed all the same."""

    index: int
    field: str
    reason: str
    rejected: bool = True


@dataclass(frozen=True)
class Bounds:
    """What a sender of one branch may touch. `taken` are the loan numbers, `others` the officers' addresses, of elsewhere."""

    branch: str
    taken: frozenset[str]
    others: frozenset[str]

    def refusal(self, index: int, row: Row) -> Note | None:
        """Why the row is out of bounds, or None."""
        if row["loan_number"] in self.taken:
            return Note(index, "loan_number", ELSEWHERE)
        if row.get("branch", "").lower() not in ("", self.branch.lower()):
            return Note(index, "branch", NOT_YOURS)
        if contacts.normalized_email(row.get("officer_email", "")) in self.others:
            return Note(index, "officer_email", WORKS_ELSEWHERE)
        return None


def sorted_out(rows: Mapping[int, Row], bounds: Bounds | None) -> tuple[dict[int, Row], list[Note]]:
    """The rows that may go on, by place, and a note for each of the others. Without bounds every branch is open."""
    kept: dict[int, Row] = {}
    notes = []
    seen: set[str] = set()
    for index, row in rows.items():
        refusal = bounds.refusal(index, row) if bounds else None
        if row["loan_number"] in seen:
            refusal = Note(index, "loan_number", TWICE)
        elif not refusal and not row.get("original_amount") and not row.get("upb"):
            refusal = Note(index, "original_amount", NO_AMOUNT)
        if refusal:
            notes.append(refusal)
            continue
        seen.add(row["loan_number"])
        kept[index] = {**row, "branch": bounds.branch} if bounds else row
    return kept, notes


def by_columns(rows: Mapping[int, Row]) -> Iterable[tuple[tuple[str, ...], dict[int, Row]]]:
    """Rows that name the same columns, together: a column that is not named keeps what it has, one that is empty loses it."""
    groups: dict[tuple[str, ...], dict[int, Row]] = {}
    for index, row in rows.items():
        groups.setdefault(tuple(row), {})[index] = row
    return groups.items()


def cell(value: object) -> str:
    """A value as it stands in a file: one line, no exponents, nothing for what is unknown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).splitlines()).strip()
