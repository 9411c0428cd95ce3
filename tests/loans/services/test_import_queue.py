"""Files that wait: stored for nobody else's eyes, imported once, taken up again where a worker was killed."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.utils import timezone

from loans.domain.portfolio_file import UnreadableFile
from loans.models import ImportBatch, Loan
from loans.services import import_queue
from tests.loans import files

ROOT = Path(__file__).parents[3]
State = ImportBatch.State
# A worker that reads slowly enough to be caught at it.
WORKER = """
import sys
import django
django.setup()
from loans.services import import_queue, importing
importing.CHUNK = 100
import_queue.run(int(sys.argv[1]))
"""


@pytest.fixture
def waiting(tmp_path, ada):
    """A batch that waits with so many good rows."""

    def make(count: int = 1, **options) -> ImportBatch:
        path = files.write(tmp_path / "book.csv", *({} for _ in range(count)))
        return import_queue.take_in([path.read_bytes()], name="book.csv", by=ada, complete=options.get("complete", False))

    return make


def stored() -> list[str]:
    return sorted(path.name for path in import_queue.folder().iterdir())


@pytest.mark.django_db
def test_a_file_is_stored_for_the_desk_alone(waiting, ada):
    batch = waiting(complete=True)
    path = import_queue.folder() / batch.stored_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (batch.state, batch.by, batch.file_name, batch.complete) == (State.WAITING, ada, "book.csv", True)
    assert "book" not in batch.stored_file


@pytest.mark.django_db
@pytest.mark.parametrize("text", [b"", b"%PDF-1.7", b"a,b\n1,2\n"])
def test_what_a_glance_refuses_leaves_nothing(ada, text):
    with pytest.raises(UnreadableFile) as refusal:
        import_queue.take_in([text], name="theirs.pdf", by=ada, complete=False)
    assert "theirs.pdf" in str(refusal.value) or "loan_number" in str(refusal.value)
    assert (stored(), ImportBatch.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_an_upload_that_breaks_off_leaves_nothing(ada):
    def chunks():
        yield b"loan_number,"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        import_queue.take_in(chunks(), name="book.csv", by=ada, complete=False)
    assert (stored(), ImportBatch.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_file_is_imported_once_and_deleted(waiting):
    batch = waiting(3)
    assert import_queue.due() == [batch.pk]
    assert import_queue.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.stored_file, stored()) == (State.DONE, 3, "", [])
    assert import_queue.due() == []
    assert not import_queue.run(batch.pk)
    assert Loan.objects.count() == 3


@pytest.mark.django_db
def test_a_bad_file_fails_with_its_sentence_and_is_deleted(ada, tmp_path):
    good = files.write(tmp_path / "book.csv", {}).read_bytes()
    batch = import_queue.take_in([good, b'A-2,"cut off'], name="book.csv", by=ada, complete=False)
    assert import_queue.run(batch.pk)
    batch.refresh_from_db()
    assert batch.state == State.FAILED
    assert "cut off" in batch.message
    assert (stored(), Loan.objects.count(), import_queue.due()) == ([], 0, [])


@pytest.mark.django_db
def test_a_batch_that_is_not_there_is_nobodys(db):
    assert not import_queue.run(4711)


@pytest.mark.django_db
def test_after_two_deaths_it_is_given_up(waiting):
    batch = waiting()
    ImportBatch.objects.filter(pk=batch.pk).update(state=State.RUNNING, attempts=import_queue.ATTEMPTS)
    assert not import_queue.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.message) == (State.FAILED, import_queue.GAVE_UP)
    assert (stored(), Loan.objects.count(), import_queue.due()) == ([], 0, [])


@pytest.mark.django_db
def test_tidying_ends_what_was_left_and_keeps_what_waits(waiting):
    now, batch = timezone.now(), waiting()
    by_hand = ImportBatch.objects.create(file_name="hand.csv", state=State.RUNNING)
    orphan = import_queue.folder() / "orphan.csv"
    orphan.write_bytes(b"x")
    import_queue.tidy(now)
    assert orphan.name in stored()
    import_queue.tidy(now + timedelta(days=2))
    by_hand.refresh_from_db()
    assert (by_hand.state, by_hand.message) == (State.FAILED, import_queue.LEFT_BEHIND)
    assert stored() == [batch.stored_file]


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_imports(waiting):
    batch, started, results = waiting(200), threading.Barrier(2), []

    def work() -> None:
        started.wait()
        results.append(import_queue.run(batch.pk))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    batch.refresh_from_db()
    assert sorted(results) == [False, True]
    assert (batch.state, batch.created, batch.attempts, Loan.objects.count()) == (State.DONE, 200, 1, 200)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_nothing_and_another_takes_it_up(waiting):
    batch = waiting(20_000)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(batch.pk)], cwd=ROOT, env=_environment())
    try:
        _until(lambda: ImportBatch.objects.get(pk=batch.pk).rows > 0)
        assert import_queue.due() == []
        assert not import_queue.run(batch.pk)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    batch.refresh_from_db()
    assert (batch.state, Loan.objects.count()) == (State.RUNNING, 0)
    _until(lambda: import_queue.due() == [batch.pk])
    assert import_queue.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.rows, Loan.objects.count()) == (State.DONE, 2, 20_000, 20_000)
    assert stored() == []


def _until(holds) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _environment() -> dict[str, str]:
    """The tests' own, with the database of this test and its folder of files."""
    where = connection.settings_dict
    address = f"postgresql://{where['USER']}@/{where['NAME']}?host={where['HOST']}&port={where['PORT']}"
    home = Path(django_settings.MEDIA_ROOT).parent
    (home / "files").symlink_to(django_settings.MEDIA_ROOT)
    return {**os.environ, "DATABASE_URL": address, "DATA_DIR": str(home), "PYTHONPATH": str(ROOT)}
