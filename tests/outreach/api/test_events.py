"""The door of the LOS and CRM: kept once, bounded by the key, acted on afterwards."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import KeptAnswer
from accounts.services import keys
from loans.models import Loan, OpportunityStatus
from outreach.models import Alert, Appointment, Consent, Enrollment, InboxItem, Reply, Suppression
from outreach.services import applying
from refidetect.kit import clock
from tests.outreach.conversations import as_body, event, opportunity, under_way

EVENTS, CONSENTS = "/api/v1/events/", "/api/v1/consents/"


@pytest.fixture
def key(ada, denver):
    return keys.create("LOS", branch_id=denver.pk, expires_at=None, by=ada)[1]


@pytest.fixture
def post(key):
    def send(body, path=EVENTS, **headers):
        client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Api-Key {key}"} | headers)
        return client.post(path, as_body(body), content_type="application/json")

    return send


def apply():
    return applying.apply_waiting(clock.now() + timedelta(minutes=1))


def outcome():
    return InboxItem.objects.latest("pk").outcome


def test_an_application_stops_everything_and_the_officer_knows(post, olivia):
    row, _, waiting = under_way(olivia)
    answer = post(event("application.submitted", row.loan_number, id="ev-1"))
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    assert (apply(), outcome()) == (1, "Applied.")
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, waiting.state, Enrollment.objects.get().stop_reason) == ("application", "skipped", "application")
    assert [alert.kind for alert in Alert.objects.all()] == ["application"]
    assert Loan.objects.get(pk=row.loan_id).status == "in_application"


@pytest.mark.parametrize("known_by", ["id", "what it says"])
def test_told_again_it_counts_once(post, olivia, known_by):
    row = opportunity(olivia)
    body = event("application.submitted", row.loan_number, **({"id": "ev-1"} if known_by == "id" else {}))
    first, again = post(body), post(body)
    assert (first.json()["accepted"], again.json()["accepted"], again.json()["duplicates"]) == (1, 0, 1)
    assert InboxItem.objects.count() == 1


def test_told_again_under_a_key_it_counts_once_even_when_the_answer_is_forgotten(post, olivia):
    body = event("application.submitted", opportunity(olivia).loan_number)
    key = {"Idempotency-Key": "post-1"}
    first, again = post(body, **key), post(body, **key)
    assert first.json() == again.json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    assert again["Idempotency-Replayed"] == "true"
    KeptAnswer.objects.all().delete()
    assert post(body, **key).json()["duplicates"] == 1
    assert InboxItem.objects.count() == 1


def test_other_events_under_the_key_of_a_post_are_refused_and_not_taken_for_a_repetition(post, olivia):
    row, key = opportunity(olivia), {"Idempotency-Key": "post-1"}
    post(event("application.submitted", row.loan_number), **key)
    other = event("loan.paid_off", row.loan_number)
    assert post(other, **key).status_code == 422
    assert InboxItem.objects.count() == 1
    KeptAnswer.objects.all().delete()
    assert post(other, **key).json()["accepted"] == 1


def test_what_cannot_be_taken_is_named_by_its_place_and_the_rest_lands(post, olivia, carl):
    own, other = opportunity(olivia), opportunity(carl)
    answer = post([
        event("loan.paid_off", own.loan_number),
        event("loan.paid_off", other.loan_number),
        event("loan.vanished", own.loan_number),
        "nonsense",
        event("appointment.booked", own.loan_number, appointment_id="a"),
        event("contact.opted_out", own.loan_number, channels=["fax"]),
    ])  # fmt: skip
    assert answer.status_code == 202
    said = answer.json()
    assert (said["accepted"], [one["index"] for one in said["rejected"]]) == (1, [1, 2, 3, 4, 5])
    assert said["rejected"][0]["reason"] == "No such loan."
    apply()
    other.refresh_from_db()
    assert other.status == "contacting"


def test_where_none_can_be_taken_the_post_is_refused_with_the_same_body(post, carl):
    other = opportunity(carl)
    answer = post([event("loan.paid_off", other.loan_number), "nonsense"])
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/json")
    said = answer.json()
    assert (said["accepted"], said["duplicates"], [one["index"] for one in said["rejected"]]) == (0, 0, [0, 1])
    assert said["rejected"][0]["reason"] == "No such loan."
    assert not InboxItem.objects.exists()


def test_one_that_is_known_already_is_enough_and_so_is_no_event_at_all(post, olivia):
    known = event("loan.paid_off", opportunity(olivia).loan_number, id="ev-1")
    post(known)
    answer = post([known, "nonsense"])
    assert (answer.status_code, answer.json()["duplicates"]) == (202, 1)
    assert (post([]).status_code, InboxItem.objects.count()) == (202, 1)


def test_what_was_refused_whole_may_be_put_right_under_its_key(post, olivia):
    key, row = {"Idempotency-Key": "post-1"}, opportunity(olivia)
    assert post(event("loan.vanished", row.loan_number), **key).status_code == 422
    assert not KeptAnswer.objects.exists()
    answer = post(event("loan.paid_off", row.loan_number), **key)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("given", [{}, {"Authorization": "Api-Key wrong.key"}])
def test_without_a_key_nothing_is_taken(olivia, given):
    row = opportunity(olivia)
    body = as_body(event("loan.paid_off", row.loan_number))
    assert Client(headers=given).post(EVENTS, body, content_type="application/json").status_code == 401
    assert not InboxItem.objects.exists()


def test_an_officer_tells_no_events(as_user, olivia):
    row = opportunity(olivia)
    body = as_body(event("loan.paid_off", row.loan_number))
    assert as_user(olivia).post(EVENTS, body, content_type="application/json").status_code == 403
    assert not InboxItem.objects.exists()


@pytest.mark.parametrize(
    ("kind", "data", "status", "loan_status"),
    [
        ("refinance.closed", {"on": "2026-04-20"}, OpportunityStatus.CLOSED, "paid_off"),
        ("loan.paid_off", {}, OpportunityStatus.LOST, "paid_off"),
        ("loan.stage_changed", {"stage": "Clear to Close"}, OpportunityStatus.APPLICATION, "in_application"),
        ("loan.stage_changed", {"stage": "Funded"}, OpportunityStatus.CLOSED, "paid_off"),
        ("loan.stage_changed", {"stage": "Withdrawn"}, OpportunityStatus.CONTACTING, "active"),
    ],
)
def test_how_far_the_loan_has_come(post, olivia, kind, data, status, loan_status):
    row, _, waiting = under_way(olivia)
    post(event(kind, row.loan_number, **data))
    apply()
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, Loan.objects.get(pk=row.loan_id).status) == (status, loan_status)
    assert waiting.state == ("scheduled" if loan_status == "active" else "skipped")


def test_a_call_agreed_on_elsewhere_is_an_appointment_and_called_off_it_is_none(post, olivia):
    row, _, waiting = under_way(olivia)
    starts = (clock.now() + timedelta(days=2)).isoformat()
    post(event("appointment.booked", row.loan_number, appointment_id="a-1", starts_at=starts))
    apply()
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, waiting.state, Appointment.objects.get().state) == ("appointment", "skipped", "booked")
    post(event("appointment.canceled", row.loan_number, appointment_id="a-1"))
    apply()
    row.refresh_from_db()
    assert (row.status, Appointment.objects.get().state) == ("engaged", "canceled")


def test_words_that_another_system_heard_are_read_as_ours_are(post, olivia):
    row, _, waiting = under_way(olivia)
    post(event("contact.replied", row.loan_number, channel="sms", text="What is the rate?"))
    apply()
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, waiting.state, Reply.objects.get().opportunity) == ("engaged", "skipped", row)
    post(event("contact.replied", row.loan_number, channel="sms", text="STOP"))
    apply()
    assert Suppression.objects.filter(channel="sms", doubtful=False).exists()


def test_an_opt_out_told_to_another_system_counts_here(post, olivia):
    row, _, waiting = under_way(olivia)
    post(event("contact.opted_out", row.loan_number, channels=["sms"], text="asked us by telephone"))
    apply()
    waiting.refresh_from_db()
    assert waiting.state == "skipped"
    assert list(Suppression.objects.values_list("channel", "reason")) == [("sms", "system")]
    assert Consent.objects.get().words == "asked us by telephone"


def test_a_loan_told_of_is_a_loan_of_the_portfolio(post, olivia):
    data = {
        "borrower_first_name": "Ana", "borrower_last_name": "Lopez", "note_rate": "7.125", "origination_date": "2024-01-15",
        "term_months": 360, "original_amount": 320000, "branch": "Denver", "email": "ana@example.com",
    }  # fmt: skip
    assert post(event("loan.upserted", "NEW-1", **data)).json()["accepted"] == 1
    assert post(event("loan.upserted", "NEW-2", **data | {"branch": "Tampa"})).json()["accepted"] == 0
    apply()
    assert str(Loan.objects.get(loan_number="NEW-1").note_rate) == "7.125"
    assert not Loan.objects.filter(loan_number="NEW-2").exists()


def test_a_consent_is_added_once_and_read_by_who_sees_the_loan(post, key, olivia, mona, as_user):
    row = opportunity(olivia)
    told = {
        "loan_number": row.loan_number, "act": "granted", "channels": ["sms"], "at": "2026-04-02T15:00:00Z",
        "method": "e-signature", "document": "application form, version 3",
    }  # fmt: skip
    assert [post(told, CONSENTS).status_code for _ in range(2)] == [201, 200]
    (line,) = as_user(olivia).get(CONSENTS).json()["results"]
    assert (line["loan_number"], line["act"], line["source"], line["document"]) == (
        row.loan_number, "granted", "system", "application form, version 3",
    )  # fmt: skip
    assert as_user(mona).get(CONSENTS).json()["results"] == []


def test_a_revocation_told_closes_every_channel_and_stops(post, olivia):
    row, _, waiting = under_way(olivia)
    told = {"loan_number": row.loan_number, "act": "revoked", "at": "2026-04-02T15:00:00Z"}
    assert post(told, CONSENTS).status_code == 201
    waiting.refresh_from_db()
    assert (waiting.state, Suppression.objects.count()) == ("skipped", 3)


@pytest.mark.parametrize(
    "fault", [{"at": "2999-01-01T00:00:00Z"}, {"act": "perhaps"}, {"act": "granted"}, {"channels": ["fax"]}]
)
def test_a_consent_that_can_not_be_is_refused(post, olivia, fault):
    row = opportunity(olivia)
    told = {"loan_number": row.loan_number, "act": "revoked", "at": "2026-04-02T15:00:00Z"} | fault
    assert post(told, CONSENTS).status_code == 400
    assert not Consent.objects.exists()


def test_a_consent_about_another_branchs_loan_is_of_no_loan(post, carl):
    row = opportunity(carl)
    told = {"loan_number": row.loan_number, "act": "revoked", "at": "2026-04-02T15:00:00Z"}
    assert post(told, CONSENTS).status_code == 404
    assert not Consent.objects.exists()
