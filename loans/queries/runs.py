"""Runs of the match as the pages show them: with which rates, what came of them, and for whom."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.dateparse import parse_date

from accounts.models import User
from loans.domain import eligibility
from loans.models import DailyCycle, MatchRun, Opportunity
from rates.domain import products
from rates.domain.sources import SOURCES

CYCLES_SHOWN = 10


@dataclass(frozen=True)
class RateUsed:
    label: str
    rate: Decimal
    as_of: date | None
    source: str
    proxy: bool


@dataclass(frozen=True)
class RuleCount:
    """`count` loans did not pass the rule; a loan that fails two counts under both."""

    label: str
    sentence: str
    count: int


def last_cycles() -> QuerySet[DailyCycle]:
    """What the clock did by itself lately, newest first."""
    return DailyCycle.objects.select_related("run")[:CYCLES_SHOWN]


def listed() -> QuerySet[MatchRun]:
    """Newest first."""
    return MatchRun.objects.select_related("policy", "decided_by")


def newest() -> int:
    """The number of the newest run, 0 before the first."""
    return MatchRun.objects.aggregate(Max("pk"))["pk__max"] or 0


def rates_used(run: MatchRun) -> list[RateUsed]:
    """In the order of the products."""
    return [
        RateUsed(
            label=products.LABELS.get(code, code),
            rate=Decimal(used["rate"]),
            as_of=parse_date(used["as_of"]),
            source=SOURCES[used["source"]].label if used["source"] in SOURCES else used["source"],
            proxy=used["proxy"],
        )
        for code, used in sorted(run.rates.items(), key=lambda item: list(products.CODES).index(item[0]))
    ]


def excluded(run: MatchRun) -> list[RuleCount]:
    """Every rule of today that the run knew, the one that kept most loans out first."""
    known = [rule for rule in eligibility.RULES if rule.name in run.excluded]
    counts = [RuleCount(rule.label, rule.sentence, run.excluded[rule.name]) for rule in known]
    return sorted(counts, key=lambda rule: -rule.count)


def opened_for(run: MatchRun, user: User) -> list[dict[str, Any]]:
    """How many opportunities the run opened for each officer whom the user sees, by branch; most first. One query."""
    opened = Opportunity.objects.visible_to(user).filter(opened_run=run)
    named = opened.values("loan__branch__name", "loan__officer__name", "loan__officer__email")
    return [
        {
            "branch": row["loan__branch__name"] or "",
            "officer": row["loan__officer__name"] or row["loan__officer__email"] or "",
            "count": row["count"],
        }
        for row in named.annotate(count=Count("pk")).order_by("-count", "loan__branch__name", "loan__officer__name")
    ]
