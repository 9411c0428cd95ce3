"""What a message is filled from: the touch with everybody and everything it is about, in one statement."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import License
from loans.models import EventKind, MatchRun, OpportunityEvent
from outreach.models import TemplateState, TemplateVersion, Touch
from rates.domain.sources import SOURCES, Cadence

OWNERS = {"fred": "Optimal Blue", "pmms": "Freddie Mac", "fredgraph": "Freddie Mac"}
"""Whose average a source publishes, as a borrower is told."""

PRODUCT_WORDS = {"30": "30-year fixed", "15": "15-year fixed"}


@dataclass(frozen=True)
class Market:
    """The rate that the opportunity's figures were worked out with, in percent, and whose it is."""

    rate: Decimal | None
    owner: str
    on: date | None
    product: str
    daily: bool
    quotable: bool
    source: str


def touch(touch_id: UUID) -> Touch:
    """The touch with opportunity, loan, borrower, officer, enrollment and the rates of its day. Raises Touch.DoesNotExist."""
    of_the_day = MatchRun.objects.filter(as_of=OuterRef("opportunity__as_of")).order_by("-pk")
    rows = Touch.objects.select_related(
        "opportunity__loan__officer", "borrower", "officer", "branch", "enrollment__version", "enrollment__sequence"
    )
    licensed = License.objects.filter(officer=OuterRef("officer"), state=OuterRef("opportunity__loan__property_state"))
    handed_over = OpportunityEvent.objects.filter(opportunity__loan=OuterRef("opportunity__loan"), kind=EventKind.REASSIGNED)
    return rows.annotate(
        run_rates=Subquery(of_the_day.values("rates")[:1]),
        licensed_in=Subquery(licensed.values("state")[:1]),
        handed_over=Exists(handed_over),
    ).get(pk=touch_id)


def market(row: Any) -> Market:
    """The market rate of a touch that `touch` gave."""
    return market_of(row.opportunity, row.run_rates or {})


def market_of(opportunity: Any, rates: dict[str, Any]) -> Market:
    """The rate an opportunity was figured with, among the rates of its run."""
    known = rates.get(opportunity.product) or {}
    source = known.get("source", "")
    described = SOURCES.get(source)
    return Market(
        rate=opportunity.market_rate,
        owner=OWNERS.get(source, ""),
        on=date.fromisoformat(known["as_of"]) if known else None,
        product=PRODUCT_WORDS.get(opportunity.product.rpartition("_")[2], ""),
        daily=described is not None and described.cadence == Cadence.DAILY,
        quotable=bool(known.get("quotable")),
        source=source,
    )


def approved(slugs: tuple[str, ...]) -> list[TemplateVersion]:
    """The approved versions of these templates, in this order, each with its template."""
    rows = TemplateVersion.objects.filter(template__slug__in=slugs, state=TemplateState.APPROVED).select_related("template")
    return sorted(rows, key=lambda row: slugs.index(row.template.slug))
