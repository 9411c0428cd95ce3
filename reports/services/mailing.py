"""Mails the weekly report, Monday 07:00 on each branch's clock: claimed first, so that no worker sends it twice."""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from reports.domain import printing
from reports.domain.report import Report
from reports.domain.stages import BESIDE, FUNNEL, REPORTED
from reports.models import MailOutcome, WeeklyMail
from reports.queries import mails, weekly
from reports.queries import scope as scoping
from reports.queries.mails import Due
from reports.queries.scope import Asked

log = structlog.get_logger(__name__)


def mails_anything() -> bool:
    """Whether a mail server is set up; without one nothing is claimed, so a later one still sends the newest week."""
    return bool(settings.SMTP_HOST)


def mail_due(now: datetime) -> int:
    """Sends what is due; returns how many mails went out. Of two at once one claims each."""
    if not mails_anything():
        return 0
    return sum(_mail(due, now) for due in mails.due(now))


def _mail(due: Due, now: datetime) -> int:
    row, mine = WeeklyMail.objects.get_or_create(branch=due.branch, monday=due.week.monday, defaults={"claimed_at": now})
    if not mine:
        return 0
    scope = scoping.of_desk(Asked(due.week, branch=due.branch.pk if due.branch else None))
    report = weekly.report(scope, now=now)
    sent = sum(_send(report, person, due) for person in due.people)
    outcome = MailOutcome.SENT if sent else MailOutcome.FAILED
    WeeklyMail.objects.filter(pk=row.pk).update(
        outcome=outcome, sent_at=now if sent else None, recipients=sent, refused=len(due.people) - sent
    )
    log.info("weekly report mailed", mail=row.pk, sent=sent, refused=len(due.people) - sent)
    return sent


def _send(report: Report, person: User, due: Due) -> bool:
    about = due.branch.name if due.branch else "all branches"
    # A branch's name may hold a line break, which no header may.
    subject = " ".join(f"Weekly report, {about}: {report.week.label}".split())
    asked = {"week": report.week.name} | ({"branch": due.branch.pk} if due.branch else {})
    context = {
        "report": report,
        "about": about,
        "heads": printing.HEADS,
        "tables": [printing.table(report, stages) for stages in (FUNNEL, BESIDE)],
        "lines": printing.text_table(report, REPORTED),
        "link": f"{settings.PUBLIC_BASE_URL}{reverse('reports:weekly')}?{urlencode(asked)}",
    }
    message = EmailMultiAlternatives(subject, render_to_string("reports/email/weekly.txt", context), None, [person.email])
    message.attach_alternative(render_to_string("reports/email/weekly.html", context), "text/html")
    try:
        message.send()
    except OSError as error:
        log.warning("weekly report not mailed", user=person.pk, error=type(error).__name__)
        return False
    return True
