"""What the database itself refuses: ways between states that do not exist, and changes of what is written for good."""

import itertools
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from outreach.models import (
    EDGES,
    Attempt,
    Consent,
    Enrollment,
    EnrollmentState,
    GateAnswer,
    InboxItem,
    Message,
    Suppression,
    Template,
    TemplateVersion,
    Touch,
    TouchEvent,
    TouchState,
)
from tests.outreach.conversations import NOW, SENT, enrollment, lookup, opportunity, touch

pytestmark = pytest.mark.django_db
PAIRS = list(itertools.permutations(TouchState.values, 2))


@pytest.fixture
def row(olivia):
    row = opportunity(olivia)
    enrollment(row)
    return row


def refused(act) -> bool:
    """Whether the database itself says no."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return True
    return False


def move(of: Touch, state: str) -> bool:
    return not refused(lambda: Touch.objects.filter(pk=of.pk).update(state=state, sent_at=SENT, claim_until=NOW))


@pytest.mark.parametrize("before", TouchState.values)
def test_a_touch_goes_only_where_an_edge_leads(row, before):
    for after in TouchState.values:
        one = touch(row, state=before, sent_at=SENT)
        assert move(one, after) is (after == before or after in EDGES[before]), (before, after)
        one.refresh_from_db()
        assert one.state == (after if after == before or after in EDGES[before] else before)


def test_the_edges_of_the_code_are_those_of_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'outreach_touch_edge'")
        source = cursor.fetchone()[0]
    assert {pair for pair in PAIRS if f"('{pair[0]}', '{pair[1]}')" in source} == {
        (before, after) for before, afters in EDGES.items() for after in afters
    }


def test_what_may_have_been_handed_over_never_becomes_ready_again():
    reached, frontier = set(), {"unknown", "accepted"}
    while frontier:
        reached |= frontier
        frontier = {after for before in frontier for after in EDGES[before]} - reached
    assert reached.isdisjoint({"scheduled", "ready", "sending"})
    assert EDGES["failed"] == EDGES["skipped"] == ()


class Journey(RuleBasedStateMachine):
    """Any order of attempts to move one touch: what the table of edges allows happens, all else changes nothing."""

    row = None

    @initialize()
    def begin(self):
        self.touch = touch(type(self).row, state="scheduled")
        self.state, self.handed_over = "scheduled", False

    @rule(after=st.sampled_from(TouchState.values))
    def try_to_move(self, after):
        allowed = after == self.state or after in EDGES[self.state]
        assert move(self.touch, after) is allowed
        if allowed:
            self.state = after
        self.handed_over |= self.state in ("accepted", "delivered", "bounced", "unknown", "abandoned")

    @invariant()
    def the_row_says_what_we_believe(self):
        if self.row is not None:
            state = Touch.objects.values_list("state", flat=True).get(pk=self.touch.pk)
            assert state == self.state
            assert not (self.handed_over and state in TouchState.waiting())


def test_no_order_of_attempts_leaves_the_edges(row):
    machine = type("JourneyOfOne", (Journey,), {"row": row})
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=checks)
    )


@pytest.mark.parametrize("before", ["completed", "stopped", "error"])
@pytest.mark.parametrize("after", EnrollmentState.values)
def test_an_enrollment_that_has_ended_stays_ended(row, before, after):
    Enrollment.objects.update(state=before, stop_reason="reply", ended_at=NOW)
    ends = None if after in EnrollmentState.live() else NOW
    assert refused(lambda: Enrollment.objects.update(state=after, ended_at=ends)) is (after != before)
    assert Enrollment.objects.get().state == before


def test_an_enrollment_ends_with_a_time_and_stops_for_a_reason(row):
    assert refused(lambda: Enrollment.objects.update(state="completed"))
    assert refused(lambda: Enrollment.objects.update(state="stopped", ended_at=NOW))
    assert refused(lambda: Enrollment.objects.update(ended_at=NOW))
    assert refused(lambda: Enrollment.objects.update(state="asleep"))
    assert Enrollment.objects.get().state == "active"


def test_a_loan_has_one_live_enrollment_of_a_sequence(row):
    first = Enrollment.objects.get()
    again = {
        "sequence": first.sequence, "version": first.version, "opportunity": row, "loan": row.loan, "branch": row.loan.branch,
        "officer": row.loan.officer, "started_at": NOW, "run_no": 2,
    }  # fmt: skip
    assert refused(lambda: Enrollment.objects.create(trigger_key="again", **again))
    Enrollment.objects.update(state="completed", ended_at=NOW)
    assert refused(lambda: Enrollment.objects.create(trigger_key=first.trigger_key, **again))
    assert not refused(lambda: Enrollment.objects.create(trigger_key="again", **again))


@pytest.fixture
def written(row):
    """One row of each table that is only added to."""
    one = touch(row)
    Message.objects.create(touch=one, to_address="a@example.com", text="Hi", content_hash="x")
    return {
        "consent": Consent.objects.create(channel="sms", act="granted", lookup=lookup("x"), source="file", at=NOW),
        "answer": GateAnswer.objects.create(touch=one, at=NOW, send=True, facts={}),
        "version": Enrollment.objects.get().version,
        "event": TouchEvent.objects.create(touch=one, kind="delivered", at=NOW),
        "touch": one,
        "attempt": Attempt.objects.create(touch=one, token=uuid.uuid4(), started_at=NOW, ended_at=NOW, outcome="accepted"),
        "message": Message.objects.get(),
        "item": InboxItem.objects.create(source="sendgrid", kind="delivered", dedupe_key="k", received_at=NOW),
    }


@pytest.mark.parametrize("name", ["consent", "answer", "version", "event", "touch", "attempt", "message", "item"])
def test_what_is_written_for_good_is_not_taken_away(written, name):
    one = written[name]
    rows = type(one).objects.filter(pk=one.pk)
    assert refused(lambda: rows._raw_delete(rows.db))
    assert rows.exists()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("consent", {"act": "revoked"}),
        ("consent", {"at": NOW - timedelta(days=1)}),
        ("answer", {"send": False}),
        ("version", {"steps": {"steps": []}}),
        ("event", {"machine": True}),
        ("attempt", {"outcome": "failed"}),
        ("message", {"text": "Hi there"}),
    ],
)
def test_what_is_written_for_good_is_not_changed(written, name, change):
    one = written[name]
    rows = type(one).objects.filter(pk=one.pk)
    before = rows.values().get()
    assert refused(lambda: rows.update(**change))
    assert rows.values().get() == before


@pytest.mark.parametrize("state", TouchState.values)
def test_a_message_is_filled_anew_only_until_it_is_handed_over(row, state):
    one = touch(row, state=state, sent_at=SENT)
    Message.objects.create(touch=one, text="Hi", content_hash="x")
    is_open = state in ("scheduled", "ready", "sending")
    assert refused(lambda: Message.objects.update(text="Hi again")) is not is_open
    assert Message.objects.get().text == ("Hi again" if is_open else "Hi")


def test_an_attempt_ends_once(row):
    attempt = Attempt.objects.create(touch=touch(row), token=uuid.uuid4(), started_at=NOW)
    assert not refused(lambda: Attempt.objects.update(ended_at=NOW, outcome="unknown"))
    assert refused(lambda: Attempt.objects.update(outcome="accepted"))
    attempt.refresh_from_db()
    assert attempt.outcome == "unknown"


def test_a_step_is_one_touch_and_a_touch_of_a_sequence_has_a_step(row):
    one = touch(row)
    assert refused(lambda: touch(row, step_n=one.step_n))
    assert refused(lambda: touch(row, step_n=None))
    assert refused(lambda: touch(row, kind="by_hand", step_n=7))
    assert refused(lambda: touch(row, enrollment=None))


def test_a_touch_that_is_being_sent_or_was_has_what_proves_it(row):
    assert refused(lambda: touch(row, state="sending", claim_token=None))
    assert refused(lambda: touch(row, state="sending", claim_until=None))
    assert refused(lambda: touch(row, state="accepted", sent_at=None))
    assert refused(lambda: touch(row, state="lost"))
    assert refused(lambda: touch(row, channel="fax"))


def test_consent_and_suppression_are_about_somebody():
    assert refused(lambda: Consent.objects.create(channel="sms", act="granted", lookup=None, source="file", at=NOW))
    grant = Consent.objects.create(channel="sms", act="granted", lookup=lookup("x"), source="file", at=NOW)
    values = {"channel": "sms", "since": NOW, "reason": "reply", "consent": grant}
    assert refused(lambda: Suppression.objects.create(lookup=None, **values))
    Suppression.objects.create(lookup=lookup("x"), **values)
    assert refused(lambda: Suppression.objects.create(lookup=lookup("x"), **values))


@pytest.mark.parametrize("change", [{"subject": "New"}, {"body": "New"}, {"text": "New"}, {"content_hash": "New"}])
@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "returned", "retired"])
def test_only_a_draft_is_edited(cora, state, change):
    template = Template.objects.create(slug="a-mail", title="A mail", channel="email")
    TemplateVersion.objects.create(
        template=template, number=1, state=state, subject="Old", body="Old", text="Old", content_hash="Old", decided_by=cora,
        decided_at=NOW,
    )  # fmt: skip
    assert refused(lambda: TemplateVersion.objects.update(**change)) is (state != "draft")
    assert not refused(lambda: TemplateVersion.objects.update(state="retired"))


def test_nobody_approves_the_own_words_and_nobody_approves_twice(cora, ada):
    template = Template.objects.create(slug="a-mail", title="A mail", channel="email")
    values = {"template": template, "content_hash": "x", "decided_at": NOW, "state": "approved"}
    assert refused(lambda: TemplateVersion.objects.create(number=1, written_by=cora, decided_by=cora, **values))
    assert refused(lambda: TemplateVersion.objects.create(number=1, **values))
    TemplateVersion.objects.create(number=1, written_by=ada, decided_by=cora, **values)
    assert refused(lambda: TemplateVersion.objects.create(number=2, decided_by=cora, **values))
