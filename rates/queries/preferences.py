"""The order of the sources and the stand-ins as they count today: what is stored over the defaults."""

from rates.domain import products, sources
from rates.models import SourcePreference, StandIn
from rates.models.preferences import STANDING_IN


def ordered() -> list[SourcePreference]:
    """Every source, the one to ask first in front; unsaved rows where nothing is stored. One query."""
    stored = {row.source: row for row in SourcePreference.objects.all()}
    rows = [
        stored.get(source) or SourcePreference(source=source, position=place) for place, source in enumerate(sources.ORDER, 1)
    ]
    return sorted(rows, key=lambda row: (row.position, sources.ORDER.index(row.source)))


def enabled() -> list[str]:
    """The codes of the sources in use, in order. One query."""
    return [row.source for row in ordered() if row.enabled]


def stand_ins() -> dict[str, bool]:
    """By product code, in the order of the products: whether a conventional rate may stand in. One query."""
    stored = dict(StandIn.objects.values_list("product", "enabled"))
    return {code: stored.get(code, True) for code, _ in STANDING_IN}


def may_borrow() -> dict[str, str]:
    """By product code: the conventional product that stands in where there is no rate. One query."""
    return {code: products.stand_in(code) for code, on in stand_ins().items() if on}
