"""Branches and officers that a portfolio file names: unknown ones are created without access, for somebody to invite."""

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db.models.functions import Lower

from accounts.models import Branch, Lender, Role, User

UNNAMED_BRANCH = "Main office"


def ensure_branches(names: Iterable[str]) -> dict[str, int]:
    """Lower-case name to id, for every name; missing branches are created on the lender's clock."""
    wanted = {name.lower(): name for name in names if name}
    zone = Lender.current().time_zone
    found = _branch_ids(wanted)
    Branch.objects.bulk_create(
        [Branch(name=name, time_zone=zone) for key, name in sorted(wanted.items()) if key not in found], ignore_conflicts=True
    )
    return _branch_ids(wanted)


def _branch_ids(keys: Iterable[str]) -> dict[str, int]:
    rows = Branch.objects.annotate(key=Lower("name")).filter(key__in=list(keys))
    return dict(rows.values_list("key", "pk"))


def ensure_officers(named: Iterable[tuple[str, str, int]]) -> dict[str, tuple[int, bool]]:
    """(e-mail, NMLS ID, branch id) to e-mail: (user id, is active). Missing ones become officers who can't sign in yet."""
    wanted = {email.lower(): (nmls_id, branch_id) for email, nmls_id, branch_id in named}
    found = _officers(wanted)
    User.objects.bulk_create(
        [
            User(email=email, nmls_id=nmls_id, branch_id=branch_id, role=Role.OFFICER, password=make_password(None))
            for email, (nmls_id, branch_id) in sorted(wanted.items())
            if email not in found
        ],
        ignore_conflicts=True,
    )
    return _officers(wanted)


def _officers(emails: Iterable[str]) -> dict[str, tuple[int, bool]]:
    rows = User.objects.annotate(key=Lower("email")).filter(key__in=list(emails))
    return {key: (pk, is_active) for key, pk, is_active in rows.values_list("key", "pk", "is_active")}
