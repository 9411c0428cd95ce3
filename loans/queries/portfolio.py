"""The portfolio as a person searches it: the rows of a page, of an export and of the API's list."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet, TextChoices
from django.db.models.functions import Collate, Lower, Reverse, Upper

from accounts.models import Role, User
from loans.domain import attention
from loans.domain.words import any_of, same
from loans.models import Amortization, Borrower, Loan, MatchRun
from loans.models.loans import NAME_COLLATION
from loans.queries import columns, counting, rule_numbers

UNASSIGNED = "none"
"""In place of an officer's id: loans that are the branch manager's."""

COUNTED, FEW = 10_000, 2_000
"""Rows are counted so far and no further; and up to so many are sorted by themselves, whatever the order."""


class View(TextChoices):
    """The saved views above the table."""

    ALL = "", "All loans"
    ATTENTION = "attention", "Needs a person"
    MISSING = "missing", "Not in the last file"


@dataclass(frozen=True)
class Filters:
    """What a search asks for; empty is no filter. Rates in percent, both ends included."""

    q: str = ""
    view: str = ""
    rate_from: Decimal | None = None
    rate_to: Decimal | None = None
    originated_from: date | None = None
    originated_to: date | None = None
    program: str = ""
    status: str = ""
    branch: int | None = None
    officer: str = ""
    # A name of `attention.REASONS`.
    reason: str = ""

    def named(self) -> list[str]:
        """The names of those that are set: for the log, which takes no values."""
        return [field.name for field in fields(self) if getattr(self, field.name) not in ("", None)]


def visible(user: User) -> QuerySet[Loan]:
    """Every loan the user may see, with the first borrower's name."""
    return _with_client(Loan.objects.visible_to(user))


def _with_client(rows: QuerySet[Loan]) -> QuerySet[Loan]:
    return (
        rows.select_related("officer", "branch")
        .annotate(client=FilteredRelation("borrowers", condition=Q(borrowers__position=Borrower.PRIMARY)))
        .annotate(client_first_name=F("client__first_name"), client_last_name=F("client__last_name"))
    )


def found(rows: QuerySet[Loan], filters: Filters, today: date) -> QuerySet[Loan]:
    """The rows narrowed to what the filters ask for."""
    ranges = {
        "note_rate__gte": filters.rate_from,
        "note_rate__lte": filters.rate_to,
        "origination_date__gte": filters.originated_from,
        "origination_date__lte": filters.originated_to,
        "program": filters.program,
        "status": filters.status,
        "branch": filters.branch,
    }
    rows = search(rows, filters.q).filter(**{name: value for name, value in ranges.items() if value not in ("", None)})
    if filters.officer:
        rows = rows.filter(officer=None if filters.officer == UNASSIGNED else int(filters.officer))
    if filters.reason in attention.BY_NAME:
        rows = rows.filter(_judged(today)[filters.reason])
    match filters.view:
        case View.ATTENTION if filters.reason:
            return rows  # The reason says more than the view, and not every reason holds a loan back.
        case View.MISSING:
            return rows.filter(not_in_last_file=True)
        case View.ATTENTION:
            return rows.filter(needs_a_person(today))
    return rows


def needs_a_person(today: date) -> columns.Condition:
    """The loans about which nothing is sent before somebody has looked. One query, for the programs' numbers in force."""
    judged = _judged(today)
    condition: columns.Condition = any_of(*(judged[reason.name] for reason in attention.REASONS if reason.holds))
    return condition


def _judged(today: date) -> dict[str, Any]:
    """The condition of each reason, in columns."""
    facts: dict[str, Any] = {name: F(name) for name in attention.COLUMNS}
    facts |= {"is_arm": same(F("amortization"), Amortization.ARM.value), "do_not_solicit": Lower("do_not_solicit")}
    return attention.judged(facts, today, rule_numbers.program_values(today))


def reason_counts(user: User, today: date) -> dict[str, int]:
    """How many of the loans that the user sees have each reason, by its name. Remembered for a minute in a large book."""
    # Under names of their own: those of some reasons are columns of the loan.
    counted = {f"of_{name}": Count("pk", filter=Q(condition)) for name, condition in _judged(today).items()}
    rows = Loan.objects.visible_to(user).order_by()
    counter = counting.Counter(user, MatchRun.objects.first())
    found = counter.remembered(f"reasons {today}", lambda: rows.aggregate(**counted))
    return {name.removeprefix("of_"): count for name, count in found.items()}


