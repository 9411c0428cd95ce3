"""What became of a touch: late, twice, out of order, and all at once."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loans.models import Engagement
from outreach.adapters.happenings import Kind
from outreach.models import Consent, Enrollment, InboxItem, Suppression, Touch, TouchEvent
from outreach.services import applying, inbox
from tests.outreach.conversations import NOW, address_of, lookup, mail_from, opportunity, told, touch, under_way


def apply(*items, at=NOW):
    inbox.keep(items, at)
    return applying.apply_waiting(at)


def state(of):
    return Touch.objects.get(pk=of.pk).state


def test_a_delivery_is_known_once_and_nothing_else_changes(olivia):
    row, sent, waiting = under_way(olivia)
    apply(told(Kind.DELIVERED, sent))
    assert (state(sent), state(waiting)) == ("delivered", "scheduled")
    assert [event.kind for event in TouchEvent.objects.filter(touch=sent)] == ["delivered"]
    assert Suppression.objects.count() == 0
    assert Enrollment.objects.get(opportunity=row).state == "active"


@pytest.mark.parametrize("before", ["unknown", "abandoned"])
def test_a_touch_of_which_nobody_knew_went_out_when_its_provider_speaks_of_it(olivia, before):
    row, _sent, _ = under_way(olivia)
    lost = touch(row, state=before, sent_at=None, provider_id="")
    apply(told(Kind.PROCESSED, lost, provider_id="sg-late"))
    lost.refresh_from_db()
    assert (lost.state, lost.provider_id, lost.sent_at) == ("accepted", "sg-late", lost.claimed_at)
    assert Enrollment.objects.get(opportunity=row).day_one is not None


def test_late_news_of_processing_takes_nothing_back(olivia):
    _, sent, _ = under_way(olivia)
    apply(told(Kind.DELIVERED, sent))
    apply(told(Kind.PROCESSED, sent, at=NOW - timedelta(minutes=5)), at=NOW + timedelta(days=1))
    assert state(sent) == "delivered"


def test_while_the_sender_is_at_work_news_wait_but_a_refusal_does_not(olivia):
    row, _, waiting = under_way(olivia)
    sending = touch(row, state="sending", sent_at=None)
    apply(told(Kind.DELIVERED, sending))
    assert state(sending) == "sending"
    assert TouchEvent.objects.count() == 0
    item = InboxItem.objects.get()
    assert (item.applied_at, item.tries) == (None, 0)
    apply(told(Kind.COMPLAINED, sending))
    assert state(waiting) == "skipped"
    Touch.objects.filter(pk=sending.pk).update(state="accepted", sent_at=NOW)
    applying.apply_waiting(NOW + timedelta(minutes=1))
    assert state(sending) == "delivered"


def test_a_hard_bounce_closes_the_address_on_that_channel_alone(olivia):
    row, sent, waiting = under_way(olivia)
    apply(told(Kind.BOUNCED, sent, permanent=True, code="5.1.1"))
    assert state(sent) == "bounced"
    closed = Suppression.objects.get()
    assert (closed.channel, bytes(closed.lookup), closed.reason) == ("email", lookup(address_of(sent)), "bounce")
    assert Consent.objects.get().act == "revoked"
    assert state(waiting) == "scheduled"
    assert Enrollment.objects.get(opportunity=row).state == "active"


def test_a_bounce_of_the_day_closes_nothing(olivia):
    _, sent, _ = under_way(olivia)
    apply(told(Kind.BOUNCED, sent, permanent=False))
    assert state(sent) == "bounced"
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "code"), [(Kind.COMPLAINED, ""), (Kind.UNSUBSCRIBED, ""), (Kind.DROPPED, "unsubscribed_address")]
)
def test_a_complaint_or_an_unsubscribe_ends_the_conversation(olivia, kind, code):
    row, sent, waiting = under_way(olivia)
    apply(told(kind, sent, code=code))
    assert (Suppression.objects.get().channel, Suppression.objects.get().reason) == ("email", "mail_provider")
    ended = Enrollment.objects.get(opportunity=row)
    assert (ended.state, ended.stop_reason, state(waiting)) == ("stopped", "opt_out", "skipped")


def test_the_carriers_opt_out_is_a_revocation_and_no_bounce(olivia):
    _, sent, _ = under_way(olivia, "sms")
    apply(told(Kind.OPTED_OUT, sent, code="21610"))
    assert list(Consent.objects.values_list("channel", "act", "source")) == [("sms", "revoked", "carrier")]
    assert state(sent) == "accepted"


def test_a_number_that_takes_no_texts_is_closed_to_texts_and_may_be_called(olivia):
    _, sent, _ = under_way(olivia, "sms")
    apply(told(Kind.BOUNCED, sent, permanent=True, code="30006"))
    assert list(Suppression.objects.values_list("channel", "reason")) == [("sms", "bounce")]


def test_a_persons_open_counts_a_machines_is_kept_and_neither_stops(olivia):
    row, sent, waiting = under_way(olivia)
    apply(told(Kind.OPENED, sent, machine=True))
    row.refresh_from_db()
    assert row.engagement == Engagement.NONE
    apply(told(Kind.OPENED, sent))
    row.refresh_from_db()
    assert (row.engagement, row.status, state(waiting)) == (Engagement.OPENED, "contacting", "scheduled")
    assert sorted(TouchEvent.objects.values_list("machine", flat=True)) == [False, True]


def test_a_vendors_click_is_kept_and_counts_for_nothing(olivia):
    row, sent, waiting = under_way(olivia)
    apply(told(Kind.CLICKED, sent))
    row.refresh_from_db()
    assert (row.engagement, state(waiting)) == (Engagement.NONE, "scheduled")
    assert not TouchEvent.objects.get().confirmed


def test_news_of_a_touch_that_is_not_ours_leave_nothing_but_their_own_row(olivia):
    _, sent, _ = under_way(olivia)
    stranger = told(Kind.DELIVERED, sent, touch_id="not-a-touch", provider_id="nobodys", address="nobody@example.com")
    assert apply(stranger) == 1
    assert InboxItem.objects.get().outcome == "No such touch."
    assert TouchEvent.objects.count() == 0


def whole(of):
    """Everything that the news of a touch may change."""
    of.refresh_from_db()
    row = of.opportunity
    row.refresh_from_db()
    return (
        of.state, of.reason, row.engagement, row.status,
        sorted(TouchEvent.objects.filter(touch=of).values_list("kind", "at", "machine")),
        sorted((one.channel, one.reason, bytes(one.lookup) == bytes(of.address_lookup)) for one in Suppression.objects.all()),
        Consent.objects.count(),
        sorted(Enrollment.objects.values_list("state", "stop_reason")),
    )  # fmt: skip


STORIES = (
    (Kind.PROCESSED, Kind.DELIVERED, Kind.OPENED, Kind.CLICKED),
    (Kind.PROCESSED, Kind.DEFERRED, Kind.DELIVERED, Kind.OPENED, Kind.COMPLAINED),
    (Kind.PROCESSED, Kind.DELIVERED, Kind.BOUNCED),
    (Kind.PROCESSED, Kind.DEFERRED, Kind.BOUNCED),
    (Kind.PROCESSED, Kind.DELIVERED, Kind.OPENED, Kind.UNSUBSCRIBED),
    (Kind.DROPPED,),
)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("start", ["accepted", "unknown"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_shuffled_and_told_ten_times_the_end_is_that_of_once_and_in_order(olivia, story, start, seed):
    chance = random.Random(seed)
    ends = []
    for shuffled in (False, True):
        with_undo = transaction_undone()
        with with_undo:
            row, _, _ = under_way(olivia, email="same@example.com", phone="+13035550111")
            of = touch(row, state=start, sent_at=None if start == "unknown" else NOW, link_token="thesame00000")
            items = [
                told(kind, of, at=NOW + timedelta(minutes=n), permanent=kind in (Kind.BOUNCED, Kind.DROPPED))
                for n, kind in enumerate(story)
            ]
            if shuffled:
                items *= 10
                chance.shuffle(items)
            for item in items:
                apply(item, at=NOW + timedelta(hours=24))
            ends.append(whole(of))
    assert ends[0] == ends[1]


class transaction_undone:
    """What happens inside leaves nothing behind."""

    def __enter__(self):
        self._mark = connection.savepoint()

    def __exit__(self, *_):
        connection.savepoint_rollback(self._mark)


def test_a_batch_is_kept_in_one_statement_whatever_its_size(olivia):
    _, sent, _ = under_way(olivia)
    few = [told(Kind.DELIVERED, sent, at=NOW + timedelta(seconds=n)) for n in range(2)]
    many = [told(Kind.OPENED, sent, at=NOW + timedelta(seconds=n)) for n in range(1000)]
    for batch in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert inbox.keep(batch, NOW).new == len(batch)
        assert len(queries) == 1
    assert inbox.keep([*many, *few], NOW) == inbox.Taken(0, 1002)
    assert InboxItem.objects.count() == 1002


def test_a_poisoned_item_holds_up_no_other_and_is_given_up_after_ten_tries(olivia):
    _, sent, _ = under_way(olivia)
    poison = inbox.Told("sendgrid", "replied", "sendgrid:poison", "no json", urgent=True)
    assert apply(poison, told(Kind.DELIVERED, sent)) == 2
    assert state(sent) == "delivered"
    item = InboxItem.objects.get(dedupe_key="sendgrid:poison")
    assert (item.tries, item.applied_at, item.outcome) == (1, None, "Failed: JSONDecodeError.")
    pauses, at = [], NOW
    while item.tries < 10:
        assert applying.apply_waiting(item.try_after - timedelta(seconds=1)) == 0
        pauses.append(item.try_after - at)
        at = item.try_after
        assert applying.apply_waiting(at) == 1
        item.refresh_from_db()
    assert pauses == sorted(set(pauses))
    assert applying.apply_waiting(NOW + timedelta(days=365)) == 0


def test_what_a_person_did_goes_before_what_became_of_a_message(olivia):
    _, sent, _ = under_way(olivia)
    inbox.keep([told(Kind.DELIVERED, sent), told(Kind.COMPLAINED, sent)], NOW)
    assert applying.apply_waiting(NOW, limit=1) == 1
    assert InboxItem.objects.get(applied_at__isnull=False).kind == "complained"


def test_any_mail_to_the_unsubscribe_address_unsubscribes_whoever_sends_it(olivia):
    _, sent, waiting = under_way(olivia)
    item = mail_from("stranger@example.com", "", kind=Kind.UNSUBSCRIBED, token=sent.link_token.upper(), authenticated=False)
    apply(item)
    closed = Suppression.objects.get()
    assert (closed.channel, bytes(closed.lookup), closed.reason) == ("email", lookup(address_of(sent)), "one_click")
    assert state(waiting) == "skipped"


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_at_once_apply_everything_once(olivia):
    touches = [touch(opportunity(olivia)) for _ in range(12)]
    inbox.keep([told(kind, of) for of in touches for kind in (Kind.DELIVERED, Kind.OPENED)], NOW)
    tried = []

    def work():
        tried.append(applying.apply_waiting(NOW))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sum(tried) == 24
    assert TouchEvent.objects.count() == 24
    assert {state(of) for of in touches} == {"delivered"}
