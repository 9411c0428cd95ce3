"""Whose opportunities a report is about: what a person sees, or a branch, narrowed to what was asked."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from accounts.models import Branch, Lender, User
from loans.models import Opportunity, Program
from reports.domain.weeks import SHOWN, Week

PROGRAMS = Program.choices


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

    `about` names the branch and officer that were asked for, as far as the reader may know them.
    """

    asked: Asked
    rows: QuerySet[Opportunity]
    zone: ZoneInfo
    about: str


def of_user(user: User, asked: Asked) -> Scope:
    """What the person sees; the clock is that of the branch, where it is about one."""
    branches = Branch.objects.all() if user.sees_every_branch else Branch.objects.filter(people=user)
    about = _about(asked, branches, User.objects.visible_to(user))
    return _scope(Opportunity.objects.visible_to(user), asked, asked.branch or user.branch_id, about)


def of_desk(asked: Asked) -> Scope:
    """For the clock and for commands, which act for the lender: a branch where `asked` names one, else all."""
    return _scope(Opportunity.objects.all(), asked, asked.branch, _about(asked, Branch.objects.all(), User.objects.all()))


def zone_of(branch_id: int | None) -> ZoneInfo:
    """The branch's clock; the lender's without one."""
    name = Branch.objects.filter(pk=branch_id).values_list("time_zone", flat=True).first() if branch_id else None
    return ZoneInfo(name) if name else Lender.current().zone


def _about(asked: Asked, branches: QuerySet[Branch], people: QuerySet[User]) -> str:
    found: list[object] = list(branches.filter(pk=asked.branch)) if asked.branch else []
    found += list(people.filter(pk=asked.officer)) if asked.officer else []
    return ", ".join(map(str, found))


def _scope(rows: QuerySet[Opportunity], asked: Asked, branch_id: int | None, about: str) -> Scope:
    if asked.branch is not None:
        rows = rows.filter(loan__branch=asked.branch) if asked.branch else rows.filter(loan__branch=None)
    if asked.officer is not None:
        rows = rows.filter(loan__officer=asked.officer) if asked.officer else rows.filter(loan__officer=None)
    if asked.threshold is not None:
        rows = rows.filter(threshold=asked.threshold)
    if asked.program:
        rows = rows.filter(loan__program=asked.program)
    return Scope(asked, rows, zone_of(branch_id), about)


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
