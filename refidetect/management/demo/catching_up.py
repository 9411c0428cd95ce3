"""What the demo's officers have dealt with by now: replies read, calls made, alerts seen; the newest of each still wait."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from outreach.models import Alert, CallTask, Reading, Reply
from outreach.services import calling, placing, seeing
from refidetect.management.demo import moments

REPLIES_WAIT, CALLS_WAIT = 4, 6
DAY = timedelta(days=1)
READ_WITHIN, CALLED_WITHIN, SEEN_WITHIN = timedelta(hours=2), timedelta(hours=3), timedelta(minutes=25)
OUTCOMES = ("voicemail", "reached", "no_answer", "reached", "voicemail")


def catch_up(now: datetime, zone: ZoneInfo) -> None:
    """Each at an hour at which somebody is at work, and none after now."""
    for alert in Alert.objects.filter(acted_at__lt=now - DAY, seen_at=None).select_related("officer"):
        seeing.seen(alert.officer, alert.pk, at=_by(alert.acted_at + SEEN_WITHIN, now, zone))
    asked: Any = Reply.objects.filter(handled_at=None, opportunity__loan__officer__isnull=False)
    asked = asked.filter(reading__in=(Reading.WORDS, Reading.QUESTION, Reading.HELP)).select_related(
        "opportunity__loan__officer"
    )
    for reply in asked.order_by("-at", "-pk")[REPLIES_WAIT:]:
        placing.handle(reply, by=reply.opportunity.loan.officer, at=_by(reply.at + READ_WITHIN, now, zone))
    tasks = CallTask.objects.filter(done_at=None).select_related("officer", "touch__borrower", "opportunity__loan")
    waiting = list(tasks.order_by("-due_at", "-pk")[CALLS_WAIT:])
    for task, outcome in zip(reversed(waiting), itertools.cycle(OUTCOMES), strict=False):
        at = _by(task.due_at + CALLED_WITHIN, now, zone)
        with moments.at(at):
            calling.record(task, outcome, by=task.officer, now=at)


def _by(instant: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    return min(moments.at_the_desk(instant, zone), now)
