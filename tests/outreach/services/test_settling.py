"""What is written around a call: for whoever holds the claim, once, and in the columns that later readers go by."""

import uuid
from datetime import date, timedelta

import pytest

from loans.models import Opportunity
from outreach.adapters.channel import Accepted
from outreach.models import Attempt, CallTask, Enrollment, GateAnswer, Message, ProviderPause, Touch
from outreach.queries import touch_reading
from outreach.services import enrolling, filling, gate, settling
from tests.outreach.conversations import NOW, borrower, lender, lookup, touch, under_way

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(olivia) -> Touch:
    lender()
    row, *_ = under_way(olivia)
    Enrollment.objects.update(day_one=None)
    one = touch(row, state="ready", claim_token=None, claim_until=None, provider="", provider_id="")
    return touch_reading.touch(one.pk)


FILLED = filling.Filled(
    "A look", "<p>Hi</p>", "Hi", {"note_rate": "7.500"}, "Olivia", "o@example.com", "r@example.com", "M Vega"
)


def claim(of: Touch) -> settling.Claim | None:
    return settling.claim(of, "sendgrid", FILLED, now=NOW)


def ask(held: settling.Claim) -> gate.Asked:
    return gate.ask(held.touch.pk, now=NOW, day=enrolling.day_began(NOW), provider="sendgrid")


def test_of_two_claims_one_is_given_with_its_message_and_attempt(ready):
    held = claim(ready)
    assert held is not None
    assert claim(ready) is None
    ready.refresh_from_db()
    assert (ready.state, ready.claim_token, ready.claimed_at, ready.tries, ready.provider) == (
        "sending", held.token, NOW, 1, "sendgrid",
    )  # fmt: skip
    attempt = Attempt.objects.get()
    assert (attempt.token, attempt.started_at, attempt.ended_at, attempt.outcome) == (held.token, NOW, None, "")
    message = Message.objects.get()
    assert (message.subject, message.html, message.text, message.to_address) == (
        "A look", "<p>Hi</p>", "Hi", ready.borrower.email,
    )  # fmt: skip
    assert message.content_hash == settling.content_hash("A look", "<p>Hi</p>", "Hi")


def test_a_conversation_that_was_stopped_gives_no_claim(ready):
    Enrollment.objects.update(state="stopped", stop_reason="reply", ended_at=NOW)
    assert claim(ready) is None
    assert (Attempt.objects.count(), Message.objects.count()) == (0, 0)


def test_what_the_provider_took_dates_the_conversation_once(ready):
    held = claim(ready)
    assert settling.accepted(held, Accepted("sendgrid", "sg-1"), ask(held)) == "accepted"
    ready.refresh_from_db()
    assert (ready.state, ready.provider_id, ready.sent_at, ready.reason) == ("accepted", "sg-1", NOW, "")
    assert Enrollment.objects.get().day_one == date(2026, 4, 27)
    assert Opportunity.objects.get().last_contact_at == NOW
    assert (Attempt.objects.get().outcome, GateAnswer.objects.count()) == ("accepted", 1)
    # Told again it changes nothing.
    assert settling.accepted(held, Accepted("sendgrid", "sg-2"), ask(held)) == "unknown"
    assert Touch.objects.get(pk=ready.pk).provider_id == "sg-1"


def test_a_later_message_does_not_date_the_conversation_again(ready):
    Enrollment.objects.update(day_one=date(2026, 4, 24))
    held = claim(ready)
    settling.accepted(held, Accepted("sendgrid", "sg-1"), ask(held))
    assert Enrollment.objects.get().day_one == date(2026, 4, 24)


def test_whoever_was_called_dead_may_still_say_that_it_went(ready):
    held = claim(ready)
    asked = ask(held)
    Touch.objects.filter(pk=ready.pk).update(state="unknown", settled_at=NOW)
    assert settling.give_back(held, "ready", reason="busy") == "ready"
    assert Touch.objects.get(pk=ready.pk).state == "unknown"
    assert settling.accepted(held, Accepted("sendgrid", "sg-1"), asked) == "accepted"
    assert Touch.objects.get(pk=ready.pk).state == "accepted"


def test_another_ones_token_writes_nothing(ready):
    held = claim(ready)
    other = settling.Claim(ready, uuid.uuid4(), NOW)
    asked = ask(held)
    before = Touch.objects.values().get(pk=ready.pk)
    settling.give_back(other, "ready", reason="busy")
    settling.failed(other, "400", "No.", asked)
    settling.unknown(other, "No answer.", asked)
    settling.skip(other, "consent_missing", "No.", asked)
    assert settling.accepted(other, Accepted("sendgrid", "sg-9"), asked) == "unknown"
    assert Touch.objects.values().get(pk=ready.pk) == before
    assert CallTask.objects.count() == 0
    assert Attempt.objects.get().ended_at is None


