"""Keeping an answer of the API and finding it again; called by `accounts.api.once` inside the transaction of the post."""

from datetime import datetime, timedelta

from django.db import connection

from accounts.models import KeptAnswer, User

KEPT_FOR = timedelta(hours=24)
TAKE_TURN = "SELECT pg_try_advisory_xact_lock(hashtextextended('answer:' || %s || ':' || %s, 0))"


def take_turn(user: User, key: str) -> bool:
    """False while another post under the key is at work. The turn ends with the transaction, also of a process that dies."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURN, [user.pk, key])
        return bool(cursor.fetchone()[0])


def find(user: User, key: str, *, now: datetime) -> KeptAnswer | None:
    """The answer under a key, unless it is older than a day."""
    return KeptAnswer.objects.filter(user=user, key=key, at__gt=now - KEPT_FOR).first()


def keep(user: User, key: str, *, fingerprint: bytes, status: int, body: str, now: datetime) -> None:
    """Keeps an answer, and drops what the caller's older posts were answered."""
    KeptAnswer.objects.filter(user=user, at__lte=now - KEPT_FOR).delete()
    KeptAnswer.objects.create(user=user, key=key, fingerprint=fingerprint, status=status, body=body, at=now)
