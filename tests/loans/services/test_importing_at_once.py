"""Imports that meet each other, and imports that die: one row a loan, all or nothing, and the batch says what happened."""

import threading
import time

import pytest
from django.db import connection, connections

from loans.models import Borrower, ImportBatch, Loan
from loans.queries import staged_import
from loans.services import importing
from tests.loans import files

pytestmark = pytest.mark.django_db(transaction=True)


def temporary_tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'import%%'")
        return cursor.fetchone()[0]


def in_threads(*jobs) -> list[BaseException]:
    """Runs them side by side, each on a connection of its own, from one signal on."""
    start, broken = threading.Barrier(len(jobs)), []

    def work(job) -> None:
        try:
            start.wait(10)
            job()
        except BaseException as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return broken


def test_overlapping_files_at_once_make_one_row_a_loan(tmp_path):
    new = {"officer_email": "new.person@example.com", "branch": "Boise"}
    one = files.write(tmp_path / "one.csv", *(new | {"loan_number": f"L-{n}", "note_rate": "7"} for n in range(300)))
    two = files.write(tmp_path / "two.csv", *(new | {"loan_number": f"L-{n}", "note_rate": "6"} for n in range(450, 150, -1)))
    batches = []
    broken = in_threads(*(lambda path=path: batches.append(files.bring_in(path)) for path in (one, two, one)))
    assert broken == []
    assert (Loan.objects.count(), Borrower.objects.count()) == (451, 451)
    assert sum(batch.created for batch in batches) == 451
    assert {batch.state for batch in ImportBatch.objects.all()} == {ImportBatch.State.DONE}
    assert temporary_tables() == 0


def test_the_same_file_at_once_is_merged_once_and_found_unchanged_then(tmp_path, monkeypatch):
    count = importing._count
    # Neither has ended when the other begins to merge.
    monkeypatch.setattr(importing, "_count", lambda *parts: time.sleep(0.4) or count(*parts))
    path, batches = files.write(tmp_path / "one.csv", {}, {}, {}), []
    broken = in_threads(*(lambda: batches.append(files.bring_in(path)) for _ in range(2)))
    assert broken == []
    assert sorted((batch.created, batch.updated, batch.unchanged) for batch in batches) == [(0, 0, 3), (3, 0, 0)]


@pytest.mark.parametrize("statement", ["merge_loans", "merge_borrowers"])
def test_an_import_that_dies_in_the_middle_leaves_nothing(tmp_path, monkeypatch, statement):
    monkeypatch.setattr(staged_import, statement, lambda *parts: "SELECT 1 / 0")
    path = files.write(tmp_path / "one.csv", {"branch": "Boise", "email": "nobody"})
    with pytest.raises(Exception, match="division by zero"):
        files.bring_in(path)
    assert_broken_off(importing.BROKEN_OFF)


def assert_broken_off(message: str) -> None:
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.message, batch.created) == (ImportBatch.State.FAILED, message, 0)
    assert batch.finished_at is not None
    assert not Loan.objects.exists()
    assert temporary_tables() == 0


@pytest.mark.parametrize("signal", [KeyboardInterrupt, SystemExit])
def test_an_import_that_is_interrupted_says_so(tmp_path, signal):
    def stop(batch) -> None:
        raise signal

    path = files.write(tmp_path / "one.csv")
    with pytest.raises(signal):
        importing.import_file(path, batch=importing.open_batch(path.name), report=stop)
    assert_broken_off(importing.INTERRUPTED)


def test_a_stored_file_whose_worker_ends_is_left_to_the_next(tmp_path):
    def stop(batch) -> None:
        raise SystemExit

    path = files.write(tmp_path / "one.csv", {}, {})
    batch = importing.open_batch(path.name, stored_file=path.name)
    with pytest.raises(SystemExit):
        importing.import_file(path, batch=batch, report=stop)
    batch = ImportBatch.objects.get()
    assert batch.state == ImportBatch.State.RUNNING
    importing.import_file(path, batch=batch)
    assert (batch.state, batch.rows, batch.created) == (ImportBatch.State.DONE, 2, 2)


@pytest.mark.parametrize("chunk", [1, 2], ids=["while reading", "before merging"])
def test_a_database_that_cuts_the_line_leaves_nothing_and_the_batch_says_so(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(importing, "CHUNK", chunk)

    def cut(batch) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (own,) = cursor.fetchone()
        assert in_threads(lambda: connections["default"].cursor().execute("SELECT pg_terminate_backend(%s)", [own])) == []

    path = files.write(tmp_path / "one.csv", {}, {})
    with pytest.raises(Exception, match=r"terminating connection|closed|lost"):
        importing.import_file(path, batch=importing.open_batch(path.name), report=cut)
    assert_broken_off(importing.BROKEN_OFF)
    assert files.bring_in(path).created == 2
