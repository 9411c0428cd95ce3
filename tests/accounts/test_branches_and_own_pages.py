"""Branches, the lender, one's own profile, the rules of roles and the sidebar."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from accounts.models import ACCESS_IS, Access, Branch, Lender, Role, User
from tests.factories import BranchFactory, UserFactory


def test_an_administrator_adds_and_changes_branches(as_user, ada):
    client = as_user(ada)
    client.post("/branches/new/", {"name": "Boise", "time_zone": "America/Denver"})
    boise = Branch.objects.get()
    client.post(f"/branches/{boise.pk}/", {"name": "Boise", "time_zone": "America/Los_Angeles"})
    boise.refresh_from_db()
    assert boise.time_zone == "America/Los_Angeles"


def test_two_branches_do_not_share_a_name(as_user, ada, denver):
    answer = as_user(ada).post("/branches/new/", {"name": "DENVER", "time_zone": "America/Denver"})
    assert "A branch has this name." in answer.content.decode()
    assert Branch.objects.count() == 1


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "America/Denver; DROP"])
def test_a_clock_is_a_time_zone(as_user, ada, zone):
    as_user(ada).post("/branches/new/", {"name": "Boise", "time_zone": zone})
    assert not Branch.objects.exists()


@pytest.mark.parametrize("who", ["olivia", "ben", "cora", "pia"])
def test_others_change_neither_branches_nor_the_lender(as_user, request, who, denver):
    client = as_user(request.getfixturevalue(who))
    data = {"name": "Changed", "time_zone": "America/Chicago", "nmls_id": "1"}
    for path in ("/branches/new/", f"/branches/{denver.pk}/", "/lender/"):
        assert client.post(path, data).status_code == 403
    assert list(Branch.objects.values_list("name", flat=True)) == ["Denver"]
    assert not Lender.objects.exists()


def test_a_manager_sees_the_own_branch(as_user, ben, tampa):
    page = as_user(ben).get("/branches/").content.decode()
    assert "Denver" in page
    assert "Tampa" not in page


def test_the_lender_keeps_being_a_demo(as_user, ada):
    Lender.objects.create(pk=1, demo=True, demo_notice="Invented.")
    as_user(ada).post("/lender/", {"name": "Harbor Pine", "nmls_id": "9900400", "time_zone": "America/Denver"})
    assert Lender.objects.values_list("name", "demo", "demo_notice").get() == ("Harbor Pine", True, "Invented.")


def test_olivia_changes_her_own_name_phone_and_clock_and_nothing_else(as_user, olivia):
    data = {"name": "Olivia Hart-Lind", "phone": "303-555-0142", "time_zone": "America/Phoenix", "role": "administrator"}
    as_user(olivia).post("/profile/", data)
    olivia.refresh_from_db()
    assert (olivia.name, olivia.phone, olivia.time_zone) == ("Olivia Hart-Lind", "+13035550142", "America/Phoenix")
    assert olivia.role == Role.OFFICER
    assert olivia.phone_written == "(303) 555-0142"


def test_a_phone_is_a_phone(as_user, olivia):
    answer = as_user(olivia).post("/profile/", {"name": "Olivia", "phone": "call me"})
    assert "Write a phone number" in answer.content.decode()
    olivia.refresh_from_db()
    assert olivia.phone == ""


def test_times_are_the_readers_own(as_user, ada, olivia):
    olivia.last_login = "2026-04-24T12:00:00Z"
    olivia.save()
    ada.time_zone = "America/Los_Angeles"
    ada.save()
    assert "Apr 24, 2026, 5:00 AM" in as_user(ada).get(f"/people/{olivia.pk}/").content.decode()


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("desk.import_loans", {"manager", "administrator", "service"}),
        ("desk.post_events", {"manager", "administrator", "service"}),
        ("desk.manage_keys", {"administrator"}),
        ("desk.decide_rates", {"manager", "administrator"}),
        ("desk.hold_runs", {"manager", "administrator"}),
        ("desk.edit_policy", {"administrator"}),
        ("desk.edit_rules", {"administrator"}),
        ("desk.see_rules", {"manager", "administrator", "compliance"}),
        ("desk.manage_people", {"administrator"}),
        ("desk.see_people", {"manager", "administrator", "compliance"}),
    ],
)
def test_who_may_do_what(permission, allowed, db):
    branch = BranchFactory()
    everybody = {role: UserFactory(role=role, branch=branch, password="!") for role in Role.values}
    assert {role for role, user in everybody.items() if user.has_perm(permission)} == allowed
    for user in everybody.values():
        user.is_active = False
        assert not user.has_perm(permission)


def test_a_manager_edits_the_rules_of_the_own_branch(ben, denver, tampa):
    assert ben.has_perm("desk.edit_rules", denver)
    assert not ben.has_perm("desk.edit_rules", tampa)


def test_access_is_the_same_in_python_and_in_sql(ada, denver):
    combinations = product(("", "!", "!abc", "md5$x"), (True, False), (None, "2026-04-24T12:00:00Z"))
    for number, (password, active, invited) in enumerate(combinations):
        email = f"{number}@example.com"
        User.objects.create(email=email, branch=denver, password=password, is_active=active, invited_at=invited)
    for access in Access:
        in_sql = set(User.objects.with_access(access).values_list("pk", flat=True))
        assert in_sql == {user.pk for user in User.objects.all() if user.access == access}
    assert set(ACCESS_IS) == set(Access)


def test_emails_are_one_whatever_their_case(olivia, denver):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="OLIVIA.HART@example.com", branch=denver)


def test_the_sidebar_shows_what_a_role_may_open(as_user, olivia, ada):
    assert "People" not in as_user(olivia).get("/profile/").content.decode()
    assert "People" in as_user(ada).get("/profile/").content.decode()


def test_pages_carry_a_strict_policy_and_no_inline_style(as_user, ada, olivia):
    answer = as_user(ada).get(f"/people/{olivia.pk}/")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert " style=" not in answer.content.decode()
    assert " onclick=" not in answer.content.decode()


def test_the_health_check_asks_nothing_of_the_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_error_page_needs_nothing(client, db, as_user, olivia):
    assert "Nothing here for you" in client.get("/nowhere/").content.decode()
    assert "Not for your role" in as_user(olivia).get("/people/").content.decode()
