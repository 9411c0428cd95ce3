"""The lender's clock, for commands."""

from datetime import date

from accounts.models import Lender


def today() -> date:
    """The lender's local date."""
    return Lender.current().today()
