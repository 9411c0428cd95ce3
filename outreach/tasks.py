"""What the clock has the workers do with conversations. Times are the database's: no worker's own clock sends early."""

import uuid

from celery import shared_task

from outreach.services import alerting, applying, reconciling, sending, sweeping
from refidetect.kit import clock


@shared_task
def sweep() -> None:
    """One minute's work; the ids of what is ready go to the senders."""
    for touch_id in sweeping.sweep(clock.now()).ready:
        send_touch.delay(str(touch_id))


@shared_task
def send_touch(touch_id: str) -> None:
    sending.send(uuid.UUID(touch_id), now=clock.now())


@shared_task
def mail_alerts() -> None:
    alerting.mail_waiting(now=clock.now())


@shared_task
def apply_inbox() -> None:
    applying.apply_waiting(now=clock.now())


@shared_task
def reconcile() -> None:
    reconciling.reconcile(now=clock.now())
