"""Puts a copy back: looks first whether it may and can, then changes everything in one transaction, then counts.

What went out and who opted out after the copy was made, the desk no longer knows. So it comes back halted: nothing is sent
until somebody has looked and lets it go on.
"""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from refidetect.management.backup import keys, making, programs
from refidetect.management.backup.archive import Manifest
from refidetect.management.backup.programs import Failed

# What a desk holds that somebody would miss; reference data that migrations bring does not count.
PRECIOUS = ("accounts_user", "loans_loan", "outreach_touch", "outreach_consent")
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
# Everything of ours in the schema, whatever version it is of; the schema itself and its rights stay.
CLEAR = """
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE 'DROP TABLE IF EXISTS ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
    EXECUTE 'DROP ROUTINE IF EXISTS ' || name || ' CASCADE';
  END LOOP;
END $$;
"""
HALT = """
INSERT INTO public.outreach_desk (id, halted_at, halted_because, lender_ceiling, officer_ceiling, campaign_id)
VALUES (1, now(), '{because}', 1500, 40, '')
ON CONFLICT (id) DO UPDATE SET halted_at = now(), halted_by_id = NULL, halted_because = EXCLUDED.halted_because;
"""


class Refused(Exception):
    """It may not or can't be put back here; nothing was changed. The message says why and what to do."""


def check(manifest: Manifest, *, replace: bool) -> list[str]:
    """Raises Refused where it can't be put back; otherwise what somebody should know, in sentences."""
    missing = keys.unopened(manifest.ciphertexts)
    if missing:
        ids = ", ".join(map(str, missing))
        raise Refused(f"FIELD_KEYS does not open what the key with the id {ids} wrote: set the keys that the desk had.")
    if manifest.lookup != keys.lookup_mark():
        raise Refused("FIELD_KEYS ends with another key than the desk had: opt-outs would not be found. Set the same list.")
    known = set(MigrationLoader(None).disk_migrations)
    newer = [name for app, name in manifest.migrations if (app, name) not in known and _is_installed(app)]
    if newer:
        raise Refused(f"The backup was made by a newer version of this program, with {newer[-1]}: install that first.")
    if int(manifest.postgres.split(".")[0]) > _server_version():
        raise Refused(f"The backup is of PostgreSQL {manifest.postgres}, and this server is older.")
    rows = _precious_rows()
    if rows and not replace:
        raise Refused(f"This database has a desk of its own, with {rows:,} rows. With --replace it is lost.")
    if others := _others():
        raise Refused(f"{others} other connections use this database: stop web, workers and clock first.")
    if manifest.secret_key != keys.secret_mark():
        return ["SECRET_KEY is another one: everybody signs in anew, and links to choose a pass phrase no longer work."]
    return []


def put_back(manifest: Manifest, dump: IO[bytes]) -> None:
    """All or nothing. Raises programs.Failed, with everything as it was."""
    with tempfile.TemporaryDirectory(prefix="refidetect-restore-") as place:
        copy, script = Path(place, "database.dump"), Path(place, "restore.sql")
        _copy(dump, copy)
        made_at = manifest.made_at.replace("'", "")
        with os.fdopen(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(CLEAR.encode())
            file.flush()
            _as_sql(copy, file)
            file.seek(0, os.SEEK_END)
            file.write(HALT.format(because=f"Restored from the backup of {made_at}").encode())
        words = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}")
        programs.run("psql", *words)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _verify(manifest)


def _verify(manifest: Manifest) -> None:
    """That every row is there and the newest can be read. Raises Failed."""
    # The switch that halts everything is a row of its own, where nobody had thrown it before.
    there = making.counts()
    wrong = [name for name, rows in manifest.counts.items() if name != "outreach_desk" and there.get(name) != rows]
    if wrong:
        raise Failed(f"The restored database has other numbers of rows than the backup: {', '.join(wrong)}.")
    if bad := keys.unopened(keys.samples()):
        raise Failed(f"What the keys {bad} wrote can't be read in the restored database.")


def _as_sql(copy: Path, out: IO[bytes]) -> None:
    command = [programs.find("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(copy)]
    done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise Failed(f"pg_restore: {programs.reason(done.stderr)}")


def _copy(dump: IO[bytes], path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while chunk := dump.read(1024 * 1024):
            file.write(chunk)


def _is_installed(app: str) -> bool:
    return any(app == label for label, _ in MigrationLoader(None).disk_migrations)


def _server_version() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def _precious_rows() -> int:
    there = making.counts()
    return sum(there.get(name, 0) for name in PRECIOUS)


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return int(cursor.fetchone()[0])
