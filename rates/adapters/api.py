"""Rates that the lender's own pricing system sends: a JSON list of objects with the columns of a rate sheet."""

import json

from rates.adapters import documents, sheets
from rates.adapters.protocol import SourceError
from rates.domain.published import Reading


def read(content: bytes, name: str) -> Reading:
    """A bad object is refused with its place in the list, the key, value and reason; the good ones count."""
    try:
        rows = json.loads(documents.text_of(content, name))
    except ValueError as error:
        raise SourceError(f"{name} is not JSON: {error}.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"{name} is not a list of objects.")
    if len(rows) > sheets.MAX_ROWS:
        raise SourceError(f"{name} has more than {sheets.MAX_ROWS:,} rates.")
    cells = ({str(key): _text(value) for key, value in row.items()} for row in rows)
    return sheets.read(enumerate(cells, 1), name)


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()
