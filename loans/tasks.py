"""What the pages and the clock have the workers do with the portfolio."""

from celery import shared_task
from django.utils import timezone

from loans.services import import_queue, matching


@shared_task
def run_import(batch: int) -> None:
    import_queue.run(batch)


@shared_task
def sweep_imports() -> None:
    """Sends a worker to every file that waits, or that a worker left behind. A message that nobody took in time is void."""
    import_queue.tidy(timezone.now())
    for batch in import_queue.due():
        run_import.apply_async(args=[batch], expires=55)


@shared_task
def run_match() -> None:
    matching.run()
