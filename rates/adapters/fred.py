"""The daily Optimal Blue Mortgage Market Indices by product, from FRED's API. Needs a free key.

They are averages of locked rates with points: an index, never an offer. The key stands in the query string, as FRED wants it,
so no message of ours repeats an address.
"""

import json
from datetime import date
from typing import Any

from django.conf import settings

from rates.adapters import tables
from rates.adapters.protocol import SourceError
from rates.domain.published import Published, Reading, Refused, percent
from refidetect.kit import http

PATH = "/fred/series/observations"
SERIES = {
    "OBMMIC30YF": "conventional_30",
    "OBMMIC15YF": "conventional_15",
    "OBMMIJUMBO30YF": "jumbo_30",
    "OBMMIFHA30YF": "fha_30",
    "OBMMIVA30YF": "va_30",
    "OBMMIUSDA30YF": "usda_30",
}
PRODUCTS = frozenset(SERIES.values())
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
    for name, product in SERIES.items():
        try:
            reading = _observations(_series(name, since), name, product)
        except SourceError as error:
            failed.append(error)
            refused.append(Refused(0, name, "", str(error)))
            continue
        found += reading.rows
        refused += reading.refused
    if len(failed) == len(SERIES):
        raise failed[0]
    return Reading(tuple(found), tuple(refused))


def _series(name: str, since: date | None) -> bytes:
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


def _observations(body: bytes, name: str, product: str) -> Reading:
    found: list[Published] = []
    refused: list[Refused] = []
    for row in _rows(body, name):
        as_of, value = str(row.get("date", "")), str(row.get("value", "")).strip()
        if value in tables.MISSING:
            continue
        try:
            found.append(Published(product, tables.day(as_of), percent(value)))
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
