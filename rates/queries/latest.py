"""The newest accepted values of each source and product, whatever the size of the table: one index probe for each pair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from rates.domain import products
from rates.domain.published import EVERY_LOAN, Bucket

# An index scan per pair: DISTINCT ON would read the whole history to find the last row of each.
NEWEST = """
SELECT pair.source, pair.product, newest.rate, newest.as_of, newest.quotable, newest.apr, newest.points
FROM (SELECT source, product FROM unnest(%s::text[]) AS source, unnest(%s::text[]) AS product) AS pair
CROSS JOIN LATERAL (
    SELECT rate, as_of, quotable, apr, points
    FROM rates_rate
    WHERE source = pair.source AND product = pair.product AND as_of <= %s AND status = 'accepted'
        AND ltv_over IS NULL AND ltv_to IS NULL AND score_from IS NULL AND score_to IS NULL
    ORDER BY as_of DESC
    LIMIT %s
) AS newest
ORDER BY pair.source, pair.product, newest.as_of DESC
"""

# The newest of each bucket. Older ones than this apply to nothing, so only the last days are read.
NARROW_DAYS = 14
NARROW = """
SELECT DISTINCT ON (source, product, ltv_over, ltv_to, score_from, score_to)
    source, product, rate, as_of, quotable, apr, points, ltv_over, ltv_to, score_from, score_to
FROM rates_rate
WHERE as_of BETWEEN %s AND %s AND source = ANY(%s) AND status = 'accepted'
    AND num_nonnulls(ltv_over, ltv_to, score_from, score_to) > 0
ORDER BY source, product, ltv_over, ltv_to, score_from, score_to, as_of DESC
"""


@dataclass(frozen=True)
class Value:
    source: str
    product: str
    rate: Decimal
    as_of: date
    quotable: bool
    apr: Decimal | None
    points: Decimal | None
    bucket: Bucket = EVERY_LOAN


def values(sources: Sequence[str], on: date, *, depth: int = 1) -> dict[tuple[str, str], list[Value]]:
    """By source and product: the newest `depth` values for every loan, dated at or before `on`, newest first. One query."""
    found: dict[tuple[str, str], list[Value]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [list(sources), list(products.PUBLISHED), on, depth])
        for row in cursor.fetchall():
            value = Value(*row)
            found.setdefault((value.source, value.product), []).append(value)
    return found


def narrow(sources: Sequence[str], on: date) -> dict[tuple[str, str], list[Value]]:
    """By source and product: the newest value of each LTV and score bucket, of the last two weeks before `on`. One query."""
    found: dict[tuple[str, str], list[Value]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NARROW, [on - timedelta(days=NARROW_DAYS), on, list(sources)])
        for row in cursor.fetchall():
            one = replace(Value(*row[:-4]), bucket=Bucket(*row[-4:]))
            found.setdefault((one.source, one.product), []).append(one)
    return found
