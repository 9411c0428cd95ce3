"""What every page's shell shows: whose desk this is and, in a demo, where its rates come from."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Lender


def desk(request: HttpRequest) -> dict[str, Any]:
    """The lender, for the shell of each page."""
    return {"lender": Lender.current()}
