"""The one clock that all hosts share: the database's."""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """The instant by the database's clock, in UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant.astimezone(UTC)
