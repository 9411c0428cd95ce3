import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.domain.portfolio_file import COLUMNS
from loans.models import ImportBatch, Loan
from loans.services import import_queue
from tests.loans import files

pytestmark = pytest.mark.django_db
LIST, NEW, TEMPLATE = "/imports/", "/imports/new/", "/imports/template.csv"
State = ImportBatch.State


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def portfolio(tmp_path) -> bytes:
    return files.write(tmp_path / "book.csv", {}, {"note_rate": "oops", "email": "=cmd"}, {}).read_bytes()


def send(client: Client, content: bytes, name: str = "book.csv", **options):
    return client.post(NEW, {"file": SimpleUploadedFile(name, content), **options})


@pytest.fixture
def done(ben, portfolio) -> ImportBatch:
    """An import of the manager of Denver: two loans landed, one row was rejected."""
    batch = import_queue.take_in([portfolio], name="book.csv", by=ben, complete=False)
    import_queue.run(batch.pk)
    batch.refresh_from_db()
    return batch


# Who may


@pytest.mark.parametrize(
    ("who", "looks", "imports"),
    [("olivia", 403, 403), ("pia", 403, 403), ("cora", 200, 403), ("ben", 200, 200), ("ada", 200, 200)],
)
def test_roles(as_user, request, portfolio, who, looks, imports):
    client = as_user(request.getfixturevalue(who))
    assert [client.get(path).status_code for path in (LIST, TEMPLATE)] == [looks, looks]
    assert client.get(NEW).status_code == imports
    answer = send(client, portfolio)
    assert answer.status_code == (302 if imports == 200 else 403)
    assert ImportBatch.objects.count() == (imports == 200)


def test_somebody_signed_out_is_asked_to_sign_in(client, portfolio):
    assert [client.get(path).status_code for path in (LIST, NEW, TEMPLATE, "/imports/1/", "/imports/1/errors.csv")] == [302] * 5
    assert send(client, portfolio).status_code == 302
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("mona", 404), ("olivia", 403), ("cora", 200), ("ada", 200), ("ben", 200)])
def test_an_import_of_somebody_else(as_user, request, done, who, status):
    client = as_user(request.getfixturevalue(who))
    assert client.get(f"/imports/{done.pk}/").status_code == status
    assert client.get(f"/imports/{done.pk}/errors.csv").status_code == status
    listed = client.get(LIST)
    assert (listed.status_code == 200 and "book.csv" in listed.content.decode()) == (status == 200)


def test_a_file_without_the_forms_token_is_refused(ada, portfolio):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    assert send(client, portfolio).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(NEW).content.decode())[1]
    assert send(client, portfolio, csrfmiddlewaretoken=token).status_code == 302
    assert ImportBatch.objects.count() == 1


# Sending


def test_the_answer_comes_at_once_and_the_file_waits(as_user, ada, portfolio):
    answer = send(as_user(ada), portfolio, complete="on")
    batch = ImportBatch.objects.get()
    assertRedirects(answer, f"/imports/{batch.pk}/")
    assert (batch.state, batch.by, batch.complete, Loan.objects.count()) == (State.WAITING, ada, True, 0)
    assert import_queue.due() == [batch.pk]


def test_without_workers_the_page_says_that_it_waits(as_user, ada, portfolio, settings):
    client = as_user(ada)
    page = client.get(send(client, portfolio).url)
    assertContains(page, "The file is stored. The workers can&#x27;t be reached right now")
    assertContains(page, 'hx-trigger="every 1s"')


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("rates.pdf", b"%PDF-1.7 ...", "rates.pdf is a PDF, not a CSV file"),
        ("book.xlsx", b"PK\x03\x04rest", "book.xlsx is an Excel workbook or a zip file"),
        ("book.csv", b"", "book.csv is empty"),
        ("book.csv", "a,b\n1,2\n".encode("utf-16"), "book.csv is UTF-16 text"),
        ("book.csv", b"Nombre,Apellido\nA,B\n", "None of its headings is known: Nombre, Apellido"),
        ("book.csv", b"loan_number,Loan No\n1,1\n", "Two headings stand for loan_number"),
        ("book.csv", b"\x00\x01\x02", "book.csv is not a text file"),
        ("book.csv", b'"loan_number', "a quotation mark is opened and not closed"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(as_user, ada, name, content, says):
    answer = send(as_user(ada), content, name)
    assertContains(answer, says, status_code=422)
    assert ImportBatch.objects.count() == 0
    assert list(import_queue.folder().iterdir()) == []


def test_no_file_at_all(as_user, ada):
    assertContains(as_user(ada).post(NEW, {}), "This field is required", status_code=422)


def test_a_file_too_large_is_refused_before_it_is_read(as_user, ada, portfolio, settings):
    settings.IMPORT_MAX_BYTES = 100
    client = as_user(ada)
    assertContains(send(client, portfolio + b" " * 200_000), "larger than", status_code=413)
    assertContains(send(client, portfolio), "book.csv has 0 MB; the limit is 0 MB", status_code=422)
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [("Márquez".encode("latin-1"), "is not UTF-8"), (b'"cut', "the file was cut off")],
)
def test_what_only_reading_shows_is_said_on_the_page_of_the_import(as_user, ada, portfolio, content, says):
    client = as_user(ada)
    answer = send(client, portfolio + content)
    import_queue.run(ImportBatch.objects.get().pk)
    page = client.get(answer.url)
    assertContains(page, says)
    assertNotContains(page, 'hx-trigger="every')
    assert Loan.objects.count() == 0


# Watching


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"state": State.WAITING}, "Waiting for a worker"),
        ({"state": State.RUNNING, "rows": 20000, "bytes_read": 41, "bytes_total": 100}, "Reading, 20,000 rows so far, 41%"),
        ({"state": State.RUNNING, "rows": 50000, "bytes_read": 100, "bytes_total": 100}, "50,000 rows read, 100%"),
    ],
)
def test_the_page_asks_again_while_it_runs(as_user, ada, facts, says):
    batch = ImportBatch.objects.create(file_name="book.csv", by=ada, stored_file="x.csv", **facts)
    part = as_user(ada).get(f"/imports/{batch.pk}/", headers={"HX-Request": "true"})
    assertContains(part, says)
    assertContains(part, "<progress")
    assertContains(part, 'hx-trigger="every 1s"')
    assertNotContains(part, "<html")


def test_nobody_coming_is_said(as_user, ada):
    batch = ImportBatch.objects.create(file_name="book.csv", by=ada, stored_file="x.csv")
    client = as_user(ada)
    assertNotContains(client.get(f"/imports/{batch.pk}/"), "No worker has taken the file yet")
    ImportBatch.objects.filter(pk=batch.pk).update(started_at=timezone.now() - timedelta(minutes=3))
    assertContains(client.get(f"/imports/{batch.pk}/"), "No worker has taken the file yet")


def test_the_result_names_what_was_rejected(as_user, ben, done):
    page = as_user(ben).get(f"/imports/{done.pk}/")
    assert (done.created, done.rejected, done.warnings) == (2, 1, 1)
    assertContains(page, "is not a percentage above 0, at most 24.999")
    assertContains(page, "is no e-mail address and was left out")
    assertNotContains(page, 'hx-trigger="every')


def test_ignored_columns_are_named(as_user, ada, tmp_path):
    content = files.write(tmp_path / "b.csv", {"zodiac": "Leo"}).read_bytes()
    client = as_user(ada)
    answer = send(client, content)
    import_queue.run(ImportBatch.objects.get().pk)
    assertContains(client.get(answer.url), "Columns not known and left out: zodiac.")


def test_the_file_of_errors_is_escaped(as_user, ben, done):
    answer = as_user(ben).get(f"/imports/{done.pk}/errors.csv")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [(line["column"], line["value"]) for line in lines] == [("note_rate", "oops"), ("email", "'=cmd")]
    assert "attachment" in answer["Content-Disposition"]


def test_without_errors_there_is_no_file(as_user, ada, tmp_path):
    content = files.write(tmp_path / "b.csv", {}).read_bytes()
    client = as_user(ada)
    answer = send(client, content)
    import_queue.run(ImportBatch.objects.get().pk)
    assert client.get(f"{answer.url}errors.csv").status_code == 404


def test_loans_that_a_whole_book_lacks_are_counted_and_linked(as_user, ada, done, tmp_path):
    content = files.write(tmp_path / "b.csv", {}).read_bytes()
    client = as_user(ada)
    answer = send(client, content, complete="on")
    import_queue.run(ImportBatch.objects.first().pk)
    assertContains(client.get(answer.url), '<a href="/portfolio/?view=missing">1</a>')


def test_the_list_has_pages(as_user, ada, django_assert_max_num_queries):
    ImportBatch.objects.bulk_create(ImportBatch(file_name=f"f{n}.csv", by=ada, state=State.DONE) for n in range(30))
    client = as_user(ada)
    with django_assert_max_num_queries(8):
        assertContains(client.get(LIST), "1 to 25 of 30")
    assertContains(client.get(LIST, {"page": 2}), "26 to 30 of 30")


def test_the_template_has_every_column_and_the_page_explains_them(as_user, ada):
    client = as_user(ada)
    assert client.get(TEMPLATE).content.decode().strip().split(",") == [column.name for column in COLUMNS]
    page = client.get(NEW)
    for column in COLUMNS:
        assertContains(page, f'<span class="mono">{column.name}</span>')