def test_what_goes_back_is_as_if_it_had_never_been_claimed_but_for_the_count(ready):
    held = claim(ready)
    later = NOW + timedelta(hours=1)
    assert settling.give_back(held, "scheduled", reason="try_again", detail="Too many.", due_at=later) == "scheduled"
    ready.refresh_from_db()
    assert (ready.state, ready.reason, ready.due_at, ready.tries) == ("scheduled", "try_again", later, 1)
    assert (ready.claim_token, ready.claimed_at, ready.claim_until, ready.queued_at) == (None, None, None, None)
    assert (Attempt.objects.get().outcome, GateAnswer.objects.count()) == ("not_sent", 0)


def test_the_gates_no_is_kept_once_while_it_repeats(ready):
    """The branch is off: the same answer, however often it is asked."""
    for _ in range(3):
        held = claim(touch_reading.touch(ready.pk))
        asked = ask(held)
        assert asked.answer.reason == gate.Reason.OUTREACH_MODE
        settling.give_back(held, "ready", reason="outreach_mode", detail=asked.answer.sentence, asked=asked)
    assert list(GateAnswer.objects.values_list("reason", flat=True)) == ["outreach_mode"]
    assert Attempt.objects.count() == 3


@pytest.mark.parametrize(("reason", "task"), [("consent_missing", "unreached"), ("suppressed", "unreached"), ("license", None)])
def test_where_somebody_may_be_called_instead_they_are(ready, reason, task):
    held = claim(ready)
    settling.skip(held, reason, "Because.", ask(held))
    assert Touch.objects.get(pk=ready.pk).state == "skipped"
    assert list(CallTask.objects.values_list("reason", flat=True)) == ([task] if task else [])


def test_nobody_is_called_without_a_number_or_for_a_message_by_hand(ready):
    settling.call_instead(ready, "400", now=NOW)
    settling.call_instead(ready, "400", now=NOW)
    assert CallTask.objects.count() == 1
    CallTask.objects.all().delete()
    ready.borrower.phone = ""
    settling.call_instead(ready, "400", now=NOW)
    ready.borrower.phone, ready.kind = "+13035550142", "by_hand"
    settling.call_instead(ready, "400", now=NOW)
    assert CallTask.objects.count() == 0


def test_a_call_that_is_due_becomes_a_task_of_the_officer_and_no_contact(ready, olivia):
    Touch.objects.filter(pk=ready.pk).update(channel="call", reason="calls_only")
    call = touch_reading.touch(ready.pk)
    held = settling.claim(call, "people", FILLED, now=NOW)
    settling.accepted(held, Accepted("people", ""), ask(held))
    task = CallTask.objects.get()
    assert (task.reason, task.officer, task.script, task.due_at) == ("calls_only", olivia, "Hi", NOW)
    assert Opportunity.objects.get().last_contact_at is None


def test_a_provider_is_paused_once_with_the_first_reason():
    settling.pause_provider("sendgrid", "401", "SendGrid answered 401.", now=NOW)
    settling.pause_provider("sendgrid", "403", "SendGrid answered 403.", now=NOW + timedelta(hours=1))
    pause = ProviderPause.objects.get()
    assert (pause.code, pause.since) == ("401", NOW)


def test_the_address_is_written_down_as_it_is_at_the_claim(ready):
    ready.address_lookup = lookup("new@example.com")
    claim(ready)
    assert bytes(Touch.objects.get(pk=ready.pk).address_lookup) == lookup("new@example.com")
    assert borrower(ready.opportunity).email_lookup is not None


@pytest.mark.parametrize(
    ("number", "expected"),
    [("(303) 555-0142", "+13035550142"), ("+13035550142", "+13035550142"), ("303.555.0142", "+13035550142"), ("none", "none")],
)
def test_numbers_go_in_one_form_and_what_is_none_goes_as_it_is(number, expected):
    assert settling.e164(number) == expected


def test_the_hash_tells_the_parts_apart():
    hashes = {settling.content_hash(*parts) for parts in (("ab", "c", ""), ("a", "bc", ""), ("a", "b", "c"), ("", "", ""))}
    assert len(hashes) == 4
