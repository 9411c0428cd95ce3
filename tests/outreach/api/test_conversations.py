"""Holding a conversation, letting it go on, and writing down a call, by the API."""

import json

import pytest
from django.test import Client

from accounts.services import keys
from outreach.models import Enrollment, EnrollmentState, Suppression
from tests.outreach.conversations import opportunity, under_way

OUTCOME = {"outcome": "voicemail", "text": "Asked for a call."}


@pytest.fixture
def act(as_user):
    def post(who, row, name, body=None):
        path = f"/api/v1/opportunities/{row.pk}/{name}/"
        return as_user(who).post(path, json.dumps(body or {}), content_type="application/json")

    return post


def state() -> str:
    return Enrollment.objects.get().state


def test_a_conversation_is_held_and_goes_on(act, olivia):
    row, _, _ = under_way(olivia)
    assert (act(olivia, row, "pause").status_code, state()) == (200, EnrollmentState.PAUSED)
    again = act(olivia, row, "pause")
    assert (again.status_code, again.json()["detail"]) == (409, "This conversation was not running.")
    assert (act(olivia, row, "resume").status_code, state()) == (200, EnrollmentState.ACTIVE)
    assert act(olivia, row, "resume").status_code == 409


def test_the_events_of_the_answer_name_the_person_and_the_key(act, ada, denver, olivia):
    row, _, _ = under_way(olivia)
    answer = act(olivia, row, "pause")
    secret = keys.create("Encompass", branch_id=denver.pk, expires_at=None, by=ada)[1]
    by_key = Client(headers={"Authorization": f"Api-Key {secret}"})
    by_key.post(f"/api/v1/opportunities/{row.pk}/resume/", "{}", content_type="application/json")
    told = {event["text"]: event["by"] for event in answer.json()["events"]}
    assert told["Conversation paused."] == olivia.email
    told = {event["text"]: event["by"] for event in by_key.get(f"/api/v1/opportunities/{row.pk}/").json()["events"]}
    assert told["Conversation resumed."] == "Encompass"


def test_what_never_ran_is_neither_held_nor_resumed(act, olivia):
    row = opportunity(olivia)
    assert [act(olivia, row, name).status_code for name in ("pause", "resume")] == [409, 409]


def test_a_call_is_written_down(act, olivia):
    row, _, _ = under_way(olivia)
    answer = act(olivia, row, "outcome", OUTCOME)
    assert answer.status_code == 200
    assert "Called: left a voicemail. Asked for a call." in {event["text"] for event in answer.json()["events"]}
    assert answer.json()["last_contact"] is not None
    assert not Suppression.objects.exists()


def test_who_asks_not_to_be_called_is_not_called(act, olivia):
    row, _, waiting = under_way(olivia)
    assert act(olivia, row, "outcome", {"outcome": "no_more_calls"}).status_code == 200
    waiting.refresh_from_db()
    assert set(Suppression.objects.values_list("channel", flat=True)) == {"sms", "call"}
    assert (waiting.state, state()) == ("skipped", EnrollmentState.STOPPED)


def test_an_outcome_that_nobody_knows_is_refused(act, olivia):
    row, _, _ = under_way(olivia)
    assert act(olivia, row, "outcome", {"outcome": "danced"}).json()["errors"][0]["field"] == "outcome"


@pytest.mark.parametrize("name", ["pause", "resume", "outcome"])
@pytest.mark.parametrize(("who", "status"), [("oscar", 404), ("mona", 404), ("pia", 403), ("cora", 403)])
def test_who_may_not(act, request, olivia, name, who, status):
    row, _, waiting = under_way(olivia)
    before = state()
    assert act(request.getfixturevalue(who), row, name, OUTCOME).status_code == status
    waiting.refresh_from_db()
    assert (state(), waiting.state) == (before, "scheduled")
