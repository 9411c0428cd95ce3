"""What the page about thresholds says first: sentences that the figures support, and none that they do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from loans.domain.explanation import Verdict
from loans.domain.tuning import Outcome

VERDICTS = {Verdict.ACT_NOW: "act", Verdict.WAIT: "wait", Verdict.NOT_IN_THE_MONEY: "no gain"}
NEVER = "does not pay for itself"


@dataclass(frozen=True)
class Compared:
    """A choice beside what counts now: loans that qualify, and what refinancing does for a typical one, where it is known.

    `spreads` are what counts now, in percentage points: several where the scope's loans go by different thresholds.
    """

    spread: Decimal
    spreads: Sequence[Decimal]
    active: int
    qualify: int
    now: int
    outcome: Outcome | None
    outcome_now: Outcome | None
    limit: int | None

    @property
    def same(self) -> bool:
        """The choice is what counts already."""
        return list(self.spreads) == [self.spread]

    @property
    def title(self) -> str:
        now = " and ".join(f"{spread:.3f}" for spread in self.spreads)
        return f"{now} counts now" if self.same else f"{self.spread:.3f} instead of {now}"


def sentences(compared: Compared) -> list[tuple[str, str]]:
    """Each the part that stands out, and the rest; in the order of the page."""
    said = [_loans(compared)]
    if compared.outcome:
        said += [_costs(compared, compared.outcome), _timing(compared, compared.outcome)]
    return said


def _loans(compared: Compared) -> tuple[str, str]:
    loan = "loan" if compared.active == 1 else "loans"
    first = f"At {compared.spread:.3f}, {compared.qualify:,} of {compared.active:,} active {loan} qualify."
    more = compared.qualify - compared.now
    if compared.same:
        return first, "Every other rule stays as it is."
    if not more:
        return first, "That is as many as now."
    return first, f"That is {abs(more):,} {'more' if more > 0 else 'fewer'} than the {compared.now:,} now."


def _costs(compared: Compared, outcome: Outcome) -> tuple[str, str]:
    months, spread = outcome.break_even_months, f"{compared.spread:.3f}"
    if months is None:
        first = f"At {spread} a typical loan here {NEVER}."
    else:
        first = f"At {spread} the costs of a typical loan here take {_months(months)} to earn back."
    now = compared.outcome_now
    rest = [] if now is None or compared.same else [f"At {now.spread:.3f} {_earned(now.break_even_months)}."]
    if compared.limit is not None:
        rest.append(f"The policy allows {compared.limit} at most.")
    return first, " ".join(rest)


def _earned(months: int | None) -> str:
    return f"it {NEVER}" if months is None else f"it is {months}"


def _timing(compared: Compared, outcome: Outcome) -> tuple[str, str]:
    from_here = f"{outcome.timing.threshold_bp / 100:.2f}"
    if outcome.timing.verdict == Verdict.ACT_NOW:
        return f"At {compared.spread:.3f} it is time to act on such a loan.", f"It is from a spread of {from_here}."
    if outcome.timing.verdict == Verdict.WAIT:
        rest = f"Officers see “better to wait” until its spread is {from_here}."
        return f"At {compared.spread:.3f} such a loan is worth a look, but better to wait.", rest
    return (
        f"At {compared.spread:.3f} such a loan does not save what it costs.",
        f"It is time to act from a spread of {from_here}.",
    )


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"
