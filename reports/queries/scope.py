"""Whose opportunities a report is about: what a person sees, or a branch, narrowed to what was asked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.models import Branch, Lender, Role, User
from loans.models import Opportunity, Program
from outreach.models import Sequence
from reports.domain import bands
from reports.domain.weeks import SHOWN, Week

PROGRAMS = Program.choices
ALL, NO_BRANCH, NO_OFFICER, BY_HAND = "All branches", "No branch", "No officer", "by hand, or not written to"
NOT_SEEN = "an officer whose loans you do not see"


@dataclass(frozen=True)
class Asked:
    """A week, and what the report is narrowed to; None is everything, 0 is those without one. `sequence` 0 is by hand."""

    week: Week
    branch: int | None = None
    officer: int | None = None
    sequence: int | None = None
    threshold: Decimal | None = None
    band: int | None = None
    program: str = ""


@dataclass(frozen=True)
class Scope:
    """`rows` are the opportunities, `zone` the clock of loans without a branch and of the report's own dates.

    `about` says whose numbers they are and what they are narrowed to, as far as the reader may know; `branch` is the one that
    is meant, by the question or by what the reader sees.
    """

    asked: Asked
    rows: QuerySet[Opportunity]
    zone: ZoneInfo
    about: str
    branch: Branch | None = None

    @property
    def file_name(self) -> str:
        """Of the CSV: the week and, where one is meant, the branch."""
        names = ["weekly", self.asked.week.name]
        if self.branch is not None:
            # A name in another script leaves nothing for a file's name.
            names.append(slugify(self.branch.name) or f"branch-{self.branch.pk}")
        return f"{'-'.join(names)}.csv"


class NoSuchBranch(Exception):
    """The branch does not exist, or the reader does not see it."""


def of_user(user: User, asked: Asked) -> Scope:
    """What the person sees; the clock is that of the branch, where it is about one.

    Raises NoSuchBranch where another branch than the person's own is asked for, rather than count nothing in its name.
    """
    branches = Branch.objects.all() if user.sees_every_branch else Branch.objects.filter(people=user)
    branch = _branch(asked, branches)
    if branch is None and asked.branch is None and not user.sees_every_branch and user.role != Role.OFFICER:
        branch = user.branch
    officer = _officer(asked, User.objects.visible_to(user))
    if not officer and not user.sees_every_branch and (user.role == Role.OFFICER or branch is None):
        # An officer, or a person of no branch, sees what is their own.
        officer = str(user)
    return _scope(Opportunity.objects.visible_to(user), asked, asked.branch or user.branch_id, branch, officer)


def of_desk(asked: Asked) -> Scope:
    """For the clock and for commands, which act for the lender: a branch where `asked` names one, else all.

    Raises NoSuchBranch.
    """
    branch = _branch(asked, Branch.objects.all())
    return _scope(Opportunity.objects.all(), asked, asked.branch, branch, _officer(asked, User.objects.all()))


def zone_of(branch_id: int | None) -> ZoneInfo:
    """The branch's clock; the lender's without one."""
    name = Branch.objects.filter(pk=branch_id).values_list("time_zone", flat=True).first() if branch_id else None
    return ZoneInfo(name) if name else Lender.current().zone


def _branch(asked: Asked, branches: QuerySet[Branch]) -> Branch | None:
    if not asked.branch:
        return None
    branch = branches.filter(pk=asked.branch).first()
    if branch is None:
        raise NoSuchBranch
    return branch


def _officer(asked: Asked, people: QuerySet[User]) -> str:
    """The name as far as the reader may know it."""
    if asked.officer is None:
        return ""
    found = people.filter(pk=asked.officer).first() if asked.officer else None
    return str(found) if found else (NOT_SEEN if asked.officer else NO_OFFICER)


def _about(asked: Asked, branch: Branch | None, officer: str) -> str:
    """Whose numbers, and then each thing that they are narrowed to."""
    place = str(branch) if branch else (NO_BRANCH if asked.branch == 0 else "")
    said = [word for word in (place, officer) if word] or [ALL]
    if asked.sequence is not None:
        title = Sequence.objects.filter(pk=asked.sequence).values_list("title", flat=True).first() if asked.sequence else None
        said.append(title or ("no such sequence" if asked.sequence else BY_HAND))
    if asked.threshold is not None:
        said.append(f"threshold {asked.threshold:.3f}")
    if asked.band is not None:
        said.append(f"spread {bands.label(asked.band)}")
    if asked.program:
        said.append(str(dict(PROGRAMS)[asked.program]))
    return ", ".join(said)


def _scope(rows: QuerySet[Opportunity], asked: Asked, branch_id: int | None, branch: Branch | None, officer: str) -> Scope:
    if asked.branch is not None:
        rows = rows.filter(loan__branch=asked.branch) if asked.branch else rows.filter(loan__branch=None)
    if asked.officer is not None:
        rows = rows.filter(loan__officer=asked.officer) if asked.officer else rows.filter(loan__officer=None)
    if asked.threshold is not None:
        rows = rows.filter(threshold=asked.threshold)
    if asked.program:
        rows = rows.filter(loan__program=asked.program)
    return Scope(asked, rows, zone_of(branch_id), _about(asked, branch, officer), branch)


def as_sql(scope: Scope) -> tuple[str, dict[str, Any]]:
    """The ids of the opportunities as a statement with named parameters, to stand inside a larger one."""
    try:
        statement, values = scope.rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint WHERE false", {}
    named = {f"scope{place}": value for place, value in enumerate(values)}
    return statement % tuple(f"%({name})s" for name in named), named


def weeks(scope: Scope, count: int = SHOWN) -> dict[str, list[Any]]:
    """The bounds of each of the weeks on each clock of the lender, as columns. `n` is weeks back, 0 the report's own."""
    names = set(Branch.objects.values_list("time_zone", flat=True)) | {scope.zone.key}
    spans = [(name, n, scope.asked.week.back(n)) for name in sorted(names) for n in range(count)]
    return {
        "zones": [name for name, _, _ in spans],
        "ns": [n for _, n, _ in spans],
        "mondays": [week.monday for _, _, week in spans],
        "begins": [week.begins(ZoneInfo(name)) for name, _, week in spans],
        "ends": [week.ends(ZoneInfo(name)) for name, _, week in spans],
    }
