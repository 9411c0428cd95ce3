"""What a message is filled from beside its touch: the market of its figures, the steps, the approved templates."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from outreach.models import SequenceVersion, TemplateVersion
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


def sequence_steps(version_id: int) -> Any:
    """The steps of a version, as they are stored."""
    return SequenceVersion.objects.values_list("steps", flat=True).get(pk=version_id)


def market(row: Any) -> Market:
    """The market rate of a touch that `touch_reading.touch` gave."""
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


def approved(slugs: tuple[str, ...], known: Mapping[str, int]) -> list[TemplateVersion]:
    """The approved versions of these templates, in this order, each with its template. What is approved is never edited.

    `known` has the ids of the approved versions by slug, as a touch that was read has them.
    """
    return [copy.copy(_version(known[slug])) for slug in slugs if slug in known]


@lru_cache(maxsize=256)
def _version(pk: int) -> TemplateVersion:
    return TemplateVersion.objects.select_related("template").get(pk=pk)
