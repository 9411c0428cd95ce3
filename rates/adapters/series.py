"""Columns of a publisher's CSV as series of ours: one column a product."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rates.adapters import tables
from rates.adapters.protocol import SourceError
from rates.domain.published import Published, Reading, Refused, percent


@dataclass(frozen=True)
class Column:
    """Where a product's rate stands, and its points where they are published."""

    product: str
    points: str = ""


def read(text: str, name: str, *, dates: frozenset[str], columns: Mapping[str, Column]) -> Reading:
    """The values of every known column; raises SourceError where the heading is not the publisher's."""
    heading, lines = tables.rows(text, name)
    when = next((column for column in heading if column in dates), None)
    known = [column for column in heading if column in columns]
    if when is None or not known:
        wanted = f"{' or '.join(sorted(dates))} and {' or '.join(columns)}"
        raise SourceError(f"{name} has no heading of this source; expected {wanted}.")
    found: list[Published] = []
    refused: list[Refused] = []
    for line, cells in lines:
        try:
            as_of = tables.day(cells.get(when, ""))
        except ValueError as error:
            refused.append(Refused(line, when, cells.get(when, ""), str(error)))
            continue
        for column in known:
            try:
                rate, points = _cell(cells, column), _cell(cells, columns[column].points)
            except ValueError as error:
                refused.append(Refused(line, column, cells.get(column, ""), str(error)))
                continue
            if rate is not None:
                found.append(Published(columns[column].product, as_of, rate, points=points))
    if not found and not refused:
        raise SourceError(f"{name} has a heading and no values.")
    return Reading(tuple(found), tuple(refused))


def _cell(cells: Mapping[str, str], column: str) -> Decimal | None:
    text = cells.get(column, "")
    return None if tables.is_missing(text) else percent(text)
