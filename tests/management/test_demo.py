"""The demo's lender, looked at on days of all kinds: as much in the queue on each, talk worth reading, invented people only."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from accounts.models import Branch, Lender, User
from loans.models import Borrower, ImportBatch, Loan, MatchRun, Opportunity, OpportunityEvent
from outreach.models import (
    Alert,
    Appointment,
    BranchOutreach,
    CallTask,
    Enrollment,
    GateAnswer,
    InboxItem,
    Message,
    Reply,
    Suppression,
    TemplateVersion,
    Touch,
)
from refidetect.management.demo import book, catching_up, survey

MOMENTS = (
    datetime(2026, 4, 27, 14, 5, tzinfo=UTC),  # a Monday morning, before Denver works
    datetime(2026, 11, 28, 19, 30, tzinfo=UTC),  # the Saturday after Thanksgiving
    datetime(2027, 1, 18, 23, 50, tzinfo=UTC),  # a Monday that is a holiday, in the evening
    datetime(2027, 3, 15, 9, 0, tzinfo=UTC),  # the night after clocks were set forward
    datetime(2028, 2, 29, 18, 0, tzinfo=UTC),
)
DAYS = (*(moment.date() for moment in MOMENTS), date(2026, 12, 31), date(2027, 7, 1))
PAGES = (
    "loans:queue", "loans:portfolio", "loans:imports", "loans:runs", "loans:policy", "rates:rates", "accounts:people",
    "accounts:profile", "outreach:today", "outreach:hot_list", "outreach:inbox", "outreach:calls", "outreach:outbox",
    "outreach:templates", "outreach:going_out", "outreach:settings",
)  # fmt: skip
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda moment: f"{moment:%Y-%m-%d}")
def now(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """A demo of that moment, made once for all that look at it and taken back after."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        with time_machine.travel(request.param, tick=False):
            call_command("demo")
        yield request.param
        transaction.set_rollback(True)
    connection.close()


@pytest.fixture(autouse=True)
def _that_moment(now):
    with time_machine.travel(now, tick=True):
        yield


def today() -> date:
    return Lender.current().today()


def test_the_demo_has_300_loans_and_as_many_opportunities_on_any_day():
    assert (Loan.objects.count(), Branch.objects.count(), User.objects.filter(role="officer").count()) == (300, 3, 8)
    batch = ImportBatch.objects.get()
    assert (batch.created, batch.rejected, batch.warnings) == (300, 0, 0)
    assert Opportunity.objects.count() == sum(kind.count for kind in book.KINDS[:5])
    assert 40 <= Opportunity.objects.in_queue().count() <= 50


def test_a_match_of_each_week_was_live_on_its_day_and_held_nothing(now):
    runs = list(MatchRun.objects.order_by("as_of"))
    assert [run.as_of for run in runs] == [today() - timedelta(weeks=weeks) for weeks in (3, 2, 1, 0)]
    assert all(run.live and not run.held for run in runs)
    assert sum(run.opened for run in runs) == Opportunity.objects.count()
    # Every kind of out is there, but for a market without a rate, a limit that is off, and what this lender has in order.
    in_order = {"rate_available", "break_even", "seasoning", "license"}
    assert {rule for rule, count in runs[-1].excluded.items() if not count} == in_order


def test_rows_carry_the_time_at_which_they_happened_and_nothing_is_still_to_come(now):
    began = now - timedelta(days=24)
    # The last match stamps what it opens with the database's own clock, which no test moves.
    last = MatchRun.objects.latest("pk")
    before = OpportunityEvent.objects.exclude(run=last)
    for rows, column in (
        (before, "at"), (Alert, "created_at"), (Touch, "created_at"), (Reply, "at"), (InboxItem, "applied_at"),
        (GateAnswer, "at"), (Enrollment, "started_at"), (Opportunity.objects.exclude(opened_run=last), "created_at"),
        (ImportBatch, "started_at"),
    ):  # fmt: skip
        times = list(getattr(rows, "objects", rows).values_list(column, flat=True))
        assert times, rows
        assert min(times) >= began, rows
        assert max(times) <= now + timedelta(minutes=5), rows
    told = before.filter(kind="opened").values_list("at", "opportunity__opened_on")
    assert all(at.astimezone(Lender.current().zone).date() == on for at, on in told)


def test_opportunities_stand_in_many_statuses_after_three_weeks():
    statuses = Counter(Opportunity.objects.values_list("status", flat=True))
    assert statuses.keys() >= {"new", "contacting", "engaged", "appointment", "application", "snoozed", "archived"}
    reasons = set(Enrollment.objects.values_list("stop_reason", flat=True))
    assert reasons >= {"reply", "opt_out", "booking", ""}
    assert Opportunity.objects.filter(status="archived", events__by__isnull=False).exists()
    acted = Opportunity.objects.in_queue().filter(engagement__gte=2).count()
    assert 8 <= acted <= 20


