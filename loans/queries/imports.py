"""Imports as the pages show them."""

from django.db.models import QuerySet

from accounts.models import User
from loans.models import ImportBatch


def visible(user: User) -> QuerySet[ImportBatch]:
    """Those that the user may see, newest first, with who began them."""
    return ImportBatch.objects.visible_to(user).select_related("by")
