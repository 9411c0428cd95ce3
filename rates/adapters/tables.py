"""CSV read by column name: lines, dates and percentages as the publishers write them."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from rates.adapters.protocol import SourceError

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

# FRED writes a dot or nothing, its older tables ND; spreadsheets and programs in between have words of their own.
MISSING = frozenset({"", ".", "-", "NA", "N/A", "#N/A", "ND", "NAN", "NULL", "NONE"})
MAX_ROWS = 200_000
DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"),
)


def rows(text: str, name: str) -> tuple[list[str], Iterator[tuple[int, Mapping[str, str]]]]:
    """The heading, in lower case, and the lines under it as (line number, cells); short lines have fewer cells."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        heading = next((row for row in reader if any(cell.strip() for cell in row)), [])
    except csv.Error as error:
        raise SourceError(f"{name} is not CSV: {error}.") from error
    columns = [cell.strip().lower().replace(" ", "_") for cell in heading]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise SourceError(f"{name} has the column {twice[0]} twice.")
    return columns, _lines(reader, columns, name)


def _lines(reader: "CsvReader", columns: list[str], name: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    count = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SourceError(f"{name}, line {reader.line_num}: {error}.") from error
        if cells is None:
            return
        count += 1
        if count > MAX_ROWS:
            raise SourceError(f"{name} has more than {MAX_ROWS:,} lines.")
        if any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(columns, (cell.strip() for cell in cells), strict=False))


def is_missing(value: object) -> bool:
    """A day without a value, such as a holiday: it is passed over, where a word that is no number is refused."""
    return value is None or str(value).strip().upper() in MISSING


def day(text: str) -> date:
    """`2026-04-23` or `4/23/2026`; raises ValueError with a sentence."""
    for form in DATES:
        found = form.fullmatch(text)
        if found:
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                raise ValueError("is not a day of the calendar") from None
    raise ValueError("is not a date; write 2026-04-23")
