"""The demo's last three weeks, played in the order in which they happened: matches, sweeps, sends, and what came back.

Only the clock is the demo's own; everything is done by the services that do it for a lender, and what the sandbox takes is
answered by vendors that `words` invents. Nothing is drawn by chance, so each demo of a day is the same.
"""

import heapq
import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import F, Min, Q

from accounts.models import Lender
from loans.models import Opportunity, OpportunityEvent
from loans.services import matching
from outreach.adapters.happenings import Kind
from outreach.domain import windows
from outreach.models import Channel, Mode, Reply, Touch, TouchState
from outreach.queries import touch_reading
from outreach.services import channels, enrolling, filling, releasing, sending, settling, sweeping
from refidetect.management.demo import acts, catching_up, desk, moments, vendors, words
from refidetect.management.demo.words import Line, Then

WEEKS = 3
OPENS, MATCHES, SWEEPS = time(8, 10), time(8, 30), time(9, 5)
RELEASES = time(9, 20)
# Switched on one after the other; the last of them lets each day's messages go by hand.
DENVER, DENVER_SLOWER, PHOENIX, TAMPA = timedelta(days=21), timedelta(days=17), timedelta(days=6), 2
FEW, SOME, MORE = 1, 2, 4
BY_HAND, STARTED_AT = (18, 17, 15, 14, 12, 11, 4, 3), time(10, 40)
"""So many days ago officers began a conversation themselves: a loan without a market of its own waits for a person."""
LATE_TEXT, LOST_MAIL = 4, 6
"""Which of the texts waited for a sender until nobody may be texted, and which of the first e-mails got no answer."""
LATE = time(21, 20)
ARRIVES_IN = timedelta(seconds=40)

Happens = Callable[[datetime], None]


