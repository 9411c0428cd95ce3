"""Facts, figures and verdicts of every loan as one statement: a stage for each step of `loans.domain.figures`.

A stage is a materialized CTE whose columns feed the next, so that no formula is written into another (which would make
75,000 characters of SQL and evaluate each a hundred times over).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import BooleanField, Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce, Greatest
from django.db.models.sql.constants import LOUTER
from django_cte import CTE, with_cte

from loans.domain import eligibility, figures
from loans.models import Amortization, Loan, LoanStatus, Purpose
from loans.queries import columns, same_borrower

VERDICT = "passes_{}"


def judged(terms: figures.Terms) -> QuerySet[Loan, dict[str, Any]]:
    """One row a loan: its id, every fact and figure, and a verdict of each rule under `passes_<rule>`."""
    people = same_borrower.facts(terms.refinance_cutoff)
    stage = CTE(_facts(people), name="facts", materialized=True)
    stages = [people, stage]
    names = ["id", "loan_number", *figures.FACTS]
    for number, formulas in enumerate(figures.STAGES, start=1):
        made = {formula.__name__: _column(formula, terms, names) for formula in formulas}
        names += made
        stage = CTE(stage.queryset().annotate(**made).values(*names), name=f"stage_{number}", materialized=True)
        stages.append(stage)
    verdicts = {VERDICT.format(rule.name): _column(rule.judge, terms, names) for rule in eligibility.RULES}
    return with_cte(*stages, select=stage.queryset().annotate(**verdicts).values(*names, *verdicts))


def _column(formula: figures.Figure, terms: figures.Terms, names: Iterable[str]) -> Any:
    constants: Mapping[str, Any] = vars(terms)
    read = (F(name) if name in names else constants[name] for name in figures.parameters(formula))
    return columns.column(formula(*read))


def _facts(people: CTE) -> QuerySet[Loan, dict[str, Any]]:
    """The loan's own columns, and what its borrowers' other loans tell."""
    loans = people.join(Loan.objects.order_by(), id=people.col.loan_id, _join_type=LOUTER)
    flagged, applying, refinanced = people.col.flagged, people.col.applying, people.col.refinanced
    own_refinance = Case(
        When(purpose__in=(Purpose.REFINANCE, Purpose.CASH_OUT_REFINANCE), then=F("origination_date")), default=None
    )
    return loans.annotate(
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
    ).values("id", "loan_number", *figures.FACTS)


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())
