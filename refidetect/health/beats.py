"""Signs of life: each minute the clock sends a task to each queue, and whoever takes it leaves the time in the broker.

A fresh sign says that clock, broker, worker and database work together. If it is lost, the next minute makes a new one.
"""

from datetime import datetime

import redis
from django.conf import settings

QUEUES = ("work", "send")
KEPT_SECONDS = 86_400
PATIENCE_SECONDS = 2.0


def leave(queue: str, at: datetime) -> None:
    """Note that a worker of this queue lives. Raises redis.RedisError."""
    _broker().set(_name(queue), at.isoformat(), ex=KEPT_SECONDS)


def seen() -> dict[str, datetime | None]:
    """When each queue's worker last did; None within a day of silence. Raises redis.RedisError where no broker answers."""
    found = _broker().mget([_name(queue) for queue in QUEUES])
    return {queue: datetime.fromisoformat(str(at)) if at else None for queue, at in zip(QUEUES, found, strict=True)}


def waiting() -> dict[str, int]:
    """How many messages each queue holds. They are hints: the rows say what is to be done. Raises redis.RedisError."""
    broker = _broker()
    return {queue: int(broker.llen(queue)) for queue in QUEUES}


def _broker() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, decode_responses=True, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
    )


def _name(queue: str) -> str:
    return f"refidetect:beat:{queue}"
