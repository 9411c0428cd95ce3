"""Freddie Mac's Primary Mortgage Market Survey from Freddie Mac itself: one CSV with every week since 1971, without a key."""

from datetime import date

from django.conf import settings

from rates.adapters import documents, series
from rates.adapters.protocol import SourceError
from rates.adapters.series import Column
from rates.domain.published import Reading
from refidetect.kit import http

PATH = "/pmms/docs/PMMS_history.csv"
DATES = frozenset({"date"})
# The publisher's own heading, and that of the archive copies. Points were last published in November 2022.
COLUMNS = {
    "pmms30": Column("conventional_30", "pmms30p"),
    "pmms15": Column("conventional_15", "pmms15p"),
    "frm30": Column("conventional_30", "frm30_points"),
    "frm15": Column("conventional_15", "frm15_points"),
}
PRODUCTS = frozenset(column.product for column in COLUMNS.values())


def fetch(since: date | None) -> Reading:
    """The whole history: the publisher has one file."""
    try:
        answer = http.get(f"{settings.PMMS_BASE_URL}{PATH}")
    except http.HttpError as error:
        raise SourceError(f"Freddie Mac: {error}") from error
    return read(answer.content, "Freddie Mac's answer")


def read(content: bytes, name: str) -> Reading:
    """Its CSV with either heading; blanks stand for weeks without a value, and late lines are short."""
    return series.read(documents.text_of(content, name), name, dates=DATES, columns=COLUMNS)
