"""Files that wait to be imported: taken in, claimed by one worker, taken up again where a worker died.

The row is the queue. A message to the workers only says "look now": one that is lost costs a minute, one that comes twice
finds the row claimed. Whoever imports holds a lock of the database's session, which dies with the process: a row that says
"running" while nobody holds its lock was left behind by a worker that was killed, and nothing of it has landed.
"""

import contextlib
import csv
import itertools
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from loans.domain.portfolio_file import UnreadableFile
from loans.models import ImportBatch
from loans.services import importing

log = structlog.get_logger(__name__)
State = ImportBatch.State

ATTEMPTS = 2
GAVE_UP = "The import broke off twice and nothing was changed. The log has the reason; import the file again when it is gone."
LEFT_BEHIND = "The import was stopped before it ended and nothing was changed. Import the file again."
LONGEST_BY_HAND = timedelta(days=1)
# A lock is two numbers: what kind it is, and of which batch.
LOCKS = 0x494D50


def folder() -> Path:
    """Where files wait: nobody else on the machine may look inside."""
    place = Path(settings.MEDIA_ROOT) / "waiting"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def take_in(chunks: Iterable[bytes], *, name: str, by: User, complete: bool) -> ImportBatch:
    """Stores an upload and leaves the row under which a worker finds it.

    Raises UnreadableFile, with nothing stored, where a glance tells that this is no such file.
    """
    path = folder() / f"{secrets.token_hex(16)}.csv"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(chunks)
        importing.check(path, name=name)
        batch = importing.open_batch(name, by=by, complete=complete, stored_file=path.name)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    log.info("import waits", batch=batch.pk, by=by.pk)
    return batch


def due() -> list[int]:
    """The batches that a worker should look at now: those that wait, and those whose worker is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND "
            "database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCKS],
        )
        held = [pk for (pk,) in cursor.fetchall()]
    return list(_unfinished().exclude(pk__in=held).order_by("pk").values_list("pk", flat=True))


def run(batch_id: int) -> bool:
    """Imports one file; False where another worker has it or it is done. What is wrong with a file, its row says."""
    with _alone(batch_id) as mine:
        batch = _claim(batch_id) if mine else None
        if batch is None:
            return False
        try:
            importing.import_file(folder() / batch.stored_file, batch=batch)
        except UnreadableFile:
            log.info("import refused", batch=batch.pk)
        except Exception:
            _forget_file(batch)
            raise
        _forget_file(batch)
        return True


def tidy(now: datetime) -> None:
    """Ends the rows of imports by hand that were killed, and removes files that no row knows."""
    stale = ImportBatch.objects.filter(stored_file="", state__in=(State.WAITING, State.RUNNING))
    stale.filter(started_at__lt=now - LONGEST_BY_HAND).update(state=State.FAILED, message=LEFT_BEHIND, finished_at=now)
    known = set(_unfinished().values_list("stored_file", flat=True))
    for path in folder().iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.name not in known and path.stat().st_mtime < (now - LONGEST_BY_HAND).timestamp():
                path.unlink()


def first_notes(batch: ImportBatch, limit: int) -> list[dict[str, str]]:
    """The first lines of the file of notes: rejected rows, then warnings."""
    path = errors_path(batch)
    if path is None:
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(itertools.islice(csv.DictReader(file), limit))


def errors_path(batch: ImportBatch) -> Path | None:
    """The file of notes, where there is one."""
    path = importing.errors_folder() / batch.errors_file
    return path if batch.errors_file and path.is_file() else None


def _unfinished() -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(~Q(stored_file=""), state__in=(State.WAITING, State.RUNNING))


@contextlib.contextmanager
def _alone(batch_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, batch_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        # After a lost connection there is nothing to unlock; the lock went with it.
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, batch_id])


def _claim(batch_id: int) -> ImportBatch | None:
    """The batch, counted as begun. Under its lock, so that "running" means that a worker was killed."""
    rows = _unfinished().filter(pk=batch_id)
    if not rows.filter(attempts__lt=ATTEMPTS).update(state=State.RUNNING, attempts=F("attempts") + 1, rows=0, bytes_read=0):
        for batch in rows:
            ImportBatch.objects.filter(pk=batch.pk).update(state=State.FAILED, message=GAVE_UP, finished_at=timezone.now())
            _forget_file(batch)
        return None
    return ImportBatch.objects.get(pk=batch_id)


def _forget_file(batch: ImportBatch) -> None:
    """The row first: where it can't be written, the file is kept for the next attempt."""
    name = batch.stored_file
    ImportBatch.objects.filter(pk=batch.pk).update(stored_file="")
    batch.stored_file = ""
    (folder() / name).unlink(missing_ok=True)
