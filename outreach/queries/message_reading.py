"""What a message is filled from: the touch with everybody and everything it is about, in one statement."""

import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import License
from loans.models import EventKind, MatchRun, OpportunityEvent
from outreach.models import SequenceVersion, TemplateState, TemplateVersion, Touch
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


_READ = (
    *(field.attname.removesuffix("_id") for field in Touch._meta.concrete_fields),
    *(
        f"opportunity__{name}"
        for name in (
            "loan", "as_of", "product", "note_rate", "market_rate", "spread", "threshold", "upb", "upb_estimated",
            "months_remaining", "months_to_run", "current_payment", "new_payment", "monthly_savings", "closing_costs",
            "break_even_months",
        )
    ),
    *(f"opportunity__loan__{name}" for name in ("property_city", "property_state", "property_zip", "origination_date")),
    *(
        f"borrower__{name}"
        for name in (
            "first_name", "last_name", "email", "email_lookup", "phone", "phone_lookup", "mailing_zip", "mailing_state",
        )
    ),
    *(f"officer__{name}" for name in ("name", "email", "phone", "nmls_id")),
    *(f"enrollment__{name}" for name in ("version", "day_one", "state")),
)  # fmt: skip


def touch(touch_id: UUID) -> Touch:
    """The touch with opportunity, loan, borrower, officer, enrollment and the rates of its day. Raises Touch.DoesNotExist."""
    found: Touch = _touches().get(pk=touch_id)
    return found


@cache
def _touches() -> Any:
    """The same statement for every send, put together once."""
    of_the_day = MatchRun.objects.filter(as_of=OuterRef("opportunity__as_of")).order_by("-pk")
    licensed = License.objects.filter(officer=OuterRef("officer"), state=OuterRef("opportunity__loan__property_state"))
    handed_over = OpportunityEvent.objects.filter(opportunity__loan=OuterRef("opportunity__loan"), kind=EventKind.REASSIGNED)
    rows = Touch.objects.select_related("opportunity__loan", "borrower", "officer", "enrollment").only(*_READ)
    return rows.annotate(
        run_rates=Subquery(of_the_day.values("rates")[:1]),
        licensed_in=Subquery(licensed.values("state")[:1]),
        handed_over=Exists(handed_over),
    )


def sequence_steps(version_id: int) -> Any:
    """The steps of a version, as they are stored."""
    return SequenceVersion.objects.values_list("steps", flat=True).get(pk=version_id)


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
    """The approved versions of these templates, in this order, each with its template. What is approved is never edited."""
    rows = TemplateVersion.objects.filter(template__slug__in=slugs, state=TemplateState.APPROVED)
    known = dict(rows.values_list("template__slug", "pk"))
    return [copy.copy(_version(known[slug])) for slug in slugs if slug in known]


@lru_cache(maxsize=256)
def _version(pk: int) -> TemplateVersion:
    return TemplateVersion.objects.select_related("template").get(pk=pk)
