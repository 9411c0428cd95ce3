"""A lender's rate sheet: CSV with `as_of, product, rate` and, where there are more, what the rate is for and costs."""

from rates.adapters import documents, sheets, tables
from rates.adapters.protocol import SourceError
from rates.domain.published import Reading


def read(content: bytes, name: str) -> Reading:
    """A bad line is refused with its column, value and reason; the good ones count."""
    text = documents.text_of(content, name)
    heading, lines = tables.rows(text, name)
    missing = [column for column in sheets.REQUIRED if column not in heading]
    if missing:
        raise SourceError(f"{name} has no column {' and no column '.join(missing)}; a rate file has as_of, product and rate.")
    return sheets.read(lines, name)
