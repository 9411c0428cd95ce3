"""The same weekly survey from FRED's chart download: CSV without a key."""

from datetime import date

from django.conf import settings

from rates.adapters import documents, series
from rates.adapters.protocol import SourceError
from rates.adapters.series import Column
from rates.domain.published import Reading
from refidetect.kit import http

PATH = "/graph/fredgraph.csv"
SERIES = {"MORTGAGE30US": Column("conventional_30"), "MORTGAGE15US": Column("conventional_15")}
DATES = frozenset({"observation_date", "date"})
PRODUCTS = frozenset(column.product for column in SERIES.values())
COLUMNS = {name.lower(): column for name, column in SERIES.items()}


def fetch(since: date | None) -> Reading:
    params = {"id": ",".join(SERIES)} | ({"cosd": since.isoformat()} if since else {})
    try:
        answer = http.get(f"{settings.FREDGRAPH_BASE_URL}{PATH}", params=params)
    except http.HttpError as error:
        raise SourceError(f"FRED: {error}") from error
    return read(answer.content, "FRED's answer")


def read(content: bytes, name: str) -> Reading:
    """Its CSV; a missing value is a dot or nothing, and in an outage the answer is a web page, which is refused."""
    return series.read(documents.text_of(content, name), name, dates=DATES, columns=COLUMNS)
