"""What the clock and the page's button run in the background."""

from celery import shared_task
from django.utils import timezone

from rates.services import pulling


@shared_task
def pull_rates(by: int | None = None) -> None:
    """Every enabled feed; `by` is the id of the user who asked."""
    pulling.pull_daily(timezone.now(), by=by)
