"""Branches and officers that a portfolio file names: unknown ones are created without access, for somebody to invite."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db.models.functions import Lower

from accounts.models import Branch, Lender, Role, User

UNNAMED_BRANCH = "Main office"


class Officer(NamedTuple):
    """Somebody whom a file names, and whether the person works here still."""

    pk: int
    active: bool


def key(name: str) -> str:
    """Names and addresses are compared without case. Compared here, not in the database: its collation may know A to Z only."""
    return name.lower()


def ensure_branches(names: Iterable[str]) -> dict[str, int]:
    """`key` of the name to id, for every name; missing branches are created on the lender's clock."""
    wanted = {key(name): name for name in names if name}
    if not wanted:
        return {}
    zone = Lender.current().time_zone
    found = _branch_ids()
    missing = [Branch(name=name, time_zone=zone) for folded, name in sorted(wanted.items()) if folded not in found]
    if missing:
        Branch.objects.bulk_create(missing, ignore_conflicts=True)
        found = _branch_ids()
    return {folded: found[folded] for folded in wanted}


def _branch_ids() -> dict[str, int]:
    return {key(name): pk for name, pk in Branch.objects.order_by("-pk").values_list("name", "pk")}


def ensure_officers(named: Iterable[tuple[str, str, int]]) -> dict[str, Officer]:
    """(e-mail, NMLS ID, branch id) to e-mail: officer. Missing ones become officers who can't sign in yet."""
    wanted = {email.lower(): (nmls_id, branch_id) for email, nmls_id, branch_id in named}
    if not wanted:
        return {}
    found = _officers(wanted)
    missing = [
        User(email=email, nmls_id=nmls_id, branch_id=branch_id, role=Role.OFFICER, password=make_password(None))
        for email, (nmls_id, branch_id) in sorted(wanted.items())
        if email not in found
    ]
    if missing:
        User.objects.bulk_create(missing, ignore_conflicts=True)
        found = _officers(wanted)
    return found


def _officers(emails: Iterable[str]) -> dict[str, Officer]:
    rows = User.objects.annotate(key=Lower("email")).filter(key__in=list(emails))
    return {email.lower(): Officer(pk, is_active) for email, pk, is_active in rows.values_list("email", "pk", "is_active")}