def test_some_sixty_messages_went_out_in_the_sandbox_and_none_in_the_dead_of_night():
    sent = Touch.objects.filter(sent_at__isnull=False).exclude(channel="call")
    assert 45 <= sent.count() <= 80
    assert set(sent.values_list("provider", flat=True)) == {"sandbox"}
    assert set(sent.values_list("channel", flat=True)) == {"email", "sms"}
    hours = {row.sent_at.astimezone(Lender.current().zone).hour for row in sent.filter(kind="sequence")}
    assert hours <= set(range(6, 20))
    states = set(Touch.objects.values_list("state", flat=True))
    assert states >= {"delivered", "bounced", "skipped", "abandoned", "scheduled"}
    assert GateAnswer.objects.filter(send=False, reason="quiet_hours").exists()
    confirmed = Message.objects.get(touch__kind="confirmation")
    assert confirmed.text == "Harbor Pine Home Loans: you will get no more texts from us. No reply is needed."


def test_borrowers_wrote_in_their_own_words_and_opt_outs_closed_what_they_name():
    said = {reply.text: reply.reading for reply in Reply.objects.all()}
    assert len(said) >= 10
    assert said["Please stop emailing my wife."] == said["STOP"] == said["please quit texting me"] == "opt_out"
    assert said["wrong number, sorry"] == "doubtful"
    assert said["Is this real?"] == "words"
    closed = Counter(Suppression.objects.values_list("reason", flat=True))
    assert closed.keys() >= {"reply", "bounce", "one_click"}
    after = Touch.objects.filter(opportunity__enrollments__stop_reason="opt_out", kind="sequence", state="scheduled")
    assert not after.exists()
    assert not InboxItem.objects.filter(applied_at=None).exists()


def test_the_newest_answers_and_calls_wait_and_alerts_of_the_last_day_alone_are_unseen(now):
    waiting = Reply.objects.filter(handled_at=None).exclude(reading__in=("opt_out", "automatic"))
    assert catching_up.REPLIES_WAIT <= waiting.count() <= catching_up.REPLIES_WAIT + 3
    assert CallTask.objects.filter(done_at=None).count() == catching_up.CALLS_WAIT
    assert CallTask.objects.exclude(done_at=None).count() >= 6
    unseen = Alert.objects.filter(seen_at=None)
    assert unseen.exists()
    assert min(unseen.values_list("acted_at", flat=True)) >= now - DAY
    assert Alert.objects.exclude(seen_at=None).count() > unseen.count() / 2
    assert Appointment.objects.filter(starts_at__gt=now, state="booked").exists()


def test_two_branches_send_by_themselves_and_in_the_third_a_batch_waits_for_somebody():
    modes = dict(BranchOutreach.objects.values_list("branch__name", "mode"))
    assert modes == {"Denver": "automatic", "Phoenix": "automatic", "Tampa": "review"}
    waiting = Touch.objects.filter(state="scheduled", branch__name="Tampa", released_at=None)
    assert waiting.count() >= 3
    assert Touch.objects.filter(branch__name="Tampa", released_by__email="june.abbott@example.com").exists()
    assert Touch.objects.filter(state="scheduled", branch__name__in=("Denver", "Phoenix")).exists()
    approved = TemplateVersion.objects.filter(state="approved")
    assert set(approved.values_list("decided_by__email", flat=True)) == {"grace.lindholm@example.com"}


def test_the_officer_of_calls_only_has_calls_and_no_message():
    of_priya = Touch.objects.filter(officer__email="priya.raman@example.com", kind="sequence")
    assert set(of_priya.values_list("channel", flat=True)) == {"call"}


def test_everybody_in_the_demo_is_invented():
    borrowers = list(Borrower.objects.all())
    addresses = {row.email for row in borrowers} | {user.email for user in User.objects.all()}
    addresses |= {reply.sender for reply in Reply.objects.filter(channel="email")}
    assert all(address.endswith("@example.com") for address in addresses - {""})
    numbers = [row.phone for row in borrowers if row.phone] + [user.phone for user in User.objects.all() if user.phone]
    assert len(numbers) > 250
    assert [number for number in numbers if not re.fullmatch(r"(\+1|\()\d{3}(\) )?555-?01\d\d", number)] == []
    assert len({row.email for row in borrowers if row.email}) == len([row for row in borrowers if row.email])


def test_every_page_says_that_it_is_a_demo_and_where_the_rates_come_from(as_user):
    notice = Lender.current().demo_notice
    assert notice == survey.notice(today())
    assert notice.startswith("Demo. Borrowers and loans are invented. Rates are real Freddie Mac survey averages")
    assert "April 23, 2026" in notice
    browser = as_user(User.objects.get(role="administrator"))
    loan, row = Loan.objects.first(), Opportunity.objects.filter(replies__isnull=False).first()
    addresses = [reverse(name) for name in PAGES]
    addresses += [reverse("loans:loan", args=[loan.loan_number]), reverse("loans:opportunity", args=[row.pk])]
    for address in addresses:
        answer = browser.get(address)
        assert (answer.status_code, notice in answer.content.decode()) == (200, True), address


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_replayed_survey_ends_in_the_week_of_the_day(day):
    last, thirty, fifteen = survey.replayed(day)[-1]
    assert (last.weekday(), 0 <= (day - last).days < 7) == (3, True)
    assert (thirty, fifteen) == survey.published()[-1][1:]
    assert survey.moved_by(day).days % 7 == 0
