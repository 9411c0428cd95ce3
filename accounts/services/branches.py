"""Branches, and the lender they belong to; called by their pages."""

import logging

from accounts.models import Branch, Lender, User

log = logging.getLogger(__name__)


def save_branch(branch: Branch, *, by: User) -> Branch:
    """Keeps a new or changed branch."""
    branch.save()
    log.info("branch saved branch=%s by=%s", branch.pk, by.pk)
    return branch


def save_lender(*, by: User, **columns: str) -> None:
    """Name, NMLS ID, clock, postal address and phone of the lender; whether it is a demo stays as it is."""
    Lender.objects.update_or_create(pk=1, defaults=columns)
    log.info("lender saved by=%s", by.pk)
