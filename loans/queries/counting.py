"""How many rows stand in the queue, remembered for a minute where counting them is the slowest part of the page.

A book below LARGE_BOOK is counted every time. In a larger one a run and a reader's own acts count at once, those of others
within a minute. Where the cache does not answer, everything is counted.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import User
from loans.models import MatchRun

LARGE_BOOK = 50_000
SECONDS = 60


@dataclass(frozen=True)
class Counter:
    """Counts for one reader, as of one run."""

    user: User
    run: MatchRun | None

    def remembered[Count](self, what: str, count: Callable[[], Count]) -> Count:
        if self.run is None or self.run.loans < LARGE_BOOK:
            return count()
        with contextlib.suppress(RedisError):
            acted = cache.get(_acted(self.user), 0)
            # What is counted may hold the name somebody searched for, which has no place in a key.
            name = hashlib.sha256(f"{acted}:{what}".encode()).hexdigest()
            return cast("Count", cache.get_or_set(f"queue:{self.user.pk}:{self.run.pk}:{name}", count, SECONDS))
        return count()


def forget(user: User) -> None:
    """After an act of that person."""
    with contextlib.suppress(RedisError):
        cache.set(_acted(user), time.time_ns(), 2 * SECONDS)


def _acted(user: User) -> str:
    return f"queue-acted:{user.pk}"
