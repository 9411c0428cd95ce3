"""Rates for some loans of a product only, by LTV and credit score: how they are worded, and which of two is the narrower."""

from decimal import Decimal

from rates.domain.published import Bucket


def label(bucket: Bucket) -> str:
    """`LTV over 80 to 95, score 700 to 739`; empty for every loan."""
    return ", ".join(
        part for part in (_ltv(bucket.ltv_over, bucket.ltv_to), _score(bucket.score_from, bucket.score_to)) if part
    )


def narrowest_first(bucket: Bucket) -> tuple[int, int, Decimal]:
    """A key to sort by: what is bounded on more sides first, then the higher score, then the lower LTV."""
    return sum(side is None for side in bucket), -(bucket.score_from or 0), bucket.ltv_to or Decimal("Infinity")


def _ltv(over: Decimal | None, to: Decimal | None) -> str:
    words = [f"over {_short(over)}"] if over is not None else []
    words += [f"to {_short(to)}"] if to is not None else []
    return " ".join(["LTV", *words]) if words else ""


def _score(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"score {low} to {high}"
    if low is not None:
        return f"score from {low}"
    return "" if high is None else f"score to {high}"


def _short(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
