"""The estimate as the borrower reads it: the figures of the day, its states, and that reading it changes nothing (R46, R50)."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from loans.models import Engagement, Loan, LoanStatus, Opportunity, OpportunityEvent
from loans.services import acting
from outreach.models import Alert, Enrollment, EnrollmentState, Touch, TouchEvent
from outreach.views.borrower.pages import proof
from rates.models import Rate
from tests.outreach import links

NOTICE = "Your actual rate, payment, and costs could be higher. Get an official Loan Estimate before choosing a loan."


def text(response):
    """What a reader reads: words without tags, one blank between them."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    body = re.sub(r"<[^>]+>", " ", body)
    return " ".join(body.replace("&#x27;", "'").replace("&amp;", "&").split())


def test_the_page_shows_both_ways_with_notice_apr_and_cost(borrower, address):
    page = borrower.get(address)
    said = text(page)
    assert page.status_code == 200
    assert said.index(NOTICE) < said.index("$2,92")
    for words in (
        "Maria, two ways a refinance could work",
        "You pay $3,232 a month on your mortgage, at 7.375%.",
        "Same end date a lower payment and less interest",
        "New 30 years a lower payment that costs more interest",
        "Less each month – $312 $554",
        "Last payment April 2050 2050, as now 2056, +6 years",
        "Cost to refinance once, about $0 $6,359 $6,359",
        "Pays for itself after – 21 months 12 months",
        "Annual percentage rate (APR) in this example – 6.39% 6.37%",
        "Interest rate in this example 7.375% 6.23% 6.23%",
        "Taxes and insurance are not included. Your actual payment will be higher.",
        "288 monthly payments of $2,920.14, or 360 of $2,678.07",
        "6.23% is the national average for a 30-year fixed mortgage, published by Freddie Mac on April 24, 2026.",
        "It is not an offer, and not a rate we promise you.",
        "estimated from our records after your April payment",
        "$2,000 plus 1% of the balance, our usual cost in Colorado.",
        "we did not look at it. Reading this page does not affect it.",
    ):
        assert words in said


def test_the_apr_stands_above_the_rate(borrower, address):
    said = text(borrower.get(address))
    assert said.index("Annual percentage rate (APR)") < said.index("Interest rate in this example")


def test_it_says_who_we_are_and_the_way_out(borrower, address):
    """R100."""
    page = borrower.get(address)
    said = text(page)
    for words in (
        "Jonah Reyes", "Loan officer, NMLS 9904471", "(303) 555-0142", "Licensed in Colorado", "NMLS 9900112",
        "This is an advertisement from Juniper Vale Home Loans", "the company that made your loan in 2022",
        "You may pay a different company now", "1200 Example Street, Suite 400, Denver, CO 80203",
        "Equal Housing Opportunity", "Not this year", "Stop messages about refinancing", "Unsubscribe from all messages",
        "Either one takes effect at once. No need to say why.",
    ):  # fmt: skip
        assert words in said
    assert "I arranged your mortgage in November 2022" in said


def test_an_officer_who_took_the_loan_over_did_not_arrange_it(borrower, address, link, olivia):
    OpportunityEvent.objects.create(opportunity=link.opportunity, kind="reassigned", by=olivia)
    said = text(borrower.get(address))
    assert "I arranged" not in said
    assert "Juniper Vale Home Loans, NMLS 9900112, made your mortgage in November 2022." in said


def test_nobody_keeps_or_passes_on_the_page(borrower, address):
    page = borrower.get(address)
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert not page.cookies
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_a_get_changes_nothing_but_one_unconfirmed_row_a_link(borrower, address, link):
    links.enroll(link)
    before = links.everything()
    borrower.head(address)
    assert links.everything() == before
    for _ in range(3):
        borrower.get(address)
        borrower.get(f"{address}?times=all&rate=6.5&years=20&cost=4000")
    after = links.everything()
    assert {name for name in after if after[name] != before[name]} == {"TouchEvent"}
    event = TouchEvent.objects.get()
    assert (event.kind, event.confirmed) == ("clicked", False)
    assert Opportunity.objects.get().engagement == Engagement.NONE
    assert Enrollment.objects.get().state == EnrollmentState.ACTIVE


@pytest.mark.parametrize("path", ["m/{}/", "p/{}/", "u/{}/", "m/{}/seen/", "m/{}/book/"])
def test_an_unknown_link_shows_nothing_of_anybody(borrower, link, path):
    before = links.everything()
    send = borrower.get if path.count("/") == 2 else borrower.post
    page = send("/" + path.format("7k2qxmwp3nhz"))
    assert page.status_code == 404
    assert "This link leads nowhere" in text(page)
    assert "Maria" not in text(page)
    assert links.everything() == before


def test_a_link_whose_letters_a_mail_program_changed_still_works(borrower, link):
    assert borrower.get(f"/m/{link.link_token.upper()}/").status_code == 200


