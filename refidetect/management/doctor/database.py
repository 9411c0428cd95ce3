"""The database and who uses it: version, migrations, the role, connections, keys that open what is stored; then the workers."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.utils import Error

from refidetect import engines, serving
from refidetect.health import readiness, reading
from refidetect.management.backup import keys
from refidetect.management.doctor.findings import Finding, Grade, judged

MAJOR_VERSION = 18
# What `up` and the services start on one host: processes of the worker, threads of the sender, the clock's sweep by hand.
WORKERS, SENDERS, BESIDES = 2, 4, 4
OWNS = """
SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'USAGE')"""
ROOM = """
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
  - current_setting('reserved_connections')::int, count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"""


def look() -> Iterator[Finding]:
    """Every finding about database, broker and workers; what a missing database would have told is left out."""
    try:
        yield from _server()
        missing = reading.missing_migrations()
    except Error as error:
        yield Finding(
            "database",
            Grade.BLOCKS,
            f"The database does not answer: {_first_line(error)}.",
            "Look at DATABASE_URL and the server.",
        )
        return
    yield judged(
        "database",
        not missing,
        "The tables are up to date.",
        f"The tables are {missing} migrations behind.",
        "As the owner of the tables: python manage.py migrate, then python manage.py grant.",
    )
    if missing:
        return
    yield from _role()
    yield from _stored()
    yield from _at_work()


def _server() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version')")
        major, version = cursor.fetchone()
        cursor.execute(ROOM)
        room, used = cursor.fetchone()
    yield judged(
        "database",
        major >= MAJOR_VERSION,
        f"PostgreSQL {version}.",
        f"PostgreSQL {version} is too old.",
        f"Move to PostgreSQL {MAJOR_VERSION}.",
    )
    web = serving.workers * serving.threads
    needed = web + WORKERS + SENDERS + BESIDES
    yield judged(
        "connections",
        needed <= room,
        f"One host needs up to {needed} connections, the server has {room}, {used} are in use.",
        f"One host needs up to {needed} connections ({web} threads of the web, {WORKERS} workers, {SENDERS} senders, {BESIDES} "
        f"besides), and the server has {room}.",
        "Raise max_connections, or lower WEB_WORKERS and WEB_THREADS.",
    )


def _role() -> Iterator[Finding]:
    if engines.is_embedded():
        return
    owned = _value(OWNS)
    yield judged(
        "role",
        not owned,
        "The programs' role owns no table.",
        f"The role of DATABASE_URL owns {owned} tables: a program that is broken into could drop or empty them.",
        "Let the programs work as a role of docker/roles.sql; see docs/operate/install.md.",
        Grade.NOTE,
    )


def _stored() -> Iterator[Finding]:
    bad = keys.unopened(keys.samples())
    yield judged(
        "keys",
        not bad,
        "The field keys open what is stored.",
        f"FIELD_KEYS lacks the key {', '.join(map(str, bad))}, with which stored addresses and numbers were written.",
        "Set the keys that the desk had before; see docs/operate/keys.md.",
    )


def _at_work() -> Iterator[Finding]:
    remedies = {
        "broker": "Under `manage.py up` it runs by itself; otherwise look at REDIS_URL.",
        "beat_work": "Start the clock and a worker: manage.py up, or the services of docs/operate.",
        "beat_send": "Start the clock and a sender: manage.py up, or the services of docs/operate.",
        "touches": "Look at the senders, and under Outreach at what is halted or paused.",
        "inbox": "Look at the workers' log: a post of a vendor can't be acted on.",
    }
    for check in readiness.checks():
        if check.name in remedies:
            yield judged("at work", check.ok, check.sentence, check.sentence, remedies[check.name])


def _value(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no word"])[0].rstrip(".")
