"""The match: one run compares every loan with a day's market, opens, refreshes and expires opportunities, and counts.

Loans never come into Python. The staged statement of `loans.queries.staging` is worked out once into a temporary table; an
upsert, an expiry, the history and the counts read it. Running it again the same day changes nothing.
"""

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Lender, User
from loans.domain import eligibility
from loans.models import MatchRun, Policy, RunDecision
from loans.queries import match_statements as statements
from loans.queries import scoring, staging
from loans.queries.terms import terms
from rates.queries import market

# A live run that would open more than this share of the active loans, and more than this many, waits for a person.
HELD_SHARE, HELD_COUNT = 0.05, 50
SLICE = 200_000
RUN_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('loans.match', 0))"


class NoRun(Exception):
    """The match can't run; the message says why and what to do."""


@dataclass(frozen=True)
class MatchResult:
    """What a run did, or as a preview would have done; in JSON as DESIGN's contract has it."""

    as_of: date
    live: bool
    preview: bool
    held: bool
    rates: dict[str, dict[str, Any]]
    loans: int
    matched: int
    opened: int
    updated: int
    expired: int
    excluded: dict[str, int]
    seconds: float
    run: int | None


def run(as_of: date | None = None) -> MatchResult:
    """Matches the portfolio with the market of a day, today on the lender's clock unless said otherwise.

    A day before the newest stored run is a preview: nothing is written. Raises NoRun for a day to come.
    """
    started = time.monotonic()
    today = Lender.current().today()
    as_of = as_of or today
    if as_of > today:
        raise NoRun(f"{as_of} is still to come; today is {today}.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RUN_LOCK)
        newest = MatchRun.objects.order_by("-as_of").values_list("as_of", flat=True).first()
        preview = newest is not None and as_of < newest
        offered = market.applying(as_of)
        policy = _policy_in_force(save=not preview)
        _judge(cursor, terms(as_of, policy, offered))
        counts = _counts(cursor)
        stored = MatchRun(
            as_of=as_of,
            live=as_of == today and not preview,
            policy=policy,
            rates=_as_json(offered),
            loans=counts["loans"],
            matched=counts["matched"],
            excluded={rule.name: counts[rule.name] for rule in eligibility.RULES},
        )
        if preview:
            stored.opened, stored.updated, stored.expired = _preview(cursor, as_of)
        else:
            _store(cursor, stored, active=counts["active"])
        stored.seconds = Decimal(str(round(time.monotonic() - started, 2)))
        if not preview:
            stored.save()
    return MatchResult(
        as_of=as_of,
        live=stored.live,
        preview=preview,
        held=stored.held,
        rates=stored.rates,
        loans=stored.loans,
        matched=stored.matched,
        opened=stored.opened,
        updated=stored.updated,
        expired=stored.expired,
        excluded=stored.excluded,
        seconds=float(stored.seconds),
        run=stored.pk,
    )


def _policy_in_force(*, save: bool) -> Policy:
    policy = Policy.current()
    if save and policy.pk is None:
        policy.save()
    return policy


def _as_json(offered: market.Market) -> dict[str, dict[str, Any]]:
    """By product, with the narrower rates under it: what the run went by, kept with it."""
    narrow: dict[str, list[dict[str, Any]]] = {}
    for rate in offered.narrow:
        narrow.setdefault(rate.product, []).append({"bucket": rate.bucket_label, **_said(rate)})
    return {
        product: {**_said(rate), "proxy": rate.proxy} | ({"narrow": narrow[product]} if product in narrow else {})
        for product, rate in offered.rates.items()
    }


def _said(rate: market.MarketRate) -> dict[str, Any]:
    return {"rate": str(rate.rate), "as_of": rate.as_of.isoformat(), "source": rate.source}


def _judge(cursor: Any, run_terms: Any) -> None:
    """Works out every loan's figures and verdicts into the temporary table `match_judged`."""
    staging.prepare(cursor)
    cursor.execute("DROP TABLE IF EXISTS match_judged")
    sql, params = staging.judged(run_terms, statements.READ).query.sql_with_params()
    cursor.execute(f"CREATE TEMPORARY TABLE match_judged ON COMMIT DROP AS {statements.judged(sql)}", params)
    cursor.execute("ALTER TABLE match_judged ADD PRIMARY KEY (id)")
    cursor.execute("ANALYZE match_judged (id, eligible)")


def _counts(cursor: Any) -> dict[str, int]:
    cursor.execute(statements.COUNTS)
    names = [column.name for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _preview(cursor: Any, as_of: date) -> tuple[int, int, int]:
    """(opened, updated, expired) as a run would have counted them."""
    values = {"as_of": as_of, **statements.EVERY_LOAN, **scoring.parameters(scoring.weights())}
    cursor.execute(statements.PREVIEW, values)
    opened, updated, expired = cursor.fetchone()
    return opened, updated, expired


def _store(cursor: Any, stored: MatchRun, *, active: int) -> None:
    """Saves the run, lets its opportunities come back, expire, open and be refreshed, and holds it where too many opened."""
    stored.save()
    values = {"run": stored.pk, "as_of": stored.as_of}
    cursor.execute(statements.WAKE, values)
    cursor.execute(statements.EXPIRE, values)
    stored.expired = cursor.rowcount
    stored.opened, stored.updated = _upsert(cursor, values | scoring.parameters(scoring.weights()))
    if stored.live and stored.opened > HELD_COUNT and stored.opened > HELD_SHARE * active:
        stored.decision = RunDecision.WAITING


def _upsert(cursor: Any, values: dict[str, Any]) -> tuple[int, int]:
    """(opened, updated), a slice of the portfolio at a time, so that memory does not grow with it.

    What a statement opens is kept in memory until its foreign keys are checked; deferred, that would be at the end of the run.
    """
    # A plan made while the queue was small, for a slice or for the checks of keys, would read all of it for each row.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL enable_seqscan TO off; DISCARD PLANS")
    cursor.execute(statements.ENDS_OF_SLICES, {"loans": SLICE})
    ends = [statements.EVERY_LOAN["after"], *(end for (end,) in cursor.fetchall()), statements.EVERY_LOAN["until"]]
    opened = updated = 0
    for after, until in pairwise(ends):
        cursor.execute(statements.UPSERT, {**values, "after": after, "until": until})
        more_opened, more_updated = cursor.fetchone()
        opened, updated = opened + more_opened, updated + more_updated
    return opened, updated


def decide(stored: MatchRun, *, release: bool, by: User) -> bool:
    """A person lets a held run's opportunities be enrolled, or not. False where somebody has decided already."""
    decision = RunDecision.RELEASED if release else RunDecision.DISMISSED
    waiting = MatchRun.objects.filter(pk=stored.pk, decision=RunDecision.WAITING)
    return waiting.update(decision=decision, decided_by=by, decided_at=timezone.now()) == 1
