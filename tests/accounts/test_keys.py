"""API keys: who makes them, what they see, and that one that is wrong or ended opens nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Role, User
from accounts.queries import people
from accounts.services import keys
from tests.loans.rows import make_loan

LOANS = "/api/v1/loans/"


def with_key(text):
    return Client(headers={"Authorization": f"Api-Key {text}"})


@pytest.fixture
def denvers(ada, denver):
    return keys.create("Encompass", branch_id=denver.pk, expires_at=None, by=ada)


@pytest.fixture
def lenders(ada):
    return keys.create("CRM", branch_id=None, expires_at=None, by=ada)


@pytest.fixture
def book(olivia, carl):
    return make_loan("HP-1", officer=olivia, branch=olivia.branch), make_loan("TA-1", officer=carl, branch=carl.branch)


def seen(text):
    return {row["loan_number"] for row in with_key(text).get(LOANS).json()["results"]}


def test_a_key_sees_its_branch_or_all_of_them(book, denvers, lenders):
    assert seen(denvers[1]) == {"HP-1"}
    assert seen(lenders[1]) == {"HP-1", "TA-1"}
    assert with_key(denvers[1]).get(f"{LOANS}HP-1/").status_code == 200
    assert with_key(denvers[1]).get(f"{LOANS}TA-1/").status_code == 404


@pytest.mark.parametrize("fault", ["none", "wrong", "half", "another prefix", "null", "revoked", "expired"])
def test_what_is_no_key_is_answered_401(book, ada, denvers, fault):
    key, text = denvers
    now = timezone.now()
    if fault == "revoked":
        assert keys.revoke(key.prefix, by=ada, now=now)
    if fault == "expired":
        ApiKey.objects.update(expiry_date=now - timedelta(seconds=1))
    given = {
        "none": "", "wrong": f"{key.prefix}.{'x' * 32}", "half": key.prefix, "another prefix": f"x{text[1:]}",
        "null": "\x00.x",
    }.get(fault, text)  # fmt: skip
    answer = Client().get(LOANS) if fault == "none" else with_key(given).get(LOANS)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Api-Key")
    assert "HP-1" not in answer.content.decode()
    assert ApiKey.objects.get().last_used_at is None


def test_of_a_key_only_a_hash_is_kept(denvers):
    key, text = denvers
    assert text not in repr(ApiKey.objects.values().get())
    assert key.hashed_key.startswith("sha512$$")


def test_a_key_opens_the_api_and_no_page(denvers):
    assert with_key(denvers[1]).get("/queue/").status_code == 302
    assert with_key(denvers[1]).get("/keys/").status_code == 302


def test_another_system_is_nobody_and_can_not_sign_in(denvers, ada):
    user = User.objects.get(role=Role.SERVICE)
    assert not user.has_usable_password()
    assert authenticate(email=user.email, password="") is None
    assert user not in people.people_of(ada)
    assert people.waiting_for_an_invitation(ada) == 0
    assert user.name not in Client().get("/people/").content.decode()
    assert people.branches_of(ada).get(name="Denver").people_count == 0


def test_a_key_notes_when_it_was_last_used(denvers):
    with_key(denvers[1]).get(LOANS)
    first = ApiKey.objects.get().last_used_at
    with_key(denvers[1]).get(LOANS)
    assert first is not None
    assert ApiKey.objects.get().last_used_at == first


def test_a_key_works_on_opportunities_and_manages_nothing(denvers):
    user = denvers[0].user
    managing = ("desk.manage_people", "desk.manage_keys", "desk.edit_policy", "desk.approve_templates", "desk.export_contacts")
    assert [name for name in managing if user.has_perm(name)] == []
    assert user.has_perm("desk.post_events")
    assert user.has_perm("desk.work_opportunities")


@pytest.mark.parametrize(("right", "writes", "says"), [("read", False, "Read</td>"), ("write", True, "Read and write</td>")])
def test_who_makes_a_key_says_what_it_may(as_user, ada, right, writes, says):
    browser = as_user(ada)
    browser.post("/keys/new/", {"name": "Encompass", "right": right})
    assert ApiKey.objects.get().writes is writes
    assert says in browser.get("/keys/").content.decode()


@pytest.mark.parametrize("right", ["", "everything"])
def test_a_key_without_a_right_is_not_made(as_user, ada, right):
    assert as_user(ada).post("/keys/new/", {"name": "Encompass", "right": right}).status_code == 200
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("who", ["olivia", "ben", "pia", "cora"])
def test_only_administrators_keep_keys(as_user, request, denvers, who):
    browser = as_user(request.getfixturevalue(who))
    assert browser.get("/keys/").status_code == 403
    assert browser.post("/keys/new/", {"name": "x"}).status_code == 403
    assert browser.post(f"/keys/{denvers[0].prefix}/revoke/").status_code == 403
    assert "/keys/" not in browser.get("/queue/").content.decode()
    assert list(ApiKey.objects.values_list("revoked", flat=True)) == [False]


def test_a_new_key_is_shown_once(as_user, ada, denver, book):
    browser = as_user(ada)
    assert browser.post("/keys/new/", {"name": "Encompass", "branch": denver.pk, "right": "write"}).status_code == 302
    page = browser.get("/keys/").content.decode()
    key = ApiKey.objects.get()
    text = page.partition('id="key" value="')[2].partition('"')[0]
    assert seen(text) == {"HP-1"}
    assert text not in browser.get("/keys/").content.decode()
    assert (key.created_by, key.branch) == (ada, denver)


def test_a_key_of_the_past_is_not_made(as_user, ada):
    assert (
        "still to come"
        in as_user(ada).post("/keys/new/", {"name": "x", "right": "read", "expires_on": "2020-01-01"}).content.decode()
    )
    assert not ApiKey.objects.exists()


def test_revoking_asks_first_and_then_ends_the_key_for_good(as_user, ada, denvers, book):
    key, text = denvers
    browser = as_user(ada)
    assert "Revoke the key of Encompass?" in browser.get(f"/keys/{key.prefix}/revoke/").content.decode()
    assert seen(text) == {"HP-1"}
    browser.post(f"/keys/{key.prefix}/revoke/")
    assert with_key(text).get(LOANS).status_code == 401
    page = browser.get("/keys/").content.decode()
    assert "Revoked" in page
    assert f"/keys/{key.prefix}/revoke/" not in page
    assert not keys.revoke(key.prefix, by=ada, now=timezone.now())
