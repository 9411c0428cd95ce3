"""Which loans a person may see, said once for every table that hangs on a loan."""

from django.db.models import Q

from accounts.models import Role, User


def rows_of(user: User, loan: str = "") -> Q:
    """The condition on a loan, where `loan` is the path to it ("" on Loan itself, "loan__" beside it).

    An officer sees the own loans, a branch manager and a processor those of the branch, compliance and administrators all.
    A loan without an officer is the branch manager's. Somebody inactive sees nothing.
    """
    if not user.is_active:
        return Q(pk__in=())
    if user.sees_every_branch:
        return Q()
    if user.role == Role.OFFICER:
        return Q(**{f"{loan}officer": user.pk})
    return Q(**{f"{loan}branch": user.branch_id, f"{loan}branch__isnull": False})
