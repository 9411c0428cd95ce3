"""Changing the numbers that eligibility and costs go by: a version is added, the next run goes by it."""

from dataclasses import asdict, dataclass
from decimal import Decimal

import structlog
from django.db import connection, transaction

from accounts.models import User
from loans.models import Policy

log = structlog.get_logger(__name__)
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('loans.policy', 0))"


class CannotSave(Exception):
    """The message is a sentence for the person who tried."""


@dataclass(frozen=True)
class Numbers:
    """Spreads in percentage points, terms in months and days, costs in dollars and percent of the balance."""

    spread: Decimal
    spread_jumbo: Decimal
    minimum_months: int
    refinance_months: int
    early_payoff_days: int
    cost_fixed: Decimal
    cost_percent: Decimal


@dataclass(frozen=True)
class Options:
    """What a policy may ask beyond its numbers: a limit in months or none, and whether an early-payoff window only warns.

    What an early payoff costs the lender is in percent of the balance.
    """

    break_even_limit: int | None
    early_payoff_warns: bool
    early_payoff_percent: Decimal


def of(policy: Policy) -> Numbers:
    return Numbers(**{name: getattr(policy, name) for name in Numbers.__dataclass_fields__})


def options_of(policy: Policy) -> Options:
    return Options(**{name: getattr(policy, name) for name in Options.__dataclass_fields__})


def save(numbers: Numbers, *, note: str, by: User, seen: int | None, options: Options | None = None) -> Policy:
    """Adds a version. `seen` is the version that the person had before them, none before the first.

    Options that are left out stay as they are. Raises CannotSave where nothing differs, the note lacks, or somebody has saved
    another version meanwhile.
    """
    if not note.strip():
        raise CannotSave("Say why: the note stands in the history.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ONE_AT_A_TIME)
        current = Policy.current()
        if current.pk != seen:
            raise CannotSave("Somebody has changed the rules meanwhile. Look at their numbers, and save again.")
        kept = options_of(current)
        options = options or kept
        if (of(current), kept) == (numbers, options):
            raise CannotSave("Nothing differs from the rules in force.")
        if current.pk is None:
            current.save()
        added = Policy.objects.create(**asdict(numbers), **asdict(options), note=note.strip(), by=by)
    log.info("policy saved", policy=added.pk, by=by.pk)
    return added