@dataclass(frozen=True)
class Bounded:
    """The rows of a search for paging: `count` of them, or where `more`, that many and then some."""

    rows: QuerySet[Loan]
    count: int
    more: bool


def bounded(rows: QuerySet[Loan]) -> Bounded:
    """One query that stops at COUNTED. Few rows are named by their ids, so that sorting them never reads the whole book."""
    ids = list(rows.order_by().values_list("pk", flat=True)[: COUNTED + 1])
    if len(ids) <= FEW:
        return Bounded(_with_client(Loan.objects.filter(pk__in=ids)), len(ids), more=False)
    return Bounded(rows, min(len(ids), COUNTED), more=len(ids) > COUNTED)


def ordered(rows: QuerySet[Loan], order: str) -> QuerySet[Loan]:
    """By one of ORDERS, with "-" in front the other way round; an unknown name orders by loan number."""
    name = order.removeprefix("-")
    columns = ORDERS.get(name, ORDERS["loan_number"])
    if name == "client":
        # Every loan has a first borrower: without the outer join the order is read from the index of names.
        rows = rows.filter(Q(client_last_name__isnull=False))
    backwards = order.startswith("-")
    return rows.order_by(*(column.desc() if backwards else column.asc() for column in columns))


def page(rows: QuerySet[Loan], order: str, *, start: int, size: int) -> list[Loan]:
    """The ids first, from rows as lean as can be, then what is shown of them. Two queries."""
    ids = list(ordered(rows, order).values_list("pk", flat=True)[start : start + size])
    place = {pk: at for at, pk in enumerate(ids)}
    return sorted(_with_client(Loan.objects.filter(pk__in=ids)), key=lambda loan: place[loan.pk])


def officers(user: User) -> QuerySet[User]:
    """Those whose loans the user may see, by name."""
    working = User.objects.visible_to(user).filter(role__in=(Role.OFFICER, Role.MANAGER), branch__isnull=False)
    return working.select_related("branch").order_by("name", "email")


def search(rows: QuerySet[Loan], text: str) -> QuerySet[Loan]:
    """Of the rows those that `ids_of` names; all of them where nothing is asked."""
    ids = ids_of(text)
    return rows if ids is None else rows.filter(pk__in=ids)


def ids_of(text: str) -> QuerySet[Any, int] | None:
    """Ids of loans by the beginning or the end of a number, or by a borrower's names in any order, from two letters on.

    Each way reads an index, and their union is small: an OR over two tables would read both of them whole. None where
    nothing is asked.
    """
    words = text.split()
    if not words:
        return None
    ways: list[QuerySet[Any, int]] = [_named(words)] if max(map(len, words)) > 1 else []
    if len(words) == 1:
        ways += [way for form in sorted({words[0], words[0].upper()}) for way in _numbered(form)]
    ids, *others = ways or [Loan.objects.none().values_list("pk", flat=True)]
    return ids.union(*others, all=True) if others else ids


def _numbered(word: str) -> list[QuerySet[Any, int]]:
    backwards = Collate(Reverse("loan_number"), NAME_COLLATION)
    loans = Loan.objects.order_by()
    return [
        loans.filter(loan_number__startswith=word).values_list("pk", flat=True),
        loans.alias(backwards=backwards).filter(backwards__startswith=word[::-1]).values_list("pk", flat=True),
    ]


def _named(words: list[str]) -> QuerySet[Borrower, int]:
    people = Borrower.objects.order_by().alias(first=UPPER_FIRST, last=UPPER_LAST)
    for word in words:
        people = people.filter(Q(first__startswith=word.upper()) | Q(last__startswith=word.upper()))
    return people.values_list("loan_id", flat=True)


UPPER_FIRST, UPPER_LAST = (Collate(Upper(name), NAME_COLLATION) for name in ("first_name", "last_name"))
ORDERS = {
    "client": (
        Collate(Upper("client__last_name"), NAME_COLLATION),
        Collate(Upper("client__first_name"), NAME_COLLATION),
        F("loan_number"),
    ),
    "loan_number": (F("loan_number"),),
    "rate": (F("note_rate"), F("loan_number")),
    "originated": (F("origination_date"), F("loan_number")),
}
"""Orders by name; each reads an index, so that the first page of a million loans costs what the first of ten does."""