class Story:
    """What is still to happen until now, earliest first; whatever happens may add to it."""

    def __init__(self, now: datetime) -> None:
        self.now, self.zone = now, Lender.current().zone
        self._ahead: list[tuple[datetime, int, Happens]] = []
        self._numbers = itertools.count()
        self._swept: set[datetime] = set()
        self._held: set[uuid.UUID] = set()
        self._sent = dict.fromkeys(("first", "text", "last"), 0)
        self._lately = 0

    def at(self, instant: datetime, happens: Happens) -> None:
        """Adds what happens at an instant; what is still to come is no part of the story."""
        if instant <= self.now:
            heapq.heappush(self._ahead, (instant, next(self._numbers), happens))

    def play(self) -> None:
        """Until now."""
        while self._ahead:
            instant, _, happens = heapq.heappop(self._ahead)
            with moments.at(instant):
                happens(instant)

    def on(self, day: date, clock: time) -> datetime:
        """By the lender's clock."""
        return datetime.combine(day, clock, self.zone)

    def sweep(self, instant: datetime) -> None:
        """What a minute of the beat does, and the next minute that has something to do."""
        ready = Touch.objects.filter(pk__in=sweeping.sweep(instant).ready)
        # Ids are random, and who is written to first decides who answers what.
        for touch_id in ready.order_by("due_at", "opportunity__loan_number", "kind").values_list("pk", flat=True):
            self._send(touch_id, instant)
        due = Touch.objects.filter(
            Q(branch__outreach__mode=Mode.AUTOMATIC) | Q(released_at__isnull=False),
            state=TouchState.SCHEDULED, enrollment__state="active", due_at__gt=instant,
        ).aggregate(next=Min("due_at"))["next"]  # fmt: skip
        if due is not None and due not in self._swept:
            self._swept.add(due)
            self.at(due, self.sweep)

    def act_lately(self, then: Then) -> Happens:
        """Somebody who has not answered yet does it, about the newest message that went out."""

        def happens(instant: datetime) -> None:
            silent = Touch.objects.filter(
                state=TouchState.DELIVERED, kind="sequence", opportunity__status="contacting", channel=Channel.EMAIL
            )
            # Officers take turns, so that none has all the luck.
            found = silent.order_by("opportunity__loan__officer__email", "-sent_at", "opportunity__loan_number")
            touches = list(found)
            if touches:
                self._lately += 1
                acts.do(touches[self._lately * len(touches) // 8 % len(touches)], then, instant)

        return happens

    def _send(self, touch_id: uuid.UUID, instant: datetime) -> None:
        if touch_id in self._held:
            return
        touch = Touch.objects.select_related("borrower").get(pk=touch_id)
        kind = _kind(touch)
        if kind == "text" and self._sent["text"] == LATE_TEXT - 1:
            self._held.add(touch_id)
            self.at(self.on(instant.astimezone(self.zone).date(), LATE), lambda late: self._send_late(touch_id, late))
        elif kind == "first" and self._sent["first"] == LOST_MAIL - 1:
            _lose(touch_id, instant)
        elif sending.send(touch_id, now=instant) == TouchState.ACCEPTED and touch.channel != Channel.CALL:
            self._answered(touch, kind, instant)
            return
        else:
            return
        self._sent[kind] += 1

    def _send_late(self, touch_id: uuid.UUID, instant: datetime) -> None:
        self._held.discard(touch_id)
        sending.send(touch_id, now=instant)
        self.sweep(instant)

    def _answered(self, touch: Touch, kind: str, instant: datetime) -> None:
        line: Line = ()
        if kind in self._sent:
            lines = {"first": words.FIRST_MAIL, "text": words.TEXT, "last": words.LAST_MAIL}[kind]
            line = next(itertools.islice(lines, self._sent[kind], None), ())
            self._sent[kind] += 1
        if not any(then.act == words.Act.BOUNCES for then in line):
            self.at(instant + ARRIVES_IN, lambda at: vendors.told(touch, Kind.DELIVERED, at))
        for then in line:
            self.at(self._when(then, instant), self._act(touch, then))

    def _act(self, touch: Touch, then: Then) -> Happens:
        def happens(instant: datetime) -> None:
            acts.do(touch, then, instant)
            # The confirmation of an opt-out goes within minutes.
            self.at(instant + timedelta(minutes=1), self.sweep)

        return happens

    def _when(self, then: Then, sent: datetime) -> datetime:
        instant = sent + then.after
        if then.act in acts.BY_THE_OFFICER:
            return moments.at_the_desk(instant, self.zone)
        return moments.awake(instant, self.zone) if then.act in acts.BY_PEOPLE_AT_HOME else instant


def unfold(now: datetime) -> None:
    """Three weeks up to now, of an empty desk with a book. The match of today is the caller's."""
    story = Story(now)
    today = now.astimezone(story.zone).date()
    first = today - timedelta(weeks=WEEKS)
    story.at(story.on(first, OPENS), lambda at: desk.open_for_business(at, today))
    for weeks in range(WEEKS, 0, -1):
        story.at(story.on(today - timedelta(weeks=weeks), MATCHES), _match)
    story.at(story.on(today - DENVER, OPENS), lambda at: desk.switch("Denver", Mode.AUTOMATIC, SOME, at))
    story.at(story.on(today - DENVER_SLOWER, OPENS), lambda at: desk.switch("Denver", Mode.AUTOMATIC, FEW, at))
    story.at(story.on(today - PHOENIX, OPENS), lambda at: desk.switch("Phoenix", Mode.AUTOMATIC, FEW, at))
    reviewed = list(itertools.islice(_business_days_before(today), TAMPA))
    story.at(story.on(reviewed[-1], OPENS), lambda at: desk.switch("Tampa", Mode.REVIEW, FEW, at))
    for day in reviewed:
        story.at(story.on(day, RELEASES), _release(story))
    for back in BY_HAND:
        begun = moments.at_the_desk(story.on(today - timedelta(days=back), STARTED_AT), story.zone)
        story.at(begun, _start_by_hand(story))
    for ahead in range(WEEKS * 7 + 1):
        story.at(story.on(first + timedelta(days=ahead), SWEEPS), story.sweep)
    for then in words.LATELY:
        story.at(moments.awake(now - then.after, story.zone), story.act_lately(then))
    story.play()


def catch_up(now: datetime) -> str:
    """The last minute, after the match of today: a sweep, and what people at the desk have done. Says what there is now."""
    story = Story(now)
    desk.switch("Tampa", Mode.REVIEW, MORE, now)
    story.sweep(now)
    catching_up.catch_up(now, story.zone)
    messages = Touch.objects.filter(sent_at__isnull=False).exclude(channel=Channel.CALL)
    return (
        f"Conversations: {Opportunity.objects.count()} opportunities in {WEEKS} weeks, {messages.count()} messages in the "
        f"sandbox, {Reply.objects.count()} answers."
    )


def _match(at: datetime) -> None:
    """A run of that day, whose rows carry its time: the match stamps them with the database's clock."""
    run = matching.run().run
    Opportunity.objects.filter(opened_run=run).update(created_at=at)
    OpportunityEvent.objects.filter(run=run).update(at=at)


def _start_by_hand(story: Story) -> Happens:
    """The officer of the one that saves most begins to write."""

    def happens(at: datetime) -> None:
        rows = Opportunity.objects.filter(
            status="new", proxy=True, review="", enrollments=None, loan__branch__outreach__mode=Mode.AUTOMATIC
        )
        row = rows.select_related("loan__officer").order_by("-total_interest_savings", "loan_number").first()
        if row is not None and row.loan.officer is not None:
            enrolling.start(row.pk, by=row.loan.officer, now=at)
            story.at(at + timedelta(minutes=1), story.sweep)

    return happens


def _release(story: Story) -> Happens:
    def happens(at: datetime) -> None:
        midnight = story.on(at.astimezone(story.zone).date() + timedelta(days=1), time())
        releasing.release(desk.person(desk.MANAGERS["Tampa"]), now=at, until=midnight)
        story.at(at + timedelta(minutes=1), story.sweep)

    return happens


def _lose(touch_id: uuid.UUID, at: datetime) -> None:
    """The sender ends between its call and its note: nobody knows whether the message went."""
    touch, lender = touch_reading.touch(touch_id), Lender.current()
    claim = settling.claim(touch, channels.provider(touch.channel, lender), filling.fill_best(touch, lender), now=at)
    if claim is not None:
        Touch.objects.filter(pk=touch_id).update(claim_until=F("claim_until") - timedelta(hours=1))


def _kind(touch: Touch) -> str:
    """Which list of `words` tells what came of it; none for what is no step of a sequence, or a call."""
    if touch.kind != "sequence" or touch.channel == Channel.CALL:
        return ""
    if touch.channel == Channel.SMS:
        return "text"
    return "first" if touch.day == 1 else "last"


def _business_days_before(today: date) -> Iterator[date]:
    days = (today - timedelta(days=back) for back in itertools.count(1))
    return filter(windows.is_business_day, days)
