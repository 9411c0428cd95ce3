"""What the clock has a worker of each queue do so that everybody can see that it lives."""

from celery import shared_task

from refidetect.health import beats
from refidetect.kit import clock


@shared_task
def beat(queue: str) -> None:
    """By the database's clock, so that a worker without a database gives no sign."""
    beats.leave(queue, clock.now())
