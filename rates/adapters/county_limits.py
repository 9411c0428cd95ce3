"""The conforming limits by county: FHFA's list of a year, as it publishes it in XLSX or as CSV, or the CFPB's of the same."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rates.adapters import documents, workbooks
from rates.adapters.protocol import SourceError
from rates.domain.limits import County

# The words of FHFA's list, of the CFPB's, and of plain copies. Only limits for one unit are read.
AMOUNT = ("one_unit_limit", "limit_1unit", "gse_limit")
FIPS = ("complete_fips", "fips")
STATE_FIPS = ("fips_state_code", "fips_state", "state_fips")
COUNTY_FIPS = ("fips_county_code", "fips_county", "county_fips")
NAME = ("county_name", "county")
STATE = ("state", "state_abbreviation")
TITLE_LINES = 10
SMALL_WORDS = re.compile(r"\b(Of|And|The|Du|La)\b(?!$)")


@dataclass(frozen=True)
class CountyList:
    """`year` is the one that a title line or the file's name tells, None where neither does."""

    year: int | None
    counties: tuple[County, ...]


def read(content: bytes, name: str) -> CountyList:
    """Every county of the list; raises SourceError for a line that can't be read: a list with holes is none."""
    lines = _lines(content, name)
    start, heading = next(
        ((at, columns) for at, columns in enumerate(map(_columns, lines[:TITLE_LINES])) if set(AMOUNT) & set(columns)), (0, [])
    )
    if not heading:
        raise SourceError(f"{name} has no heading with {' or '.join(AMOUNT)} in it; FHFA's list of counties has one.")
    titles = " ".join(cell for line in lines[:start] for cell in line)
    counties = tuple(
        _county({column: cell.strip() for column, cell in zip(heading, line, strict=False)}, number, name)
        for number, line in enumerate(lines[start + 1 :], start + 2)
        if any(cell.strip() for cell in line)
    )
    return CountyList(_year(titles) or _year(name), counties)


def _lines(content: bytes, name: str) -> list[list[str]]:
    if workbooks.is_one(content):
        return workbooks.lines(content, name)
    return list(csv.reader(io.StringIO(documents.text_of(content, name), newline="")))


def _columns(line: list[str]) -> list[str]:
    """`One-Unit\\nLimit` is `one_unit_limit`."""
    return [re.sub(r"[^a-z0-9]+", "_", cell.lower()).strip("_") for cell in line]


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)20\d\d(?!\d)", text)
    return int(found[0]) if found else None


def _county(cells: Mapping[str, str], number: int, name: str) -> County:
    whole, amount = _first(cells, FIPS), _first(cells, AMOUNT)
    fips = whole.zfill(5) if whole else _first(cells, STATE_FIPS).zfill(2) + _first(cells, COUNTY_FIPS).zfill(3)
    state = _first(cells, STATE).upper()
    if not re.fullmatch(r"\d{5}", fips) or fips.startswith("00") or not re.fullmatch(r"[A-Z]{2}", state):
        raise SourceError(f"{name}, line {number}: {fips!r} of {state!r} is not a county's FIPS code and state.")
    try:
        dollars = Decimal(re.sub(r"[$,\s]", "", amount))
    except InvalidOperation:
        raise SourceError(f"{name}, line {number}: {amount!r} is not a limit in dollars.") from None
    if not dollars.is_finite() or dollars <= 0:
        raise SourceError(f"{name}, line {number}: {amount!r} is not a limit in dollars.")
    return County(fips, _title(_first(cells, NAME)), state, dollars)


def _first(cells: Mapping[str, str], columns: tuple[str, ...]) -> str:
    return next((cells[column] for column in columns if cells.get(column)), "")


def _title(name: str) -> str:
    """FHFA writes LOS ANGELES COUNTY."""
    return SMALL_WORDS.sub(lambda word: word[0].lower(), name.title()) if name.isupper() else name
