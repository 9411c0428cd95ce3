"""Which weekly mails are due, to whom they go, and what became of one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Access, Branch, Lender, Role, User
from loans.models import Opportunity
from reports.domain import weeks
from reports.domain.weeks import Week
from reports.models import WeeklyMail


@dataclass(frozen=True)
class Due:
    """The mail of a week to a branch's managers; without a branch the whole lender's, to its administrators."""

    branch: Branch | None
    week: Week
    people: tuple[User, ...]


def due(now: datetime) -> Iterator[Due]:
    """Those whose Monday, 07:00 has come on their own clock and that nobody has claimed; of the newest week alone.

    None before a desk's first opportunity, and none where nobody who could read it has access.
    """
    readers = list(User.objects.with_access(Access.ACTIVE).filter(role__in=(Role.MANAGER, Role.ADMINISTRATOR)).order_by("pk"))
    known = set(WeeklyMail.objects.order_by("-monday").values_list("branch", "monday")[:2000])
    began = Opportunity.objects.order_by("opened_on").values_list("opened_on", flat=True).first()
    places: list[tuple[Branch | None, ZoneInfo]] = [(None, Lender.current().zone)]
    places += [(branch, ZoneInfo(branch.time_zone)) for branch in Branch.objects.all()]
    for branch, zone in places:
        week = weeks.last_complete(now, zone)
        people = tuple(person for person in readers if _reads(person, branch))
        claimed = (branch.pk if branch else None, week.monday) in known
        started = began is not None and began <= week.sunday
        if people and started and not claimed and now >= weeks.prepared(week, zone):
            yield Due(branch, week, people)


def of(branch_id: int | None, week: Week) -> WeeklyMail | None:
    """What became of a week's mail; None where none was made."""
    return WeeklyMail.objects.filter(branch=branch_id, monday=week.monday).first()


def _reads(person: User, branch: Branch | None) -> bool:
    if branch is None:
        return person.role == Role.ADMINISTRATOR
    return person.role == Role.MANAGER and person.branch_id == branch.pk
