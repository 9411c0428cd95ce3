"""Signing in, the one-time links, the second factor, and what nobody gets to do."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import Access, Role, User
from accounts.services import invitations, people
from tests.factories import PASSWORD

CHOSEN = "brass kettle on the porch"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def follow(client, path, password=CHOSEN):
    """Opens a one-time link and chooses a password."""
    form = client.get(path, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password}, follow=True)


def sign_in(client, email, password):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_a_link_works_once(client, ada, denver):
    nora = people.invite("nora@example.com", people.Details("Nora", Role.OFFICER, denver.pk), by=ada)
    path = invitations.make_link(nora, by=ada, now=timezone.now())
    assert "Your password is set" in follow(client, path).content.decode()
    nora.refresh_from_db()
    assert nora.access == Access.ACTIVE
    assert sign_in(client, "nora@example.com", CHOSEN).status_code == 302
    client.logout()
    assert "no longer works" in client.get(path, follow=True).content.decode()


def test_a_newer_link_replaces_the_older_one(client, ada, denver):
    nora = people.invite("nora@example.com", people.Details("Nora", Role.OFFICER, denver.pk), by=ada)
    older = invitations.make_link(nora, by=ada, now=timezone.now())
    invitations.make_link(nora, by=ada, now=timezone.now())
    assert "no longer works" in client.get(older).content.decode()


def test_the_link_goes_by_mail_where_there_is_a_mail_server(as_user, ada, olivia, mailoutbox):
    as_user(ada).post(f"/people/{olivia.pk}/link/")
    assert [message.to for message in mailoutbox] == [[olivia.email]]
    assert "/accounts/password/reset/key/" in mailoutbox[0].body


def test_without_a_mail_server_nothing_is_mailed(as_user, ada, olivia, settings, mailoutbox):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    as_user(ada).post(f"/people/{olivia.pk}/link/")
    assert mailoutbox == []
    assert "sends no e-mail" in as_user(ada).get("/accounts/password/reset/").content.decode()


def test_a_forgotten_password_is_mailed_to_people_with_access_only(client, olivia, denver, mailoutbox):
    named_by_a_file = User.objects.create(email="new@example.com", branch=denver, password="!")
    for email in (olivia.email, named_by_a_file.email, "stranger@example.com"):
        answer = client.post("/accounts/password/reset/", {"email": email})
        assert answer["Location"] == "/accounts/password/reset/done/"
    assert [message.to for message in mailoutbox] == [[olivia.email]]


def test_nobody_signs_up(client, db):
    data = {"email": "x@example.com", "password1": CHOSEN, "password2": CHOSEN}
    assert "By invitation" in client.post("/accounts/signup/", data).content.decode()
    assert not User.objects.exists()


def test_nobody_changes_the_own_email(as_user, olivia):
    assert as_user(olivia).post("/accounts/email/", {"action_add": "", "email": "x@example.com"}).status_code in {302, 405}
    olivia.refresh_from_db()
    assert olivia.email == "olivia.hart@example.com"


def test_too_many_wrong_passwords_wait(client, olivia):
    for _ in range(5):
        sign_in(client, olivia.email, "wrong")
    answer = sign_in(client, olivia.email, PASSWORD)
    assert "Too many tries" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_short_password_is_refused(client, ada, olivia):
    path = invitations.make_link(olivia, by=ada, now=timezone.now())
    assert "too short" in follow(client, path, "short").content.decode()


def test_the_secret_of_a_second_factor_is_kept_encrypted(olivia):
    TOTP.activate(olivia, "JBSWY3DPEHPK3PXP")
    row = Authenticator.objects.get(user=olivia)
    assert "JBSWY3DPEHPK3PXP" not in str(row.data)


def test_a_second_factor_is_asked_for_after_the_password(client, olivia):
    TOTP.activate(olivia, "JBSWY3DPEHPK3PXP")
    assert sign_in(client, olivia.email, PASSWORD)["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session


def test_where_it_is_required_nobody_gets_past_setting_it_up(as_user, olivia, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = as_user(olivia)
    assert client.get("/profile/")["Location"] == reverse("mfa_activate_totp")
    TOTP.activate(olivia, "JBSWY3DPEHPK3PXP")
    assert client.get("/profile/").status_code == 200


def test_an_administrator_forgets_the_factor_of_a_lost_phone(as_user, ada, olivia):
    TOTP.activate(olivia, "JBSWY3DPEHPK3PXP")
    as_user(ada).post(f"/people/{olivia.pk}/second-factor/")
    assert not Authenticator.objects.exists()


def test_create_admin_prints_a_link_that_works(client, db, capsys):
    call_command("create_admin", "Root@Example.com")
    said = capsys.readouterr().out
    path = "/accounts/" + said.strip().rsplit("/accounts/", 1)[1]
    assert resolve(path).view_name == "account_reset_password_from_key"
    follow(client, path)
    assert sign_in(client, "root@example.com", CHOSEN).status_code == 302
    assert User.objects.get().role == Role.ADMINISTRATOR


def test_create_admin_refuses_what_is_no_email(db):
    with pytest.raises(CommandError, match="valid email"):
        call_command("create_admin", "nobody")


def test_createsuperuser_makes_an_administrator(db):
    User.objects.create_superuser("chief@example.com", PASSWORD)
    assert User.objects.get().role == Role.ADMINISTRATOR
