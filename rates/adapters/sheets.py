"""The columns of a rate sheet, whether it came as a file or as JSON."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from rates.adapters import tables
from rates.adapters.protocol import SourceError
from rates.domain import products
from rates.domain.published import Bucket, Published, Reading, Refused, Series, percent

REQUIRED = ("as_of", "product", "rate")
MAX_ROWS = tables.MAX_ROWS
LOWEST_SCORE, HIGHEST_SCORE = 300, 850
BY_LABEL = {label.lower(): code for code, label in products.PUBLISHED.items()}
WORDS = {"": False, "true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


class _Bad(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def read(lines: Iterable[tuple[int, Mapping[str, str]]], name: str) -> Reading:
    """Lines as (number, cells by column name); raises SourceError where there are none."""
    found: dict[tuple[Series, object], tuple[int, Published]] = {}
    refused: list[Refused] = []
    for number, cells in lines:
        try:
            value = _value(cells)
            seen = found.get((value.series, value.as_of))
            if seen and seen[1] != value:
                raise _Bad("rate", f"line {seen[0]} has another value for the same product, date and bucket")
        except _Bad as bad:
            refused.append(Refused(number, bad.column, cells.get(bad.column, "")[:80], str(bad)))
            continue
        found.setdefault((value.series, value.as_of), (number, value))
    if not found and not refused:
        raise SourceError(f"{name} has a heading and no rates.")
    return Reading(tuple(value for _, value in found.values()), tuple(refused))


def _value(cells: Mapping[str, str]) -> Published:
    try:
        as_of = tables.day(cells.get("as_of", ""))
    except ValueError as error:
        raise _Bad("as_of", str(error)) from error
    rate = _percent(cells, "rate")
    if rate is None:
        raise _Bad("rate", "is missing")
    apr = _percent(cells, "apr")
    if apr is not None and not 0 < apr < 25:
        raise _Bad("apr", "is not an APR in percent")
    return Published(_product(cells), as_of, rate, apr, _percent(cells, "points"), _bucket(cells), _quotable(cells))


def _product(cells: Mapping[str, str]) -> str:
    text = cells.get("product", "").lower()
    code = BY_LABEL.get(text, text)
    if code not in products.PUBLISHED:
        raise _Bad("product", f"is not one of {', '.join(products.PUBLISHED)}")
    return code


def _percent(cells: Mapping[str, str], column: str) -> Decimal | None:
    text = cells.get(column, "")
    if not text:
        return None
    try:
        return percent(text)
    except ValueError as error:
        raise _Bad(column, str(error)) from error


def _bucket(cells: Mapping[str, str]) -> Bucket:
    bucket = Bucket(
        _percent(cells, "ltv_over"), _percent(cells, "ltv_to"), _score(cells, "score_from"), _score(cells, "score_to")
    )
    if bucket.ltv_over is not None and bucket.ltv_over < 0:
        raise _Bad("ltv_over", "is below zero")
    if bucket.ltv_to is not None and bucket.ltv_to <= (bucket.ltv_over or 0):
        raise _Bad("ltv_to", "is not above ltv_over")
    if bucket.score_from and bucket.score_to and bucket.score_to < bucket.score_from:
        raise _Bad("score_to", "is below score_from")
    return bucket


def _score(cells: Mapping[str, str], column: str) -> int | None:
    text = cells.get(column, "")
    if not text:
        return None
    # A raised ² is a digit and no number, and of a hundred thousand digits none is made.
    if not text.isdecimal() or len(text) > 3 or not LOWEST_SCORE <= int(text) <= HIGHEST_SCORE:
        raise _Bad(column, f"is not a credit score from {LOWEST_SCORE} to {HIGHEST_SCORE}")
    return int(text)


def _quotable(cells: Mapping[str, str]) -> bool:
    word = cells.get("quotable", "").lower()
    if word not in WORDS:
        raise _Bad("quotable", "is not true or false")
    return WORDS[word]
