"""Rates and the pulls that brought them, the order of the sources, and the conforming limits."""

from rates.models.limits import ConformingLimit
from rates.models.preferences import SourcePreference, StandIn
from rates.models.rates import Pull, Rate

__all__ = ["ConformingLimit", "Pull", "Rate", "SourcePreference", "StandIn"]
