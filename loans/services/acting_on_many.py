"""One act on several opportunities: each on its own, so that one that can't be acted on does not keep the others back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from loans.models import Opportunity
from loans.services.acting import CannotAct


@dataclass(frozen=True)
class Outcome:
    """The ids of what was done, and a sentence for each that could not be."""

    done: list[int]
    refused: list[str]


def each(rows: Iterable[Opportunity], act: Callable[[Opportunity], None]) -> Outcome:
    done, refused = [], []
    for row in rows:
        try:
            act(row)
            done.append(row.pk)
        except CannotAct as refusal:
            refused.append(f"{row.loan_number}: {refusal}")
    return Outcome(done, refused)
