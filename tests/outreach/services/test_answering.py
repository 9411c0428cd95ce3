"""What a borrower's act on the page does to rows, and that done twice or at once it is done once (R52, R97, R107)."""

import threading

import pytest
from django.conf import settings
from django.db import connection

from loans.models import Engagement, Opportunity
from outreach.models import Alert, Consent, ConsentSource, Enrollment, Reply, Suppression, Touch, TouchEvent
from outreach.queries import estimate
from outreach.services import answering
from outreach.services.answering import TooManyQuestions
from tests.outreach import links
from tests.outreach.links import EMAIL, NOW, PHONE


@pytest.fixture
def jonah(denver):
    links.make_lender()
    return links.make_officer(denver)


@pytest.fixture
def link(jonah):
    return links.make_link(jonah)


@pytest.fixture
def maria(link):
    return estimate.visit(link.link_token)


def closed():
    return {(row.channel, bytes(row.lookup)) for row in Suppression.objects.all()}


def test_a_question_stops_the_sequence_and_reaches_the_officer(maria, link, jonah):
    enrollment, waiting = links.enroll(link)
    reply = answering.ask(maria, "Does this include escrow?", at=NOW)
    kept = Reply.objects.get(pk=reply.pk)
    assert (kept.text, kept.reading, kept.channel, kept.touch) == ("Does this include escrow?", "question", "email", link)
    enrollment.refresh_from_db()
    waiting.refresh_from_db()
    assert (enrollment.stop_reason, waiting.state) == ("reply", "skipped")
    row = Opportunity.objects.get()
    assert (row.status, row.engagement) == ("engaged", Engagement.REPLIED)
    alert = Alert.objects.get()
    assert (alert.officer, alert.kind, alert.reply) == (jonah, "question", kept)


def test_the_sixth_question_of_a_day_is_refused(maria):
    for count in range(answering.MOST_QUESTIONS):
        answering.ask(maria, f"Question {count}", at=NOW)
    with pytest.raises(TooManyQuestions):
        answering.ask(maria, "One more", at=NOW)
    assert Reply.objects.count() == Alert.objects.count() == answering.MOST_QUESTIONS
    answering.ask(maria, "The next day", at=NOW + answering.DAY * 2)


def test_unsubscribing_closes_the_address_for_everybody_who_shares_it(maria, link, jonah):
    shared = links.make_link(jonah, "samelinkmail", name=("Luis", "Other"), phone="+13035550177", market=None)
    enrollment, waiting = links.enroll(shared)
    answering.unsubscribe(maria, ["email"], source=ConsentSource.PAGE, at=NOW)
    assert closed() == {("email", settings.FIELD_KEYS.lookup(EMAIL))}
    enrollment.refresh_from_db()
    waiting.refresh_from_db()
    assert (enrollment.stop_reason, waiting.state) == ("opt_out", "skipped")
    assert Consent.objects.get().touch == link
    assert Alert.objects.get().text == "No more e-mail"


def test_unsubscribing_from_all_closes_every_channel_once(maria):
    for _ in range(2):
        answering.unsubscribe(maria, ["email", "sms", "call"], source=ConsentSource.PAGE, at=NOW)
    phone, mail = settings.FIELD_KEYS.lookup(PHONE), settings.FIELD_KEYS.lookup(EMAIL)
    assert closed() == {("email", mail), ("sms", phone), ("call", phone)}
    assert Consent.objects.count() == 3
    assert Alert.objects.count() == 1


def test_the_address_that_was_written_to_is_closed_though_the_file_has_a_new_one(maria, link):
    keys = settings.FIELD_KEYS
    link.borrower.__class__.objects.update(email="new@example.com", email_lookup=keys.lookup("new@example.com"))
    answering.unsubscribe(estimate.visit(link.link_token), ["email"], source=ConsentSource.ONE_CLICK, at=NOW)
    assert closed() == {("email", keys.lookup(EMAIL)), ("email", keys.lookup("new@example.com"))}


def test_one_channel_off_leaves_the_conversation_to_the_others(maria, link):
    """R107."""
    _enrollment, waiting = links.enroll(link)
    answering.choose(maria, {"email": True, "sms": False, "call": True}, at=NOW)
    waiting.refresh_from_db()
    assert {channel for channel, _ in closed()} == {"sms"}
    assert waiting.state == "skipped"
    assert Enrollment.objects.get().state == "active"


def test_all_channels_off_is_an_opt_out(maria, link):
    links.enroll(link)
    answering.choose(maria, {"email": False, "sms": False, "call": False}, at=NOW)
    assert {channel for channel, _ in closed()} == {"email", "sms", "call"}
    assert Enrollment.objects.get().stop_reason == "opt_out"


def test_saving_what_is_so_already_changes_nothing(maria):
    answering.choose(maria, {"email": True, "sms": False, "call": True}, at=NOW)
    before = links.everything()
    answering.choose(maria, {"email": True, "sms": False, "call": True}, at=NOW)
    # A box is no written consent to texts.
    answering.choose(maria, {"email": True, "sms": True, "call": True}, at=NOW)
    assert links.everything() == before
    assert {channel for channel, _ in closed()} == {"sms"}


def test_the_last_channel_off_stops_the_sequence(maria, link):
    answering.choose(maria, {"email": True, "sms": False, "call": False}, at=NOW)
    links.enroll(link)
    answering.choose(maria, {"email": False, "sms": False, "call": False}, at=NOW)
    assert Enrollment.objects.get().stop_reason == "opt_out"


def test_not_now_stops_the_household(maria, link, jonah):
    wife = links.make_link(jonah, "householdtwo", name=("Ana", "Delgado"), email="ana@example.com", phone=PHONE, market=None)
    links.enroll(wife)
    answering.not_this_year(maria, at=NOW)
    assert Enrollment.objects.get().stop_reason == "not_now"


def test_after_a_refinance_never_still_means_no_more_messages(maria, link):
    Opportunity.objects.update(status="closed", closed_on=links.AS_OF)
    answering.never(maria, at=NOW)
    assert Opportunity.objects.get().status == "closed"
    assert {channel for channel, _ in closed()} == {"email", "sms", "call"}


@pytest.mark.django_db(transaction=True)
def test_programs_that_follow_a_link_at_once_leave_one_row(maria, link):
    start = threading.Barrier(4)

    def follow():
        try:
            start.wait(10)
            answering.glimpsed(maria, at=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert TouchEvent.objects.count() == 1
    assert not TouchEvent.objects.get().confirmed
    assert Touch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reports_of_one_person_tell_the_officer_once(maria, link):
    links.enroll(link)
    start = threading.Barrier(3)

    def report():
        try:
            start.wait(10)
            answering.looked_at_times(maria, at=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=report) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Alert.objects.count() == 1
    assert TouchEvent.objects.filter(kind="times").count() == 1
    assert Enrollment.objects.get().stop_reason == "confirmed_click"
