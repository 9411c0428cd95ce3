"""Telling people the moment a borrower acts: a row in the transaction of the act, and an e-mail soon after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from outreach.models import Alert, AlertKind, MailState, Reply
from outreach.queries import alerts

log = structlog.get_logger(__name__)

# A worker that died between claim and result may have sent it: it is not sent a second time.
MAIL_GIVEN_UP_AFTER = timedelta(minutes=15)
SUBJECTS = {
    AlertKind.REPLY: "{} replied",
    AlertKind.QUESTION: "{} asked a question",
    AlertKind.BOOKED: "{} booked a call",
    AlertKind.CANCELED: "{} canceled the call",
    AlertKind.CLICKED: "{} looked at times to talk",
    AlertKind.APPLICATION: "{} applied",
    AlertKind.OPTED_OUT: "{} opted out",
    AlertKind.DOUBTFUL: "{} may have opted out",
}


def tell(opportunity_id: int, kind: AlertKind, *, at: datetime, text: str = "", reply: Reply | None = None) -> Sequence[Alert]:
    """Alerts the loan's officer of today, or who stands in for one who left, in the caller's transaction.

    `at` is when the borrower acted; the words are `text`, or the reply's. Raises Opportunity.DoesNotExist.
    """
    words = text or (reply.text if reply else "")
    mail = MailState.WAITING if settings.SMTP_HOST else MailState.NONE
    return [
        Alert.objects.create(
            officer=person, opportunity_id=opportunity_id, kind=kind, reply=reply, text=words, acted_at=at, mail=mail
        )
        for person in alerts.recipients(opportunity_id)
    ]


def mail_waiting(now: datetime, limit: int = 100) -> int:
    """Mails what waits, oldest first; returns how many went out. Of two at once each takes its own; none is sent twice."""
    lost = Alert.objects.filter(mail=MailState.SENDING, mail_claimed_at__lt=now - MAIL_GIVEN_UP_AFTER)
    lost.update(mail=MailState.FAILED)
    sent = 0
    for _ in range(limit):
        alert = _claim(now)
        if alert is None:
            break
        sent += _mail(alert, now)
    return sent


def _claim(now: datetime) -> Alert | None:
    with transaction.atomic():
        waiting = Alert.objects.select_for_update(skip_locked=True, of=("self",)).filter(mail=MailState.WAITING)
        alert = waiting.select_related("officer", "reply__borrower").order_by("pk").first()
        if alert is not None:
            Alert.objects.filter(pk=alert.pk).update(mail=MailState.SENDING, mail_claimed_at=now)
        return alert


def _mail(alert: Alert, now: datetime) -> bool:
    told = alerts.told(alert)
    name = told.name or "A borrower"
    # A name of a file may hold a line break, which no header may.
    subject = " ".join(SUBJECTS[AlertKind(alert.kind)].format(name).split())
    link = settings.PUBLIC_BASE_URL + reverse("loans:opportunity", args=[told.opportunity_id])
    body = render_to_string("outreach/email/alert.txt", {"alert": alert, "told": told, "subject": subject, "link": link})
    try:
        send_mail(subject, body, None, [alert.officer.email])
    except OSError as error:
        log.warning("alert not mailed", alert=alert.pk, error=type(error).__name__)
        Alert.objects.filter(pk=alert.pk, mail=MailState.SENDING).update(mail=MailState.FAILED)
        return False
    Alert.objects.filter(pk=alert.pk, mail=MailState.SENDING).update(mail=MailState.SENT, mailed_at=now)
    return True
