"""The rows behind the market: held values, the history, the pulls."""

from datetime import date

from django.db.models import Max, QuerySet

from rates.models import Pull, Rate


def held() -> QuerySet[Rate]:
    """What waits for a person, newest first."""
    return Rate.objects.filter(awaiting=True).select_related("decided_by").order_by("-as_of", "product", "source", "id")


def history(*, product: str = "", source: str = "", status: str = "", since: date | None = None) -> QuerySet[Rate]:
    """All values, newest first, narrowed by what is given."""
    rows = Rate.objects.select_related("decided_by").order_by("-as_of", "product", "source", "id")
    if product:
        rows = rows.filter(product=product)
    if source:
        rows = rows.filter(source=source)
    if status:
        rows = rows.filter(status=status)
    return rows.filter(as_of__gte=since) if since else rows


def pulls() -> QuerySet[Pull]:
    """All pulls, newest first."""
    return Pull.objects.select_related("by").defer("errors").order_by("-id")


def newest_of_sources() -> dict[str, date]:
    """By source: the date of its newest value. One query."""
    return dict(Rate.objects.values_list("source").annotate(Max("as_of")).order_by())
