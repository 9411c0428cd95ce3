"""Another system works on opportunities by its key: within its scope, where it may write, and under its own name."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.services import keys
from loans.models import Opportunity, OpportunityEvent
from outreach.models import Enrollment, EnrollmentState
from tests.outreach.conversations import under_way

ROWS = "/api/v1/opportunities/"
BODIES = {
    "snooze": {"until": "2026-05-24"}, "archive": {"reason": "selling"}, "note": {"text": "Called at noon."}, "pause": {},
    "outcome": {"outcome": "voicemail", "text": "Asked for a call."},
}  # fmt: skip
ACTS = [*BODIES, "resume"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(olivia):
    return under_way(olivia)[0]


@pytest.fixture
def reading_key(ada):
    return keys.create("Warehouse", branch_id=None, expires_at=None, by=ada, writes=False)[1]


@pytest.fixture
def tampas_key(ada, tampa):
    return keys.create("LOS of Tampa", branch_id=tampa.pk, expires_at=None, by=ada)[1]


def facts():
    return [list(model.objects.order_by("pk").values()) for model in (Opportunity, OpportunityEvent, Enrollment)]


def act(send, key, row, name):
    return send(key, f"{ROWS}{row.pk}/{name}/", BODIES.get(name, {}))


@pytest.mark.parametrize("whose", ["branch_key", "lender_key"])
@pytest.mark.parametrize("name", BODIES)
def test_a_key_acts_on_what_it_sees(request, send, row, whose, name):
    before = facts()
    answer = act(send, request.getfixturevalue(whose), row, name)
    assert answer.status_code == 200, answer.json()
    assert facts() != before


def test_a_key_holds_a_conversation_and_lets_it_go_on(send, lender_key, row):
    assert act(send, lender_key, row, "pause").status_code == 200
    assert Enrollment.objects.get().state == EnrollmentState.PAUSED
    assert act(send, lender_key, row, "resume").status_code == 200
    assert Enrollment.objects.get().state == EnrollmentState.ACTIVE


@pytest.mark.parametrize("name", ["snooze", "archive", "note", "outcome"])
def test_the_history_says_the_name_of_the_key(send, as_user, olivia, branch_key, row, name):
    events = act(send, branch_key, row, name).json()["events"]
    assert "LOS of Denver" in {event["by"] for event in events}
    page = as_user(olivia).get(f"/opportunities/{row.pk}/").content.decode()
    assert "LOS of Denver" in page
    assert "keys.invalid" not in page + str(events)


def test_a_person_is_named_by_their_address_as_before(as_user, olivia, row):
    answer = as_user(olivia).post(f"{ROWS}{row.pk}/note/", {"text": "Hello."}, content_type="application/json")
    assert olivia.email in {event["by"] for event in answer.json()["events"]}


@pytest.mark.parametrize("name", ACTS)
def test_what_lies_in_another_branch_is_not_there(send, tampas_key, row, name):
    before = facts()
    assert act(send, tampas_key, row, name).status_code == 404
    assert facts() == before


@pytest.mark.parametrize("name", ACTS)
def test_a_key_that_only_reads_changes_nothing(send, reading_key, row, name):
    before = facts()
    answer = act(send, reading_key, row, name)
    assert (answer.status_code, answer.json()["detail"]) == (403, "This key only reads.")
    assert facts() == before
    reader = Client(headers={"Authorization": f"Api-Key {reading_key}"})
    assert reader.get(f"{ROWS}{row.pk}/").status_code == 200


@pytest.mark.parametrize("path", ["loans/", "rates/", "events/", "consents/"])
def test_nor_does_it_post_anything_else(send, reading_key, path):
    assert send(reading_key, f"/api/v1/{path}", []).json()["detail"] == "This key only reads."


def test_the_same_act_under_one_idempotency_key_counts_once(send, lender_key, row):
    for _ in range(2):
        answer = send(lender_key, f"{ROWS}{row.pk}/note/", BODIES["note"], **{"Idempotency-Key": "n-1"})
        assert answer.status_code == 200
    assert OpportunityEvent.objects.filter(kind="note").count() == 1


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield
