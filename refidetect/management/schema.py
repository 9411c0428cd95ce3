"""Brings the tables up to date before a command of ours runs, so that a fresh clone just works. manage.py and `up` call it."""

import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from refidetect import engines

# Any number, the same for all of our processes: two that find the same migrations pending must not both run them.
ADVISORY_LOCK = 7_301_401


def prepare(argv: list[str]) -> None:
    """Migrate our own database for a command of ours; say what to do where the database is somebody else's."""
    command = argv[1] if len(argv) > 1 else "help"
    if {"-h", "--help"} & set(argv) or command in engines.NO_DATABASE_COMMANDS | engines.OWN_START_COMMANDS:
        return
    if command in {"doctor", "restore"} and not engines.is_embedded():
        return  # One reports how far the database is, the other brings its tables along.
    django.setup()
    if not _is_ours(command):
        return
    count = pending()
    if count and not engines.is_embedded():
        raise engines.EngineError(
            f"The database of DATABASE_URL is {count} migrations behind: run `python manage.py migrate`, then this again."
        )
    if count:
        print(f"Preparing the database: {count} migrations.", file=sys.stderr)  # noqa: T201  before any command's own output
        migrate()


def pending() -> int:
    """How many migrations the database lacks. Raises EngineError where it does not answer."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise engines.EngineError(f"The database does not answer: {str(error).strip().splitlines()[0]}.") from error
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Run what is pending, one process at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


def _is_ours(command: str) -> bool:
    owner = get_commands().get(command)
    name = owner if isinstance(owner, str) else getattr(owner, "__module__", "")
    return any(config.name == name and Path(config.path).parent == settings.BASE_DIR for config in apps.get_app_configs())
