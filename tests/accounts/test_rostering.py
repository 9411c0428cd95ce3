"""Branches and officers of a portfolio file: found without case, made once, without access."""

import pytest

from accounts.models import Access, Branch, Lender, User
from accounts.services import people, rostering
from tests.factories import BranchFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_branches_are_found_without_case_and_made_on_the_lenders_clock(denver):
    Lender.objects.create(pk=1, time_zone="America/Phoenix")
    found = rostering.ensure_branches(["DENVER", "Boise", "boise", ""])
    assert found == {"denver": denver.pk, "boise": Branch.objects.get(name__iexact="boise").pk}
    assert Branch.objects.get(pk=found["boise"]).time_zone == "America/Phoenix"
    assert rostering.ensure_branches(["Denver", "BOISE"]) == found


def test_no_name_is_no_branch():
    assert (rostering.ensure_branches([]), rostering.ensure_officers([])) == ({}, {})
    assert not Branch.objects.exists()


def test_names_that_differ_stay_two_branches():
    BranchFactory(name="Straße")
    assert len(rostering.ensure_branches(["STRASSE", "straße"])) == 2


def test_unknown_officers_can_not_sign_in_until_they_are_invited(denver, ada):
    found = rostering.ensure_officers([("New.Person@example.com", "9900999", denver.pk)])
    user = User.objects.get(email="new.person@example.com")
    assert found == {"new.person@example.com": (user.pk, True)}
    assert (user.access, user.role, user.branch, user.nmls_id) == (Access.NOT_INVITED, "officer", denver, "9900999")
    assert not user.has_usable_password()
    people.invite(user.email, people.Details("New Person", user.role, denver.pk), by=ada)
    assert User.objects.filter(email=user.email).count() == 1


def test_known_people_stay_as_they_are(olivia, tampa):
    before = User.objects.values().get()
    assert rostering.ensure_officers([(olivia.email.upper(), "0", tampa.pk)]) == {olivia.email: (olivia.pk, True)}
    assert User.objects.values().get() == before


def test_somebody_who_left_is_known_as_such():
    left = UserFactory(name="Lena Left", is_active=False)
    (officer,) = rostering.ensure_officers([(left.email, "", left.branch_id)]).values()
    assert (officer.pk, officer.active) == (left.pk, False)


@pytest.mark.parametrize("count", [1, 40])
def test_the_number_of_queries_does_not_grow_with_the_file(count, denver, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        rostering.ensure_branches(f"Branch {number}" for number in range(count))
        rostering.ensure_officers((f"p{number}@example.com", "", denver.pk) for number in range(count))
    assert User.objects.count() == count
