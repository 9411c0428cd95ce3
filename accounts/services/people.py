"""Inviting, editing and letting go of people; called by the people pages and by `create_admin`.

There is always somebody left who can sign in as administrator. Whoever leaves is signed out at once and keeps no password:
coming back takes a new invitation.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.models import Access, Role, User
from accounts.queries import people
from refidetect.kit import contact_locks

log = logging.getLogger(__name__)


class CannotChange(Exception):
    """The message is a sentence for the person who tried."""


@dataclass(frozen=True)
class Details:
    """What an administrator says about somebody."""

    name: str
    role: Role
    branch_id: int | None
    nmls_id: str = ""


def invite(email: str, details: Details, *, by: User) -> User:
    """Adds somebody, or takes the officer whom a file named. Access begins with the link of `invitations.make_link`."""
    with transaction.atomic():
        known = User.objects.select_for_update(of=("self",)).filter(email__iexact=email).first()
        if known is None:
            known = User.objects.create_user(
                email, name=details.name, role=details.role, branch_id=details.branch_id, nmls_id=details.nmls_id
            )
        elif known.role == Role.SERVICE:
            raise CannotChange("This address belongs to an API key.")
        elif known.access == Access.LEFT:
            raise CannotChange(f"{known} has left. Bring them back from their page instead.")
        elif known.access == Access.ACTIVE:
            raise CannotChange(f"{known} can sign in already.")
        else:
            _set_details(known, details)
    log.info("person added user=%s by=%s", known.pk, by.pk)
    return known


def ensure_administrator(email: str, *, name: str = "") -> User:
    """The person with this e-mail as administrator, made where there is none. For whoever runs the machine."""
    with transaction.atomic():
        known = User.objects.select_for_update(of=("self",)).filter(email__iexact=email).first()
        if known is None:
            known = User.objects.create_user(email, name=name, role=Role.ADMINISTRATOR)
        elif known.access == Access.LEFT:
            raise CannotChange(f"{known} has left. Another administrator can bring them back.")
        else:
            known.role, known.name = Role.ADMINISTRATOR, name or known.name
            known.save(update_fields=["role", "name"])
    log.info("administrator ensured user=%s", known.pk)
    return known


def edit(user: User, details: Details, *, by: User) -> None:
    """Name, role, branch and NMLS ID."""
    with transaction.atomic():
        locked = _locked(user)
        if locked.role == Role.ADMINISTRATOR and details.role != Role.ADMINISTRATOR:
            _keep_an_administrator(locked)
        _set_details(locked, details)
    log.info("person edited user=%s by=%s", user.pk, by.pk)


def deactivate(user: User, by: User, *, now: datetime) -> None:
    """Ends access at once: the sessions are bound to the password, and that is thrown away."""
    if user.pk == by.pk:
        raise CannotChange("You can't end your own access. Another administrator can.")
    with transaction.atomic():
        # Whoever has left writes to nobody: what is on its way in that name is waited for, and nothing begins after this.
        contact_locks.close(contact_locks.officer(user.pk))
        locked = _locked(user)
        if locked.role == Role.ADMINISTRATOR:
            _keep_an_administrator(locked)
        locked.is_active, locked.left_at, locked.invited_at = False, now, None
        locked.set_unusable_password()
        locked.save(update_fields=["is_active", "left_at", "invited_at", "password"])
    log.info("access ended user=%s by=%s", user.pk, by.pk)


def reactivate(user: User, by: User) -> None:
    """Back at work, without access until somebody invites them."""
    with transaction.atomic():
        locked = _locked(user)
        locked.is_active, locked.left_at, locked.invited_at = True, None, None
        locked.save(update_fields=["is_active", "left_at", "invited_at"])
    log.info("person back user=%s by=%s", user.pk, by.pk)


def forget_second_factor(user: User, by: User) -> None:
    """For a lost phone: the next sign-in asks for the password alone."""
    Authenticator.objects.filter(user=user).delete()
    log.info("second factor forgotten user=%s by=%s", user.pk, by.pk)


def edit_own(user: User, *, name: str, phone: str, time_zone: str) -> None:
    """What everybody may say about themselves."""
    User.objects.filter(pk=user.pk).update(name=name, phone=phone, time_zone=time_zone)


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _set_details(user: User, details: Details) -> None:
    user.name, user.role, user.branch_id, user.nmls_id = details.name, details.role, details.branch_id, details.nmls_id
    user.save(update_fields=["name", "role", "branch", "nmls_id"])


def _keep_an_administrator(leaving: User) -> None:
    # Two administrators who let each other go at the same moment wait here for one another.
    list(User.objects.select_for_update(of=("self",)).filter(role=Role.ADMINISTRATOR).order_by("pk").values_list("pk"))
    if not people.another_administrator(than=leaving):
        raise CannotChange(f"{leaving} is the last administrator who can sign in. Make somebody else an administrator first.")
