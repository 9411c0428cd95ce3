"""The newest accepted values of each source and product, whatever the size of the table: one index probe for each pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from rates.domain import products

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


@dataclass(frozen=True)
class Value:
    source: str
    product: str
    rate: Decimal
    as_of: date
    quotable: bool
    apr: Decimal | None
    points: Decimal | None


def values(sources: Sequence[str], on: date, *, depth: int = 1) -> dict[tuple[str, str], list[Value]]:
    """By source and product: the newest `depth` values for every loan, dated at or before `on`, newest first. One query."""
    found: dict[tuple[str, str], list[Value]] = {}
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [list(sources), list(products.PUBLISHED), on, depth])
        for row in cursor.fetchall():
            value = Value(*row)
            found.setdefault((value.source, value.product), []).append(value)
    return found
