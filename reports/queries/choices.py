"""What the filters of the report can be set to, of what the reader sees."""

from decimal import Decimal

from accounts.models import Branch, Role, User
from accounts.queries import people
from loans.models import Policy, Threshold
from outreach.models import Sequence


def officers(user: User) -> list[User]:
    """Those whose loans the reader may see, by name; nobody where that is the reader alone."""
    if user.role == Role.OFFICER:
        return []
    return list(people.people_of(user).filter(role__in=(Role.OFFICER, Role.MANAGER)))


def branches(user: User) -> list[Branch]:
    """All of them, for those who see every one."""
    return list(Branch.objects.all()) if user.sees_every_branch else []


def sequences() -> list[Sequence]:
    return list(Sequence.objects.all())


def thresholds() -> list[Decimal]:
    """Every spread, in percentage points, that loans were ever held against, the smallest first."""
    defaults = Policy.current()
    ever = {defaults.spread, defaults.spread_jumbo}
    for pair in Policy.objects.values_list("spread", "spread_jumbo"):
        ever.update(pair)
    ever.update(spread for spread in Threshold.objects.values_list("spread", flat=True) if spread is not None)
    return sorted(ever)
