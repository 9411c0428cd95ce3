"""The locks that make a stop decisive: whoever sends to somebody, and whoever stops sending, takes the same one first.

They are PostgreSQL's advisory locks of the running transaction, one bigint key each, always exclusive for a contact: with a
shared lock that is made exclusive later, two would wait for each other. A contact is named by what is stable about it:
`loan:17` for a loan, `address:<hex>` for the look-up value of an e-mail address or number. Whoever sends takes every key of the
touch, whoever stops takes the keys of what is stopped; one key in common is enough.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_KEY = "hashtextextended('contact:' || id, 0)"
# Sorted, and the lock taken in that order: OFFSET 0 keeps the planner from merging the two selects.
_LOCK = f"""SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT {_KEY} AS key FROM unnest(%s::text[]) AS id ORDER BY 1 OFFSET 0) AS keys"""  # noqa: S608  constants only
_CLOSE = "SELECT pg_advisory_xact_lock(hashtextextended('desk:' || %s, 0))"
_SHARE = "SELECT pg_advisory_xact_lock_shared(hashtextextended('desk:' || name, 0)) FROM unnest(%s::text[]) AS name"
_PATIENCE = "SELECT set_config('lock_timeout', %s, true), set_config('idle_in_transaction_session_timeout', '30s', true)"

_FOR_SENDING = f"{_PATIENCE}; {_SHARE}; {_LOCK}"


def loan(loan_id: int) -> str:
    """The key of a loan."""
    return f"loan:{loan_id}"


def address(lookup: bytes) -> str:
    """The key of an e-mail address or a number, by its look-up value."""
    return f"address:{bytes(lookup).hex()}"


@contextmanager
def contact_lock(ids: Iterable[str], *, wait_seconds: float | None = None) -> Iterator[None]:
    """A transaction of its own (or a savepoint) that holds the locks; what is read inside is read after they were taken.

    With `wait_seconds` it raises django.db.OperationalError when somebody holds one longer; catch that outside.
    """
    with transaction.atomic():
        take(ids, wait_seconds=wait_seconds)
        yield


def take(ids: Iterable[str], *, wait_seconds: float | None = None) -> None:
    """The same in the transaction that is open already; it holds them to its end."""
    with connection.cursor() as cursor:
        if wait_seconds is not None:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(wait_seconds * 1000)}ms"])
        cursor.execute(_LOCK, [sorted(set(ids))])
        if wait_seconds is not None:
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def for_sending(groups: Iterable[str], ids: Iterable[str], *, wait_seconds: float) -> None:
    """Everything a send holds: a share of each switch it goes under (the whole desk, an officer's name), then the contact.

    The same errors as `take`. A session that would keep the locks without doing anything is ended by the database.
    """
    with connection.cursor() as cursor:
        # Three statements in one round trip; each takes its locks before the next begins.
        cursor.execute(_FOR_SENDING, [f"{int(wait_seconds * 1000)}ms", sorted(groups), sorted(set(ids))])


def close(group: str) -> None:
    """For whoever throws such a switch: waits for the sends under it that are on their way, and lets none begin meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [group])


DESK = "desk"


def officer(officer_id: int) -> str:
    """The group of everything that goes out in an officer's name."""
    return f"officer:{officer_id}"
