"""What the clock has the workers do with the reports. Times are the database's."""

from celery import shared_task

from refidetect.kit import clock
from reports.services import mailing


@shared_task
def weekly() -> None:
    mailing.mail_due(now=clock.now())
