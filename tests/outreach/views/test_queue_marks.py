"""What the queue marks beside a status: people to whom no message can go, as far as the reader sees them."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Borrower
from outreach.models import Channel, ConsentSource
from outreach.queries import consents, marks
from outreach.services import consent
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, borrower_of, worth_writing_to

pytestmark = pytest.mark.django_db
MARKS = "/queue/marks/"


@pytest.fixture
def row(olivia):
    set_market()
    return worth_writing_to(olivia, "T-1", name=("Ana", "Ames"))


def said(user, *rows):
    return {mark.pk: mark.word for mark in marks.of(user, [row.pk for row in rows])}


def opt_out(row, *channels):
    consent.opt_out(consents.lookups(borrower_of(row.loan), channels), source=ConsentSource.PAGE, at=FRIDAY)


def test_who_can_be_written_to_has_no_mark(row, olivia):
    assert said(olivia, row) == {}


def test_who_has_opted_out_of_every_message_is_marked_whatever_the_status(row, olivia):
    opt_out(row, Channel.EMAIL, Channel.SMS)
    assert said(olivia, row) == {row.pk: "opted out"}
    assert marks.of(olivia, [row.pk])[0].why.startswith("Ana Ames. E-mail: opted out. Apr 24, 2026.")


def test_a_stop_on_one_channel_marks_the_row_and_says_which(row, olivia):
    """A stop by text ends the whole conversation; what is left open is for a person to decide."""
    opt_out(row, Channel.SMS)
    mark = marks.of(olivia, [row.pk])[0]
    assert (mark.word, mark.opted_out) == ("opted out", True)
    assert "E-mail: allowed." in mark.why
    assert "Text: opted out." in mark.why


def test_an_address_that_does_not_work_is_no_refusal(row, olivia):
    known = consents.lookups(borrower_of(row.loan), (Channel.EMAIL,))
    consent.opt_out(known, source=ConsentSource.BOUNCE, at=FRIDAY)
    assert said(olivia, row) == {}


def test_without_consent_to_texts_an_opt_out_of_mail_leaves_nothing(olivia):
    set_market()
    row = worth_writing_to(olivia, "T-2", texts=False)
    opt_out(row, Channel.EMAIL)
    assert said(olivia, row) == {row.pk: "opted out"}


def test_nothing_on_file_is_no_opt_out(olivia):
    set_market()
    row = worth_writing_to(olivia, "T-3", email="", phone="")
    assert said(olivia, row) == {row.pk: "no messages"}


def test_a_stop_by_the_co_borrower_marks_the_loan(row, olivia, settings):
    other = Borrower.objects.create(
        loan=row.loan, position=2, first_name="Bo", last_name="Ames", email="bo@example.com",
        email_lookup=settings.FIELD_KEYS.lookup("bo@example.com"),
    )  # fmt: skip
    assert said(olivia, row) == {}
    consent.opt_out({"email": other.email_lookup}, source=ConsentSource.PAGE, at=FRIDAY)
    assert said(olivia, row) == {row.pk: "opted out"}


def test_the_page_of_the_queue_asks_for_its_rows_and_the_marks_go_to_their_places(as_user, row, olivia):
    opt_out(row, Channel.EMAIL, Channel.SMS)
    page = as_user(olivia).get("/queue/")
    assertContains(page, f'<span data-mark="{row.pk}"></span>')
    assertContains(page, f"{MARKS}?pk={row.pk}&amp;")
    part = as_user(olivia).get(MARKS, {"pk": [row.pk, "x", "9" * 30]}, headers={"HX-Request": "true"})
    assertContains(part, f"innerHTML:[data-mark='{row.pk}']")
    assertContains(part, "opted out")


def test_others_learn_nothing(as_user, row, carl, olivia):
    opt_out(row, Channel.EMAIL, Channel.SMS)
    part = as_user(carl).get(MARKS, {"pk": row.pk}, headers={"HX-Request": "true"})
    assertNotContains(part, "opted out")
    assertRedirects(as_user(olivia).get(MARKS, {"pk": row.pk}), "/queue/")
    assert Client().get(MARKS, {"pk": row.pk}).status_code == 302


def test_fifty_rows_cost_no_more_than_one(olivia, row, django_assert_max_num_queries):
    more = [worth_writing_to(olivia, f"T-9{number}") for number in range(3)]
    with django_assert_max_num_queries(4):
        marks.of(olivia, [row.pk, *(one.pk for one in more)])