def test_after_45_days_there_is_the_officers_number_and_no_figure(borrower, address, link):
    with time_machine.travel(links.NOW + timedelta(days=46), tick=False):
        said = text(borrower.get(address))
    assert "This link has ended" in said
    assert "(303) 555-0142" in said
    assert "$" not in said
    assert "%" not in said
    with time_machine.travel(links.NOW + timedelta(days=44), tick=False):
        assert "This link has ended" not in text(borrower.get(address))


def test_a_loan_that_was_paid_off_has_no_figures(borrower, address):
    Loan.objects.update(status=LoanStatus.PAID_OFF)
    said = text(borrower.get(address))
    assert "Nothing to refinance" in said
    assert "$" not in said


def test_without_a_current_rate_there_are_no_figures_but_times_to_talk(borrower, address):
    Rate.objects.all().delete()
    said = text(borrower.get(address))
    assert "there are no figures today" in said
    assert "$" not in said
    assert "Choose a time to talk" in said


def test_an_officer_who_left_is_not_named_and_the_lenders_number_is(borrower, address, jonah):
    User.objects.filter(pk=jonah.pk).update(is_active=False)
    said = text(borrower.get(address))
    assert "Jonah" not in said
    assert "(303) 555-0140" in said
    assert "Choose a time to talk" not in said


def test_where_no_payment_would_fall_it_says_so(borrower, jonah):
    link = links.make_link(jonah)
    Rate.objects.all().update(rate="8.400")
    said = text(borrower.get(f"/m/{link.link_token}/"))
    assert "a refinance would not help today" in said
    assert "Doing nothing is the better choice for now." in said
    assert "does not pay for itself" in said
    assert "ahead" not in said


def test_where_only_the_longer_one_lowers_the_payment_there_is_one_way(borrower, link, address):
    Rate.objects.all().update(rate="7.500")
    said = text(borrower.get(address))
    assert "one way a refinance could work" in said
    assert "It does not save money in the end" in said


def test_a_loan_of_fifteen_years_is_not_compared_with_thirty(borrower, jonah):
    link = links.make_link(
        jonah, term_months=180, original_amount=Decimal(300_000), upb=None, upb_as_of=None, note_rate=Decimal("7.250")
    )
    said = text(borrower.get(f"/m/{link.link_token}/"))
    assert "5.58% is the national average for a 15-year fixed mortgage" in said
    assert "New 30 years" not in said
    assert "one way a refinance could work" in said


@pytest.mark.parametrize(("program", "words"), [("va", "A VA refinance has rules"), ("fha", "An FHA refinance has rules")])
def test_a_government_loan_has_rules_of_its_own(borrower, jonah, program, words):
    link = links.make_link(jonah, program=program)
    said = text(borrower.get(f"/m/{link.link_token}/"))
    assert words in said
    assert "has averages of its own, which can differ" in said
    assert "nor for any government agency" in said
    assert "You pay mortgage insurance" not in said


def test_a_higher_rate_gains_less(borrower, address):
    said = text(borrower.get(address))
    assert "6.23% 6.39% $312 21 months 6.75% 6.92% $172 37 months 7.00% 7.17% $103 62 months 7.25% 7.42% $34 183 months" in said


def test_the_calculator_works_without_a_script(borrower, address):
    said = text(borrower.get(f"{address}?rate=6.75&years=24&cost=6358.71"))
    assert "6.92% APR, 288 payments of $3,060.13: $172 less each month. Pays for itself after 37 months." in said
    assert "Still an example, not an offer." in said


@pytest.mark.parametrize("asked", ["rate=&years=24&cost=1", "rate=99&years=24&cost=1", "rate=6&years=0&cost=x", "rate=6"])
def test_the_calculator_says_what_it_cannot_take(borrower, address, asked):
    page = borrower.get(f"{address}?{asked}")
    assert page.status_code == 200
    assert 'id="try-trouble"' in page.content.decode()
    assert "Still an example" not in text(page)
    assert "Ensure" not in text(page)
    assert ("write a rate from 0.125 to 20" in text(page)) == (asked.startswith(("rate=&", "rate=99")))


def test_costs_above_the_loan_have_no_answer(borrower, jonah):
    link = links.make_link(jonah, upb=Decimal(90_000), original_amount=Decimal(100_000))
    said = text(borrower.get(f"/m/{link.link_token}/?rate=6&years=20&cost=200000"))
    assert "No loan can be worked out from these figures." in said


def test_words_of_a_file_are_shown_as_words(borrower, jonah):
    link = links.make_link(jonah, name=("<b>Eve</b>", "Stone"))
    body = borrower.get(f"/m/{link.link_token}/").content.decode()
    assert "<b>Eve</b>" not in body
    assert "&lt;b&gt;Eve" in body


# A person is there


