"""A post under an Idempotency-Key counts once, whichever it is."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler
from django.test import Client

from accounts.models import KeptAnswer
from accounts.services import answers, keys
from loans.models import Loan
from refidetect.kit import clock

LOANS = "/api/v1/loans/"
LOAN = {
    "loan_number": "K-1", "borrower_first_name": "Ana", "borrower_last_name": "Ames", "note_rate": "7.125",
    "origination_date": "2024-04-17", "term_months": 360, "original_amount": "420000.00",
}  # fmt: skip
KEY = {"Idempotency-Key": "post-1"}
pytestmark = pytest.mark.django_db


def test_the_same_post_again_is_answered_as_it_was_and_does_nothing(send, lender_key):
    first = send(lender_key, LOANS, [LOAN], **KEY)
    again = send(lender_key, LOANS, [LOAN], **KEY)
    assert (first.status_code, first.json()["created"]) == (200, 1)
    assert (again.status_code, again.json(), again["Content-Type"]) == (200, first.json(), "application/json")
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")


def test_without_a_key_nothing_is_kept(send, lender_key):
    assert [send(lender_key, LOANS, [LOAN]).json()["created"] for _ in range(2)] == [1, 0]
    assert not KeptAnswer.objects.exists()


def test_another_body_or_another_address_under_the_key_is_refused_and_does_nothing(send, lender_key):
    send(lender_key, LOANS, [LOAN], **KEY)
    for path, body in ((LOANS, [LOAN | {"loan_number": "K-2"}]), ("/api/v1/events/", [LOAN]), (f"{LOANS}?a=1", [LOAN])):
        answer = send(lender_key, path, body, **KEY)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert answer.json()["code"] == "idempotency_key_reused"
    assert list(Loan.objects.values_list("loan_number", flat=True)) == ["K-1"]


def test_the_key_of_one_caller_is_nothing_to_another(send, lender_key, ada):
    other = keys.create("CRM", branch_id=None, expires_at=None, by=ada)[1]
    send(lender_key, LOANS, [LOAN], **KEY)
    answer = send(other, LOANS, [LOAN], **KEY)
    assert (answer.status_code, answer.json()["unchanged"], "Idempotency-Replayed" in answer) == (200, 1, False)


def test_what_was_refused_may_be_put_right_under_its_key(send, lender_key):
    assert send(lender_key, LOANS, {"loans": []}, **KEY).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert send(lender_key, LOANS, [LOAN], **KEY).json()["created"] == 1


def test_after_a_day_the_key_is_free_and_the_old_answers_are_gone(send, lender_key):
    send(lender_key, LOANS, [LOAN], **KEY)
    send(lender_key, LOANS, [LOAN], **{"Idempotency-Key": "post-2"})
    KeptAnswer.objects.update(at=clock.now() - timedelta(hours=24, seconds=1))
    assert send(lender_key, LOANS, [LOAN | {"note_rate": "7.000"}], **KEY).json()["updated"] == 1
    assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["post-1"]


def test_a_key_just_under_a_day_old_still_answers(send, lender_key):
    send(lender_key, LOANS, [LOAN], **KEY)
    KeptAnswer.objects.update(at=clock.now() - timedelta(hours=23, minutes=59))
    assert send(lender_key, LOANS, [LOAN | {"note_rate": "7.000"}], **KEY).status_code == 422


@pytest.mark.parametrize("key", ["a b", "x" * 201, "schlüssel"])
def test_a_key_that_is_none_is_refused(send, lender_key, key):
    answer = send(lender_key, LOANS, [LOAN], **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert not Loan.objects.exists()


@pytest.fixture
def elsewhere():
    """A second session of the database, as another process has."""
    other = ConnectionHandler({"default": connection.settings_dict})["default"]
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_at_work_the_second_is_told_so(send, lender_key, elsewhere):
    user = keys.user_of(lender_key, now=clock.now())
    elsewhere.set_autocommit(False)
    with elsewhere.cursor() as cursor:
        cursor.execute(answers.TAKE_TURN, [user.pk, "post-1"])
        assert cursor.fetchone() == (True,)
    answer = send(lender_key, LOANS, [LOAN], **KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
    assert not Loan.objects.exists()
    # The process dies.
    elsewhere.rollback()
    elsewhere.set_autocommit(True)
    assert send(lender_key, LOANS, [LOAN], **KEY).json()["created"] == 1


def test_a_revoked_key_gets_no_old_answer(send, lender_key, ada):
    send(lender_key, LOANS, [LOAN], **KEY)
    keys.revoke(lender_key.partition(".")[0], by=ada, now=clock.now())
    assert send(lender_key, LOANS, [LOAN], **KEY).status_code == 401


def test_every_post_of_the_schema_takes_a_key(lender_key, send):
    reader = Client(headers={"Authorization": f"Api-Key {lender_key}"})
    paths = reader.get("/api/v1/schema/?format=json").json()["paths"]
    posts = {path: methods["post"] for path, methods in paths.items() if "post" in methods}
    assert len(posts) == 10
    for path, operation in posts.items():
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, path
        # The form of the key is looked at before all else, by whatever stands behind the decorator.
        answer = send(lender_key, re.sub(r"{\w+}", "1", path), {}, **{"Idempotency-Key": "a b"})
        assert answer.status_code == 400, path
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key", path


def test_a_form_of_a_browser_is_no_body_of_the_api(as_user, ada):
    answer = as_user(ada).post(LOANS, LOAN, headers=KEY)
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    strict.cookies["csrftoken"] = "x" * 32
    form = LOAN | {"csrfmiddlewaretoken": "x" * 32}
    assert strict.post(LOANS, form, headers=KEY).status_code == 415
    assert not Loan.objects.exists()


def test_a_body_that_is_too_large_is_a_problem(send, lender_key, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = send(lender_key, LOANS, [LOAN])
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not Loan.objects.exists()


def test_a_body_that_is_nested_without_end_is_a_problem(send, lender_key):
    answer = send(lender_key, LOANS, "[" * 200_000)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
