"""Portfolio, imports, runs, rules, hand-over and the page of the API, in a browser."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Lender
from loans.models import ImportBatch, MatchRun, RunDecision
from loans.services import import_queue, matching
from tests.loans import files
from tests.loans.rows import make_loan, set_market


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def book(db, olivia, oscar, carl) -> MatchRun:
    """A held run over loans of two branches."""
    today = Lender.current().today()
    set_market(today)
    make_loan("HP-1", officer=olivia, branch=olivia.branch, name=("Ana", "Ames"))
    make_loan("HP-2", officer=olivia, branch=olivia.branch, name=("Bo", "Delgado"), interest_only=True, not_in_last_file=True)
    make_loan("TP-3", officer=carl, branch=carl.branch, name=("Cy", "Cole"), status="paid_off", program="va")
    for number in range(50):
        make_loan(f"ZZ-{number:03}", officer=oscar, branch=oscar.branch, note_rate=6)
    matching.run(today)
    MatchRun.objects.update(decision=RunDecision.WAITING)
    return MatchRun.objects.get()


@pytest.fixture
def portfolio_file(tmp_path):
    return files.write(tmp_path / "book.csv", {}, {"note_rate": "oops"}, {"zodiac": "Leo"})


def test_the_pages_hold_for_everybody(desk, book, ada, ben, olivia, portfolio_file):
    done = import_queue.take_in([portfolio_file.read_bytes()], name="book.csv", by=ada, complete=True)
    import_queue.run(done.pk)
    waiting = ImportBatch.objects.create(file_name="next.csv", by=ada, stored_file="x.csv")
    failed = ImportBatch.objects.create(
        file_name="bad.csv", by=ada, state="failed", message="Line 7 is not UTF-8.", finished_at=timezone.now()
    )
    desk.sign_in(ada)
    desk.check(
        "/portfolio/",
        "/portfolio/?view=attention",
        "/portfolio/?q=nobody&rate_from=6&originated_from=2020-01-01",
        "/imports/",
        "/imports/new/",
        f"/imports/{done.pk}/",
        f"/imports/{failed.pk}/",
        f"/imports/{waiting.pk}/",
        "/runs/",
        f"/runs/{book.pk}/",
        f"/runs/{book.pk}/decide/?decision=release",
        "/settings/policy/",
        "/settings/policy/change/",
        f"/people/{olivia.pk}/hand-over/",
    )


def test_empty_pages_hold_too(desk, ada):
    desk.sign_in(ada)
    desk.check("/portfolio/", "/imports/", "/runs/", "/settings/policy/")


def test_search_sort_and_pages_without_loading_the_page(desk, book, ada):
    desk.sign_in(ada)
    page = desk.open("/portfolio/")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_label("Name or loan number").type("delg")
    page.wait_for_url("**q=delg**")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_label("Name or loan number")).to_be_focused()
    assert page.evaluate("window.sameDocument")
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("tbody tr")).to_have_count(50)
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Rate from, percent").fill("7")
    page.get_by_label("Rate from, percent").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Rate", exact=True).click()
    expect(page.get_by_role("columnheader", name="Rate")).to_have_attribute("aria-sort", "ascending")
    assert page.evaluate("window.sameDocument")
    assert "rate_from=7" in page.url


def test_the_shells_search_leads_here(desk, book, ada, press):
    desk.sign_in(ada)
    page = desk.open("/runs/")
    press("Control+k")
    page.keyboard.type("ames")
    press("Enter")
    page.wait_for_url("**/portfolio/?q=ames")
    press("j", "Enter")
    page.wait_for_url("**/loans/HP-1/**")


def test_a_file_is_sent_watched_and_its_rejected_row_read(desk, ada, portfolio_file):
    desk.sign_in(ada)
    page = desk.open("/imports/new/")
    page.get_by_label("CSV file").set_input_files(portfolio_file)
    page.get_by_label("The file is the whole book").check()
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/imports/*/")
    expect(page.get_by_label("Waiting for a worker")).to_be_visible()
    import_queue.run(ImportBatch.objects.get().pk)
    expect(page.get_by_role("region", name="Rejected rows and warnings")).to_contain_text("oops")
    expect(page.locator("main")).to_contain_text("Columns not known and left out: zodiac.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert "oops" in download.value.path().read_text()


def test_a_wrong_file_is_said_at_once(desk, ada, tmp_path):
    desk.expected = ("status of 422",)
    path = tmp_path / "statement.pdf"
    path.write_bytes(b"%PDF-1.7")
    desk.sign_in(ada)
    page = desk.open("/imports/new/")
    page.get_by_label("CSV file").set_input_files(path)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("main")).to_contain_text("statement.pdf is a PDF, not a CSV file.")
    desk.check_here()


def test_a_held_run_is_released(desk, book, ben):
    desk.sign_in(ben)
    page = desk.open(f"/runs/{book.pk}/")
    page.get_by_role("link", name="Release").click()
    page.get_by_role("button", name="Release").click()
    expect(page.locator("main")).to_contain_text("Released by Ben Castellano")


def test_the_examples_follow_the_form(desk, book, ada):
    desk.sign_in(ada)
    page = desk.open("/settings/policy/change/")
    page.get_by_label("Spread*", exact=True).fill("1.000")
    expect(page.locator("#examples")).to_contain_text("7.230")
    page.get_by_label("Why").fill("Fewer calls")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="History")).to_contain_text("Fewer calls")


def test_loans_are_handed_over(desk, book, ada, olivia, oscar):
    desk.sign_in(ada)
    page = desk.open(f"/people/{olivia.pk}/")
    page.get_by_role("link", name="Hand over the loans").click()
    page.get_by_label("Goes to").select_option("Oscar Lind, Denver")
    page.get_by_role("button", name="Hand over 2 loans").click()
    expect(page.get_by_role("status")).to_contain_text("2 loans went to Oscar Lind.")


def test_the_page_of_the_api_works_under_the_strict_policy(desk, book, olivia):
    """No console error is the test: whatever Swagger UI adds, the policy lets none of it be inline."""
    desk.sign_in(olivia)
    page = desk.open("/api/v1/docs/")
    page.locator("#operations-loans-loans_list .opblock-summary-control").click()
    page.locator("#operations-loans-loans_list").get_by_role("button", name="Execute").click()
    expect(page.locator("#operations-loans-loans_list .live-responses-table .microlight").first).to_contain_text("HP-1")
