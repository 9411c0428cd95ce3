"""Ending access: at once, without locking the lender out, and for good until somebody invites again."""

import pytest
from django.utils import timezone

from accounts.models import Access, Role, User
from accounts.services import invitations, people
from tests.factories import PASSWORD, UserFactory


def test_an_open_session_ends_at_once(as_user, ada, olivia):
    theirs = as_user(olivia)
    assert theirs.get("/profile/").status_code == 200
    people.deactivate(olivia, ada, now=timezone.now())
    assert theirs.get("/profile/").status_code == 302


def test_the_session_stays_ended_after_coming_back(as_user, ada, olivia):
    theirs = as_user(olivia)
    people.deactivate(olivia, ada, now=timezone.now())
    people.reactivate(olivia, ada)
    assert theirs.get("/profile/").status_code == 302
    olivia.refresh_from_db()
    assert olivia.access == Access.NOT_INVITED


def test_who_left_can_not_sign_in(client, ada, olivia):
    people.deactivate(olivia, ada, now=timezone.now())
    answer = client.post("/accounts/login/", {"login": olivia.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_link_from_before_no_longer_works(client, ada, olivia):
    path = invitations.make_link(olivia, by=ada, now=timezone.now())
    people.deactivate(olivia, ada, now=timezone.now())
    assert "no longer works" in client.get(path).content.decode()
    with pytest.raises(people.CannotChange, match="has left"):
        invitations.make_link(olivia, by=ada, now=timezone.now())


def test_nobody_ends_their_own_access(as_user, ada):
    UserFactory(name="Second", role=Role.ADMINISTRATOR, branch=None)
    as_user(ada).post(f"/people/{ada.pk}/deactivate/")
    ada.refresh_from_db()
    assert ada.is_active


def test_the_last_administrator_who_can_sign_in_stays(ada):
    second = UserFactory(name="Second", role=Role.ADMINISTRATOR, branch=None)
    invited = User.objects.create(email="third@example.com", role=Role.ADMINISTRATOR, password="!", invited_at=timezone.now())
    people.deactivate(second, ada, now=timezone.now())
    with pytest.raises(people.CannotChange, match="last administrator"):
        people.deactivate(ada, invited, now=timezone.now())
    ada.refresh_from_db()
    assert ada.is_active


def test_the_confirmation_page_changes_nothing(as_user, ada, olivia):
    assert "Keep access" in as_user(ada).get(f"/people/{olivia.pk}/deactivate/").content.decode()
    olivia.refresh_from_db()
    assert olivia.is_active
