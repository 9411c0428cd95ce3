"""What comes next in a conversation, or why nothing does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.models import CallTask, Enrollment, EnrollmentState, GateAnswer, Touch, TouchState
from outreach.queries import local_time, timeline


@dataclass(frozen=True)
class Next:
    """`run` is the newest enrollment, `touch` what waits, `title` and `when` say which and for when it is planned.

    `why` is the reason it waits in the gate's words; `stopped` says what ended the conversation.
    """

    run: Any = None
    touch: Any = None
    title: str = ""
    when: str = ""
    why: str = ""
    stopped: str = ""

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.state == EnrollmentState.ACTIVE

    @property
    def paused(self) -> bool:
        return self.run is not None and self.run.state == EnrollmentState.PAUSED

    @property
    def live(self) -> bool:
        return self.running or self.paused


def of(row: Any, now: datetime) -> Next:
    """Three queries at most."""
    run = Enrollment.objects.filter(loan=row.loan).select_related("sequence", "ended_by").order_by("-started_at", "-pk").first()
    if run is None:
        return Next()
    if run.state not in EnrollmentState.live():
        return Next(run=run, stopped=timeline.STOPS.get(run.stop_reason, "") if run.state == EnrollmentState.STOPPED else "")
    touch = Touch.objects.filter(enrollment=run, state__in=TouchState.pending()).order_by("due_at").first()
    if touch is None:
        return Next(run=run)
    return Next(
        run=run,
        touch=touch,
        title=timeline.name_of(touch),
        when=local_time.words(touch.due_at, local_time.zone_of(row.loan), now),
        why=_why(touch),
    )


def open_calls(row: Any) -> list[CallTask]:
    """The calls that wait on the opportunity, the first to make first."""
    return list(CallTask.objects.filter(opportunity=row, done_at=None).select_related("officer"))


def _why(touch: Touch) -> str:
    if not touch.reason:
        return ""
    answer = GateAnswer.objects.filter(touch=touch, send=False, reason=touch.reason).order_by("-at").first()
    return timeline.refusal(answer) if answer is not None else touch.detail
