"""Whether there is a book at all: what commands and empty pages ask."""

from loans.models import Loan


def is_empty() -> bool:
    return not Loan.objects.exists()
