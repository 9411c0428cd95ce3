"""A history of market rates from a file: the weekly survey as its publisher or FRED writes it, or a rate file of ours."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rates.domain.published import percent
from reports.domain.backtest_histories import BadHistory

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

PRODUCTS = ("conventional_30", "conventional_15")
COLUMNS = {
    "pmms30": "conventional_30",
    "pmms15": "conventional_15",
    "frm30": "conventional_30",
    "frm15": "conventional_15",
    "mortgage30us": "conventional_30",
    "mortgage15us": "conventional_15",
    "obmmic30yf": "conventional_30",
    "obmmic15yf": "conventional_15",
}
DATES = ("date", "observation_date", "as_of")
MISSING = frozenset({"", ".", "NA", "N/A", "#N/A"})


@dataclass(frozen=True)
class RateHistory:
    """Rates in percent by product and day."""

    name: str
    values: Mapping[str, Mapping[date, Decimal]]

    @property
    def days(self) -> list[date]:
        return sorted({day for series in self.values.values() for day in series})


def read(path: Path) -> RateHistory:
    """The file's 30-year and 15-year rates. Raises BadHistory with a sentence."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            heading = [cell.strip().lower() for cell in next(reader, [])]
            values = _values(path.name, heading, reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadHistory(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    if not values["conventional_30"]:
        raise BadHistory(f"{path.name} has no 30-year rates.")
    return RateHistory(path.name, values)


def _values(name: str, heading: list[str], lines: "CsvReader") -> dict[str, dict[date, Decimal]]:
    when = next((heading.index(column) for column in DATES if column in heading), None)
    series = [(place, COLUMNS[column]) for place, column in enumerate(heading) if column in COLUMNS]
    sheet = {"product", "rate"} <= set(heading)
    if when is None or not (series or sheet):
        raise BadHistory(
            f"{name} is not a history of rates: it needs date and pmms30, frm30 or MORTGAGE30US, or as_of, product, rate."
        )
    values: dict[str, dict[date, Decimal]] = {product: {} for product in PRODUCTS}
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        # A rate sheet names its product in the line, a survey in the heading; late lines of the survey are short.
        named = [(heading.index("rate"), cells[heading.index("product")].strip())] if sheet else series
        for place, product in named:
            text = cells[place].strip() if place < len(cells) else ""
            if text in MISSING or product not in values:
                continue
            try:
                values[product][_day(cells[when].strip())] = percent(text)
            except ValueError as error:
                raise BadHistory(f"{name}, line {lines.line_num}: {text!r} {error}.") from error
    return values


def _day(text: str) -> date:
    """`2012-12-06` or `12/6/2012`; raises ValueError with a sentence."""
    parts = text.split("/")
    try:
        return date(int(parts[2]), int(parts[0]), int(parts[1])) if len(parts) == 3 else date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"stands beside {text!r}, which is not a date") from None
