"""Whether the desk can work now: one check after another, each with its answer in a sentence, for `/readyz` and `doctor`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import redis
from django.db import Error

from refidetect.health import beats, reading
from refidetect.kit import clock

LONGEST_SILENCE_SECONDS = 180
"""Three times the minute after which a sign of life is due."""
LATEST_TOUCH_SECONDS = 900
LATEST_POST_SECONDS = 300
WHO = {"work": "workers", "send": "senders"}


@dataclass(frozen=True)
class Check:
    """One question, whether it is well, and a sentence. `seconds` is an age or a lag where there is one."""

    name: str
    ok: bool
    sentence: str
    seconds: float | None = None


def checks() -> list[Check]:
    """Every check; where the database or the broker is away, what depends on it is left out."""
    return [*_database(), *_broker()]


def _database() -> Iterator[Check]:
    try:
        missing = reading.missing_migrations()
        yield Check("database", True, "The database answers.")
        sentence = f"The database is {missing} migrations behind." if missing else "The database is up to date."
        yield Check("migrations", not missing, sentence)
        if missing:
            return
        late = reading.lags()
    except Error:
        yield Check("database", False, "The database does not answer.")
        return
    yield _lag("touches", "message that is ready", late.touches, LATEST_TOUCH_SECONDS)
    yield _lag("inbox", "post of a vendor", late.inbox, LATEST_POST_SECONDS)


def _broker() -> Iterator[Check]:
    try:
        signs = beats.seen()
    except redis.RedisError:
        yield Check("broker", False, "The broker does not answer.")
        return
    yield Check("broker", True, "The broker answers.")
    try:
        now = clock.now()
    except Error:
        return  # said already
    for queue, at in signs.items():
        yield _sign(queue, at, now)


def _sign(queue: str, at: datetime | None, now: datetime) -> Check:
    if at is None:
        return Check(f"beat_{queue}", False, f"No sign of the clock and the {WHO[queue]} yet.")
    age = max(0.0, (now - at).total_seconds())
    return Check(
        f"beat_{queue}", age <= LONGEST_SILENCE_SECONDS, f"The {WHO[queue]} gave a sign {age:.0f} seconds ago.", round(age, 1)
    )


def _lag(name: str, what: str, seconds: float, most: int) -> Check:
    sentence = f"The oldest {what} waits for {seconds:.0f} seconds." if seconds else f"No {what} is late."
    return Check(name, seconds <= most, sentence, round(seconds, 1))