@pytest.fixture
def report(borrower, link):
    """What the page's script posts: `report("seen", after=2)` with a proof that is so many seconds old."""

    def post(what, after=2, token=None, as_whom=borrower):
        given = proof(token or link.link_token)
        with time_machine.travel(links.NOW + timedelta(seconds=after), tick=False):
            return as_whom.post(f"/m/{link.link_token}/{what}/", {"proof": given})

    return post


def test_a_person_who_looks_is_counted_once_and_stops_nothing(report, link):
    """R52: a view is no click on the scheduling page."""
    links.enroll(link)
    for _ in range(3):
        assert report("seen").status_code == 204
    assert TouchEvent.objects.filter(kind="clicked", confirmed=True).count() == 1
    row = Opportunity.objects.get()
    assert (row.engagement, row.status) == (Engagement.CLICKED, "new")
    assert Enrollment.objects.get().state == EnrollmentState.ACTIVE
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("after", "token"), [(0, None), (8 * 86400, None), (2, "anotherlinks")], ids=("too young", "too old", "of another link")
)
def test_a_proof_must_be_of_this_page_and_of_some_age(report, link, after, token):
    links.enroll(link)
    before = links.everything()
    for what in ("seen", "times"):
        assert report(what, after=after, token=token).status_code == 204
    assert links.everything() == before
    assert Enrollment.objects.get().state == EnrollmentState.ACTIVE


def test_a_forged_proof_counts_for_nothing(borrower, link):
    before = links.everything()
    for given in ({}, {"proof": ""}, {"proof": link.link_token}, {"proof": f"{link.link_token}:1abc:forged"}):
        borrower.post(f"/m/{link.link_token}/times/", given)
    assert links.everything() == before


def test_who_goes_for_the_times_stops_the_sequence_and_the_officer_is_told(report, link, jonah):
    """R52."""
    enrollment, waiting = links.enroll(link)
    for _ in range(2):
        report("times")
    enrollment.refresh_from_db()
    waiting.refresh_from_db()
    assert (enrollment.state, enrollment.stop_reason) == ("stopped", "confirmed_click")
    assert waiting.state == "skipped"
    row = Opportunity.objects.get()
    assert (row.status, row.engagement) == ("engaged", Engagement.CLICKED)
    alert = Alert.objects.get()
    assert (alert.kind, alert.officer) == ("clicked", jonah)


def test_somebody_of_the_desk_is_no_borrower(report, as_user, link, jonah, address):
    links.enroll(link)
    client = as_user(jonah)
    before = links.everything()
    body = client.get(address).content.decode()
    report("times", as_whom=client)
    assert "data-proof" not in body
    assert links.everything() == before
    assert Enrollment.objects.get().state == EnrollmentState.ACTIVE


# The way out


@pytest.mark.parametrize(
    ("path", "reason", "words"),
    [
        ("not-this-year", "not_this_year", "Done. Nothing about this loan for a year."),
        ("never", "never", "Done. You will get no more messages about refinancing."),
    ],
)
def test_not_now_takes_effect_at_once_and_twice_is_once(borrower, link, address, path, reason, words):
    enrollment, waiting = links.enroll(link)
    for _ in range(2):
        page = borrower.post(f"{address}{path}/", follow=True)
    said = text(page)
    assert page.redirect_chain == [(address, 303)]
    assert words in said
    assert "$" not in said
    row = Opportunity.objects.get()
    assert (row.status, row.reason) == ("archived", reason)
    assert OpportunityEvent.objects.filter(kind="archived", by=None).count() == 1
    enrollment.refresh_from_db()
    waiting.refresh_from_db()
    assert (enrollment.stop_reason, waiting.state) == ("not_now", "skipped")
    assert Alert.objects.count() == 1


def test_never_is_more_than_not_this_year_and_stays(borrower, link, address):
    borrower.post(f"{address}not-this-year/")
    borrower.post(f"{address}never/")
    borrower.post(f"{address}not-this-year/")
    assert Opportunity.objects.get().reason == "never"


def test_not_this_year_holds_for_an_opportunity_that_had_expired(borrower, link, address):
    Opportunity.objects.update(status="expired", closed_on=links.AS_OF)
    borrower.post(f"{address}not-this-year/")
    assert Opportunity.objects.get().reason == "not_this_year"


def test_an_officers_own_reason_is_not_the_borrowers(borrower, link, address, jonah):
    acting.archive(link.opportunity, reason="not_interested", by=jonah, today=links.AS_OF)
    assert "Done." not in text(borrower.get(address))


def test_every_link_of_a_loan_says_so(borrower, link, address):
    other = Touch.objects.get(pk=link.pk)
    other.pk, other._state.adding, other.link_token = None, True, "other2link34"
    other.save()
    borrower.post(f"{address}never/")
    assert "Done." in text(borrower.get("/m/other2link34/"))
