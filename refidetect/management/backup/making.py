"""Makes a copy of the desk while it works: the database as it is at one moment, the counts of that same moment beside it."""

import base64
import os
import shutil
import tempfile
from pathlib import Path

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from refidetect.kit import clock
from refidetect.management.backup import archive, keys, programs
from refidetect.management.backup.archive import Manifest

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def make(path: Path) -> Manifest:
    """Writes the file and says what is in it. Raises programs.Failed, and OSError where there is no room or no right."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".backup-", dir=path.parent))
    try:
        dump = place / archive.DUMP
        # Private before a byte is in it.
        os.close(os.open(dump, os.O_CREAT | os.O_EXCL, 0o600))
        with transaction.atomic():
            manifest = _describe(dump)
        archive.write(path, manifest, dump)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return manifest


def counts() -> dict[str, int]:
    """Rows by table."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608  a table's name
            found[name] = cursor.fetchone()[0]
    return found


def _describe(dump: Path) -> Manifest:
    """In one transaction whose view of the rows pg_dump shares."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, version = cursor.fetchone()
    made_at = clock.now().isoformat(timespec="seconds")
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}")
    programs.run("pg_dump", *words)
    samples = keys.samples()
    return Manifest(
        made_at=made_at,
        postgres=version,
        migrations=sorted(list(name) for name in MigrationRecorder(connection).applied_migrations()),
        counts=counts(),
        field_key_ids=keys.key_ids(samples),
        samples=[base64.b64encode(value).decode() for value in samples],
        lookup=keys.lookup_mark(),
        secret_key=keys.secret_mark(),
        dump_sha256=archive.digest(dump),
    )
