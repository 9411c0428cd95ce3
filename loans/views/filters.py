"""What the queue can be narrowed to, all of it in the address, so that a filtered queue can be shared."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Role, User
from loans.domain import score
from loans.models import Opportunity, OpportunityStatus
from loans.queries import opportunities, scoring
from loans.templatetags.loan_words import dollars

STATUSES = [(status, OpportunityStatus(status).label) for status in OpportunityStatus.in_queue()]


class QueueFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", max_length=100)
    spread = filters.NumberFilter("spread", "gte", min_value=0, max_value=25)
    program = filters.ChoiceFilter(method="of_family", choices=list(opportunities.FAMILIES.items()))
    balance = filters.NumberFilter("upb", "gte", min_value=0, max_value=10**9)
    status = filters.ChoiceFilter(choices=STATUSES)
    timing = filters.ChoiceFilter(
        method="of_verdict", choices=[(name, label) for name, (label, _) in opportunities.TIMINGS.items()]
    )
    approach = filters.ChoiceFilter(method="of_approach", choices=list(score.APPROACHES.items()))
    officer = filters.ChoiceFilter("loan__officer")
    branch = filters.ChoiceFilter("loan__branch")

    class Meta:
        model = Opportunity
        fields = ("q", "spread", "program", "balance", "status", "timing", "approach", "officer", "branch")

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = {person.branch_id: person.branch.name for person in people}
        choices = {
            "officer": [(person.pk, str(person)) for person in people],
            "branch": sorted(branches.items(), key=lambda branch: branch[1]),
        }
        for name, among in choices.items():
            if len(among) < 2:
                del self.filters[name]
            else:
                self.filters[name].extra["choices"] = among

    def search(self, rows: QuerySet[Opportunity], _name: str, text: str) -> QuerySet[Opportunity]:
        return opportunities.search(rows, text)

    def of_family(self, rows: QuerySet[Opportunity], _name: str, family: str) -> QuerySet[Opportunity]:
        return rows.filter(product__in=(f"{family}_30", f"{family}_15"))

    def of_verdict(self, rows: QuerySet[Opportunity], _name: str, verdict: str) -> QuerySet[Opportunity]:
        return rows.filter(opportunities.TIMINGS[verdict][1])

    def of_approach(self, rows: QuerySet[Opportunity], _name: str, approach: str) -> QuerySet[Opportunity]:
        return rows.filter(scoring.speaking_for(approach, scoring.weights()))

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that are set and make sense."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}

    @property
    def in_words(self) -> list[str]:
        """The same for a sentence."""
        words = {
            "q": lambda text: f"“{text}”",
            "spread": lambda value: f"spread at least {value:.3f}",
            "balance": lambda value: f"balance at least {dollars(value)}",
        }
        told = []
        for name, value in self.wanted.items():
            choices = dict(self.filters[name].extra.get("choices", ()))
            told.append(words[name](value) if name in words else next(v for k, v in choices.items() if str(k) == str(value)))
        return told


@dataclass(frozen=True)
class Asked:
    """What the address asks of the queue. `rows` are lean and in no order; `trail` is the address's query without a page."""

    view: str
    order: str
    filter: QueueFilter
    rows: QuerySet[Opportunity]
    several_officers: bool
    trail: str

    @property
    def label(self) -> str:
        return opportunities.VIEWS[self.view]

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter.wanted)


def asked(request: HttpRequest, today: date) -> Asked:
    """At most one query, for those who see more officers than themselves."""
    view, order = request.GET.get("view", ""), request.GET.get("order", "")
    view = view if view in opportunities.VIEWS else ""
    order = order if order.removeprefix("-") in opportunities.ORDERS else "total_interest"
    people = [] if request.user.role == Role.OFFICER else officers(request.user)
    narrowed = QueueFilter(request.GET, opportunities.in_view(request.user, view, today), people=people)
    params = {"view": view, "order": "" if order == "total_interest" else order, **narrowed.wanted}
    trail = urlencode({name: value for name, value in params.items() if value != ""})
    return Asked(view, order, narrowed, narrowed.qs, len(people) > 1, trail)


def officers(user: User) -> list[User]:
    """Those whose loans the user may see, by name."""
    working = User.objects.visible_to(user).filter(role__in=(Role.OFFICER, Role.MANAGER), branch__isnull=False)
    return list(working.select_related("branch").order_by("name", "email"))
