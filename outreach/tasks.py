"""What the clock has the workers do with conversations."""

from celery import shared_task
from django.utils import timezone

from outreach.services import alerting


@shared_task
def mail_alerts() -> None:
    alerting.mail_waiting(now=timezone.now())
