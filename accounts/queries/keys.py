"""The API keys, for the page on which administrators keep them."""

from django.db.models import QuerySet

from accounts.models import ApiKey


def keys() -> QuerySet[ApiKey]:
    """Those that work first, the newest first."""
    rows: QuerySet[ApiKey] = ApiKey.objects.select_related("user__branch", "created_by", "revoked_by")
    return rows.order_by("revoked", "-created")
