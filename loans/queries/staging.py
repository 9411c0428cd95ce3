"""Facts, figures and verdicts of every loan as one statement: a stage for each step of `loans.domain.figures`.

A stage is a CTE whose columns feed the next, so that no formula is written into another (which would make 75,000 characters
of SQL and evaluate each a hundred times over). A limit that no table reaches keeps the planner from merging stages; rows then
flow through all of them one by one, where materializing each would write the book to disk eleven times. A stage hands on only
what is still read after it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, cast

from django.db.models import BooleanField, Case, F, Q, QuerySet, TextField, When
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Lower, Trim
from django.db.models.lookups import In
from django.db.models.sql.constants import LOUTER
from django_cte import CTE, with_cte

from accounts.models import License
from loans.domain import eligibility, figures
from loans.models import Amortization, Loan, LoanStatus, Purpose
from loans.queries import columns, same_borrower

VERDICT = "passes_{}"
KEPT = ("id", "loan_number")
NO_LIMIT = 2**63 - 1

Rows = QuerySet[Loan, dict[str, Any]]


def judged(terms: figures.Terms, wanted: Collection[str], among: QuerySet[Loan] | None = None) -> Rows:
    """One row a loan: its id and number, the wanted facts and figures, and a verdict of each rule under `passes_<rule>`.

    Of every loan, or of those `among` which one looks: what the others tell of a borrower counts all the same.
    """
    people = same_borrower.facts(terms.refinance_cutoff)
    read_later = _read_after_each_stage({*wanted, *(name for rule in eligibility.RULES for name in eligibility.inputs(rule))})
    names = [*KEPT, *(name for name in figures.FACTS if name in read_later[0])]
    loans = Loan.objects.all() if among is None else among
    # In the order of the table: whoever writes to the loans' rows afterwards goes through them once, not all over the place.
    stage = _fenced(_facts(loans, people, terms.as_of).order_by("pk").values(*names), "facts")
    stages = [people, stage]
    for number, (formulas, needed) in enumerate(zip(figures.STAGES, read_later[1:], strict=True), start=1):
        made = {formula.__name__: _column(formula, terms, names) for formula in formulas if formula.__name__ in needed}
        names = [*KEPT, *(name for name in (*names, *made) if name in needed)]
        stage = _fenced(_rows_of(stage).annotate(**made).values(*names), f"stage_{number}")
        stages.append(stage)
    verdicts = {VERDICT.format(rule.name): _column(rule.judge, terms, names) for rule in eligibility.RULES}
    rows: Rows = _rows_of(stage).annotate(**verdicts).values(*KEPT, *wanted, *verdicts)
    return cast("Rows", with_cte(*stages, select=rows))


def excludes(rule: eligibility.Rule) -> str:
    """The condition in SQL under which the rule keeps a row `j` of `judged` out of the queue."""
    return f"(j.{VERDICT.format(rule.name)} IS {'NOT TRUE' if rule.unknown_excludes else 'FALSE'})"


def prepare(cursor: Any) -> None:
    """Settings for the rest of a transaction that reads the whole book."""
    # Sorts and hashes of a large book spill to disk rather than grow with it: more memory was no quicker. Compiling plans costs
    # more than it saves. The first run after a large import knows no statistics: a nested loop chosen for want of them would
    # never end.
    settings = {
        "work_mem": "4MB",
        "hash_mem_multiplier": "1",
        "maintenance_work_mem": "4MB",
        "jit": "off",
        "enable_nestloop": "off",
    }
    cursor.execute(
        f"SELECT {', '.join(['set_config(%s, %s, true)'] * len(settings))}",
        [word for setting in settings.items() for word in setting],
    )


def _read_after_each_stage(wanted: set[str]) -> list[set[str]]:
    """Which names are still read after the facts, after stage 1, and so on."""
    needed = [wanted]
    for formulas in reversed(figures.STAGES):
        made = {formula.__name__ for formula in formulas}
        used = {name for formula in formulas if formula.__name__ in needed[0] for name in figures.parameters(formula)}
        needed.insert(0, needed[0] - made | used)
    return needed


def _rows_of(stage: CTE) -> Any:
    """In the order in which it comes: the usual one of loans would sort the whole book again."""
    return stage.queryset().order_by()


def _fenced(rows: Rows, name: str) -> CTE:
    return CTE(rows[:NO_LIMIT], name=name)


def _column(formula: figures.Figure, terms: figures.Terms, names: Iterable[str]) -> Any:
    constants: Mapping[str, Any] = vars(terms)
    read = (F(name) if name in names else constants[name] for name in figures.parameters(formula))
    return columns.column(formula(*read))


def _facts(among: QuerySet[Loan], people: CTE, as_of: date) -> QuerySet[Loan]:
    """The loan's own columns, and what its borrowers' other loans tell."""
    loans: QuerySet[Loan] = people.join(among.order_by(), id=people.col.loan_id, _join_type=LOUTER)
    flagged, applying, refinanced = people.col.flagged, people.col.applying, people.col.refinanced
    own_refinance = Case(
        When(purpose__in=(Purpose.REFINANCE, Purpose.CASH_OUT_REFINANCE), then=F("origination_date")), default=None
    )
    return loans.annotate(
        investor_key=Lower(Trim("investor")),
        licensed=_licensed(as_of),
        is_arm=_flag(Q(amortization=Amortization.ARM)),
        is_active=_flag(Q(status=LoanStatus.ACTIVE)),
        has_open_application=_flag(Q(status=LoanStatus.IN_APPLICATION) | Q(Coalesce(applying, False))),
        last_refinanced=Greatest(F("last_refinanced_on"), own_refinance, refinanced),
        do_not_solicit_clear=Case(
            When(Q(Coalesce(flagged, False)) | ~Q(do_not_solicit__in=("", "unknown")), then=False),
            When(do_not_solicit="unknown", then=None),
            default=True,
            output_field=BooleanField(null=True),
        ),
    )


def _licensed(as_of: date) -> Case:
    """Whether the officer may work in the state; unknown where no license of the officer is on file, or the state is not known.

    Each list is read once and asked by its hash: never one look-up a loan.
    """
    on_file = License.objects.order_by()
    held = on_file.filter(expires_on__gte=as_of).values(pair=_pair("officer_id", "state"))
    return Case(
        When(~Q(officer_id__in=on_file.values("officer_id")) | Q(property_state=""), then=None),
        When(In(_pair("officer_id", "property_state"), held), then=True),
        default=False,
        output_field=BooleanField(null=True),
    )


def _pair(officer: str, state: str) -> Concat:
    return Concat(Cast(officer, TextField()), F(state), output_field=TextField())


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())
