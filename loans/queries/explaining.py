"""One loan, explained: the same facts, figures and rules as the match, singly."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import License
from loans.domain import eligibility, explanation, figures, scenarios, standing
from loans.domain.scenarios import Scenario
from loans.models import Amortization, Borrower, Loan, LoanStatus, Opportunity, OpportunityStatus, Policy, Purpose
from loans.queries.terms import terms
from rates.queries import market

REFINANCES = (Purpose.REFINANCE, Purpose.CASH_OUT_REFINANCE)


@dataclass(frozen=True)
class Explanation:
    """`values` are all facts and figures by name; `rate` is the market rate the loan was compared with."""

    loan: Loan
    as_of: date
    eligible: bool
    rules: list[explanation.RuleExplained]
    values: dict[str, Any]
    scenarios: tuple[scenarios.Scenario, scenarios.Scenario, scenarios.Scenario]
    rate: market.MarketRate | None
    timing: explanation.Timing | None

    @property
    def costs(self) -> standing.CostParts | None:
        """The closing costs by who asks them."""
        return standing.cost_parts(self.values)

    @property
    def insurance(self) -> standing.Insurance | None:
        """Mortgage insurance now and then."""
        return standing.insurance(self.values)

    @property
    def further(self) -> tuple[Scenario, ...]:
        """Other targets that are worth their costs."""
        return scenarios.further(self.values)

    @property
    def simpler_rules(self) -> explanation.SimplerRules | None:
        """What simpler rules than the optimal differential would ask."""
        return explanation.simpler_rules(self.values)


@dataclass(frozen=True)
class Basis:
    """What every loan is judged by on a day."""

    terms: figures.Terms
    market: market.Market


def basis(as_of: date) -> Basis:
    offered = market.applying(as_of)
    return Basis(terms(as_of, Policy.current(), offered), offered)


def explain(loan: Loan, as_of: date, judged_by: Basis | None = None) -> Explanation:
    """Why the loan is in the queue on a day, or is not. The same few queries whatever the size of the book.

    Whoever explains several loans of one day hands in its `basis`.
    """
    judged_by = judged_by or basis(as_of)
    values = figures.compute(facts(loan, as_of), judged_by.terms)
    rules = explanation.explain(values)
    return Explanation(
        loan=loan,
        as_of=as_of,
        eligible=eligibility.eligible({rule.name: rule.passed for rule in rules}),
        rules=rules,
        values=values,
        scenarios=scenarios.of(values),
        rate=_rate(judged_by.market, values),
        timing=explanation.timing(values),
    )


def _rate(offered: market.Market, values: dict[str, Any]) -> market.MarketRate | None:
    """The one of the market that the loan was compared with."""
    place = values["bucket"]
    return offered.narrow[place - 1] if place else offered.rates.get(values["product"])


def facts(loan: Loan, as_of: date) -> dict[str, Any]:
    """The loan's own columns, and what its borrowers' other loans and its officer's licenses tell on a day.

    `staging` does the same for all, with `same_borrower`.
    """
    others = list(same_borrower_loans(loan))
    family = [loan, *others]
    applying = Opportunity.objects.filter(loan__in=family, status=OpportunityStatus.APPLICATION).exists()
    flagged = any(_flags_the_person(one) for one in family) or _archived_for_good(family)
    refinances = [day for one in family for day in (one.last_refinanced_on, _own_refinance(one)) if day]
    clear: bool | None = not flagged and loan.do_not_solicit in ("", "unknown")
    return {name: getattr(loan, name) for name in figures.FACTS if hasattr(loan, name)} | {
        "is_arm": loan.amortization == Amortization.ARM,
        "investor_key": loan.investor.strip(" ").lower(),
        "licensed": _licensed(loan, as_of),
        "is_active": loan.status == LoanStatus.ACTIVE,
        "do_not_solicit_clear": None if clear and loan.do_not_solicit == "unknown" else clear,
        "has_open_application": applying or any(one.status == LoanStatus.IN_APPLICATION for one in family),
        "last_refinanced": max(refinances, default=None),
    }


def _licensed(loan: Loan, as_of: date) -> bool | None:
    held = (
        License.objects.filter(officer_id=loan.officer_id)
        if loan.officer_id and loan.property_state
        else License.objects.none()
    )
    until = list(held.values_list("state", "expires_on"))
    return any(state == loan.property_state and day >= as_of for state, day in until) if until else None


def same_borrower_loans(loan: Loan) -> Any:
    """Other loans of the same people: same e-mail, or same phone and last name."""
    same = Q(pk__in=())
    for borrower in loan.borrowers.all():
        if borrower.email_lookup:
            same |= Q(email_lookup=borrower.email_lookup)
        if borrower.phone_lookup and borrower.last_name:
            same |= Q(phone_lookup=borrower.phone_lookup, surname=borrower.last_name.lower())
    people = Borrower.objects.annotate(surname=Lower("last_name")).filter(same).exclude(loan=loan)
    return Loan.objects.filter(pk__in=people.values("loan_id"))


def _own_refinance(loan: Loan) -> date | None:
    return loan.origination_date if loan.purpose in REFINANCES else None


def _flags_the_person(loan: Loan) -> bool:
    reason = loan.do_not_solicit.lower()
    return reason not in ("", "unknown") and "investor" not in reason


def _archived_for_good(family: list[Loan]) -> bool:
    return Opportunity.objects.filter(loan__in=family, status=OpportunityStatus.ARCHIVED, reason="never").exists()
