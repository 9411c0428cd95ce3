"""The daily Optimal Blue Mortgage Market Indices by product, the conforming one by LTV and score too, from FRED's API.

Needs a free key. They are averages of locked rates with points: an index, never an offer. The key stands in the query string,
as FRED wants it, so no message of ours repeats an address.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from rates.adapters import tables
from rates.adapters.protocol import SourceError
from rates.domain.published import EVERY_LOAN, Bucket, Published, Reading, Refused, Series, percent
from refidetect.kit import http

PATH = "/fred/series/observations"
EVERY = {
    "OBMMIC30YF": "conventional_30",
    "OBMMIC15YF": "conventional_15",
    "OBMMIJUMBO30YF": "jumbo_30",
    "OBMMIFHA30YF": "fha_30",
    "OBMMIVA30YF": "va_30",
    "OBMMIUSDA30YF": "usda_30",
}
LTV = {"LE80": (None, Decimal(80)), "GT80": (Decimal(80), None)}
SCORE = {
    "FGE740": (740, None),
    "FB720A739": (720, 739),
    "FB700A719": (700, 719),
    "FB680A699": (680, 699),
    "FLT680": (None, 679),
}
# The 30-year conforming index, which alone is published by LTV and score: OBMMIC30YFLVLE80FGE740 and nine more.
NARROW = {
    f"OBMMIC30YFLV{ltv}{score}": Series("conventional_30", Bucket(over, to, low, high))
    for ltv, (over, to) in LTV.items()
    for score, (low, high) in SCORE.items()
}
SERIES = {name: Series(product, EVERY_LOAN) for name, product in EVERY.items()} | NARROW
PRODUCTS = frozenset(EVERY.values())
LIMIT = 100_000
"""Observations an answer may hold at most; a daily series reaches it after four centuries."""


def has_key() -> bool:
    return bool(settings.FRED_API_KEY)


def fetch(since: date | None) -> Reading:
    """Every series; one that fails alone is refused by name, and the others count."""
    if not has_key():
        raise SourceError("FRED_API_KEY is not set; a key is free at fred.stlouisfed.org.")
    found: list[Published] = []
    refused: list[Refused] = []
    failed: list[SourceError] = []
    for name, series in SERIES.items():
        try:
            reading = _observations(_answer(name, since), name, series)
        except SourceError as error:
            failed.append(error)
            refused.append(Refused(0, name, "", str(error)))
            continue
        found += reading.rows
        refused += reading.refused
    if len(failed) == len(SERIES):
        raise failed[0]
    return Reading(tuple(found), tuple(refused))


def _answer(name: str, since: date | None) -> bytes:
    params = {"series_id": name, "api_key": settings.FRED_API_KEY, "file_type": "json", "limit": str(LIMIT)}
    if since:
        params["observation_start"] = since.isoformat()
    try:
        return http.get(f"{settings.FRED_BASE_URL}{PATH}", params=params).content
    except http.HttpError as error:
        raise SourceError(f"FRED: {_said(error.body) or error}") from error


def _said(body: bytes) -> str:
    """FRED's own words about a bad request, without the key should they ever repeat it."""
    try:
        words = json.loads(body)["error_message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return str(words)[:300].replace(settings.FRED_API_KEY, "(key)")


def _observations(body: bytes, name: str, series: Series) -> Reading:
    found: list[Published] = []
    refused: list[Refused] = []
    for row in _rows(body, name):
        as_of, value = str(row.get("date", "")), row.get("value")
        if tables.is_missing(value):
            continue
        try:
            found.append(Published(series.product, tables.day(as_of), percent(str(value)), bucket=series.bucket))
        except ValueError as error:
            refused.append(Refused(0, name, f"{as_of} {value}", str(error)))
    return Reading(tuple(found), tuple(refused))


def _rows(body: bytes, name: str) -> list[dict[str, Any]]:
    try:
        rows = json.loads(body)["observations"]
    except (ValueError, KeyError, TypeError) as error:
        raise SourceError(f"FRED's answer for {name} is not the JSON it documents; it may be down.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError(f"FRED's answer for {name} has no list of observations.")
    return rows
