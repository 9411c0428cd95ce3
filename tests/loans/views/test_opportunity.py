import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Borrower, Loan, Opportunity, OpportunityEvent, OpportunityStatus
from loans.queries import loan_page
from loans.services import acting, matching
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
ACTS = ("archive", "snooze", "bring_back", "note")
SENT = {"reason": "selling", "until": AS_OF + timedelta(days=7), "text": "Called."}


def page_of(row: Opportunity) -> str:
    return reverse("loans:opportunity", args=[row.pk])


@pytest.fixture
def marisol(lend, olivia) -> Opportunity:
    return lend(olivia, "T-1", email="marisol@example.com", phone="+13035550142", occupancy="primary", property_city="Aurora")


# Who sees it


def test_everybody_who_sees_the_loan_sees_the_page(as_user, marisol, somebody):
    assert as_user(somebody).get(page_of(marisol)).status_code == 200
    assert as_user(somebody).get("/loans/T-1/").status_code == 200


@pytest.mark.parametrize("who", ["oscar", "carl", "mona"])
def test_for_others_it_does_not_exist(request, as_user, marisol, who):
    stranger = as_user(request.getfixturevalue(who))
    assert stranger.get(page_of(marisol)).status_code == 404
    assert stranger.get("/loans/T-1/").status_code == 404
    assert stranger.get(reverse("loans:why", args=[marisol.pk]), headers={"HX-Request": "true"}).status_code == 404
    before = OpportunityEvent.objects.count()
    for act in ACTS:
        assert stranger.post(reverse(f"loans:{act}", args=[marisol.pk]), SENT).status_code == 404
    marisol.refresh_from_db()
    assert (marisol.status, OpportunityEvent.objects.count()) == ("new", before)


def test_somebody_signed_out_is_asked_to_sign_in(client, marisol):
    assert client.get(page_of(marisol)).status_code == 302
    for act in ACTS:
        assert client.post(reverse(f"loans:{act}", args=[marisol.pk]), SENT).status_code == 302
    marisol.refresh_from_db()
    assert marisol.status == "new"


@pytest.mark.parametrize(("who", "allowed"), [("cora", ()), ("pia", ("note",))])
def test_those_who_read_can_not_act(request, as_user, marisol, who, allowed):
    reader = as_user(request.getfixturevalue(who))
    for act in ACTS:
        before = OpportunityEvent.objects.count()
        answer = reader.post(reverse(f"loans:{act}", args=[marisol.pk]), SENT)
        assert answer.status_code == (302 if act in allowed else 403)
        assert OpportunityEvent.objects.count() == before + (act in allowed)
    marisol.refresh_from_db()
    assert marisol.status == "new"
    assertNotContains(reader.get(page_of(marisol)), reverse("loans:archive", args=[marisol.pk]))


# What it says


def test_the_reason_stands_on_top_with_its_figures(as_user, marisol, olivia):
    text = " ".join(re.sub(r"<[^>]+>", "", as_user(olivia).get(page_of(marisol)).content.decode()).split())
    assert (
        "The 7.500% loan is 1.270 points above the market. At 6.23% over the months left, Marisol pays "
        f"${marisol.monthly_savings:,.2f} less a month and ${marisol.total_interest_savings:,.0f} less interest; "
        f"costs of ${marisol.closing_costs:,.0f} are repaid in {marisol.break_even_months} months."
    ) in text
    assert "Conv 30, owner-occupied, Aurora, CO" in text


def test_the_page_agrees_with_the_stored_row_to_the_cent(olivia, marisol):
    """R25: what is stored and what is shown are worked out in two places."""
    page = loan_page.page(marisol.loan, olivia, AS_OF, marisol)
    same, long = page.same_term, page.long_term
    assert page.explained.as_of == marisol.as_of
    assert (page.balance, page.today.payment, same.payment) == (marisol.upb, marisol.current_payment, marisol.new_payment)
    assert (same.monthly_savings, same.total_interest_savings) == (marisol.monthly_savings, marisol.total_interest_savings)
    assert (same.closing_costs, same.net_savings) == (marisol.closing_costs, marisol.net_savings)
    assert same.break_even_months == marisol.break_even_months
    assert (long.payment, long.total_interest_savings) == (marisol.long_payment, marisol.long_interest_savings)


def test_both_scenarios_stand_beside_today(as_user, marisol, olivia):
    answer = as_user(olivia).get(page_of(marisol))
    for amount in (marisol.current_payment, marisol.new_payment, marisol.long_payment):
        assertContains(answer, f"<td>${amount:,.2f}</td>")
    assertContains(answer, f'<span class="less">${marisol.monthly_savings:,.2f} less</span>')
    assertContains(answer, "Principal and interest only")
    assertContains(answer, "6.23% is an average, never an offer (Freddie Mac PMMS, Apr 24, 2026).")


def test_interest_that_rises_is_said_in_the_head_and_below(as_user, lend, olivia):
    row = lend(
        olivia, "T-1", note_rate=Decimal("6.875"), origination_date=date(2014, 4, 17), first_payment_date=date(2014, 6, 1)
    )
    assert row.long_interest_savings < 0
    answer = as_user(olivia).get(page_of(row))
    assertContains(answer, '<small class="more">Interest rises</small>')
    assertContains(answer, f'<span class="more">${-row.long_interest_savings:,.0f} more</span>')
    assertContains(answer, "on payment only")
    assertContains(answer, "months longer, not from the rate. Say so before anybody asks.")
    assertContains(answer, "lost</span>")


def test_every_rule_stands_there_with_inputs_and_what_would_change_it(as_user, marisol, olivia):
    answer = as_user(olivia).get(page_of(marisol))
    assertContains(answer, "11 passed, 1 unknown")
    assertContains(answer, "7.500 − 6.230 = 1.270, needs 0.625.")
    assertContains(answer, "Closes above 6.875%")
    assertContains(answer, "Worth acting")


def test_the_chart_has_the_three_lines(as_user, marisol, olivia):
    content = as_user(olivia).get(page_of(marisol)).content.decode()
    data = json.loads(content.split('<script id="chart-interest" type="application/json">')[1].split("</script>")[0])
    assert [series["name"] for series in data["series"]] == ["Today", "Same term", "New 30-year"]
    assert data["labels"][0] == "2026-04-24"
    assert data["labels"] == sorted(data["labels"])
    assert all(series["values"][-1] == 0 for series in data["series"])


def test_a_loan_longer_than_thirty_years_draws_forward_in_time(as_user, lend, olivia):
    row = lend(olivia, "T-1", term_months=480, origination_date=date(2026, 1, 17), first_payment_date=date(2026, 3, 1),
               early_payoff_until=date(2026, 2, 1))  # fmt: skip
    content = as_user(olivia).get(page_of(row)).content.decode()
    data = json.loads(content.split('<script id="chart-interest" type="application/json">')[1].split("</script>")[0])
    assert data["labels"] == sorted(set(data["labels"]))


def test_the_borrower_can_be_called_and_written_to(as_user, marisol, olivia):
    answer = as_user(olivia).get(page_of(marisol))
    assertContains(answer, 'href="tel:+13035550142"')
    assertContains(answer, "(303) 555-0142")
    assertContains(answer, 'value="marisol@example.com"')
    Borrower.objects.update(do_not_call=True)
    answer = as_user(olivia).get(page_of(marisol))
    assertNotContains(answer, "tel:")
    assertContains(answer, "do not call")


def test_a_row_without_figures_says_what_is_missing(as_user, lend, olivia):
    row = lend(olivia, "T-1", amortization="arm")
    answer = as_user(olivia).get(page_of(row))
    assertContains(answer, "an adjustable rate needs its current rate and a reported balance")
    assertContains(answer, "A person must look before anything is sent")
    assertContains(answer, "Unknown")
    assertNotContains(answer, "chart-interest")


def test_a_stand_in_rate_is_said(as_user, lend, olivia):
    row = lend(olivia, "T-1", program="va")
    assertContains(as_user(olivia).get(page_of(row)), "No source has a rate for VA 30: the Conv 30 average stands in")


def test_a_loan_not_in_the_last_file_is_said(as_user, marisol, olivia):
    Loan.objects.update(not_in_last_file=True)
    assertContains(as_user(olivia).get(page_of(marisol)), "Not in the last complete file.")


def test_with_no_current_rate_the_last_figures_hold_and_say_so(as_user, marisol, olivia):
    with time_machine.travel(datetime(2026, 5, 20, 15, 0, tzinfo=UTC), tick=False):
        answer = as_user(olivia).get(page_of(marisol))
    assertContains(answer, "Figures as of Apr 24, 2026; nothing new opens")
    assertContains(answer, f"<td>${marisol.new_payment:,.2f}</td>")


def test_a_name_is_text_and_never_markup(as_user, lend, olivia):
    row = lend(olivia, "T-1", name=("<script>alert(1)</script>", "Vega"))
    for address in (page_of(row), "/queue/", "/loans/T-1/", reverse("loans:archive", args=[row.pk])):
        assertNotContains(as_user(olivia).get(address), "<script>alert")
    done = as_user(olivia).post(reverse("loans:archive", args=[row.pk]), {"reason": "selling"}, follow=True)
    assertNotContains(done, "<script>alert")


def test_other_loans_of_the_borrower_are_judged_and_those_of_others_not_hinted_at(as_user, lend, olivia, carl, ada):
    row = lend(olivia, "T-1", email="m@example.com")
    make_loan(
        "T-2", email="m@example.com", officer=olivia, branch=olivia.branch, note_rate=Decimal("6.500"), occupancy="investment"
    )
    make_loan("T-3", email="m@example.com", officer=carl, branch=carl.branch)
    answer = as_user(olivia).get(page_of(row))
    assertContains(answer, "(Conv 30, 6.500%, rental), is")
    assertContains(answer, "6.500 − 6.230 = 0.270, needs 0.625. It opens at 5.875%.")
    assertNotContains(answer, "T-3")
    assertContains(as_user(ada).get(page_of(row)), "T-3")


def test_the_page_asks_as_many_queries_in_a_large_book_as_in_a_small_one(
    as_user, marisol, olivia, django_assert_max_num_queries
):
    browser = as_user(olivia)
    browser.get(page_of(marisol))
    with django_assert_max_num_queries(36) as few:
        browser.get(page_of(marisol))
    for number in range(20):
        make_loan(f"B-{number}", officer=olivia, branch=olivia.branch)
    matching.run(AS_OF)
    for number in range(20):
        acting.note(marisol, text=f"Note {number}", by=olivia)
    with django_assert_max_num_queries(len(few)):
        browser.get(page_of(marisol))


# Its place in the queue


def test_previous_and_next_follow_the_filtered_order(as_user, lend, olivia):
    rows = [
        lend(olivia, f"T-{n}", original_amount=600_000 - n * 10_000, program="fha" if n % 2 else "conventional")
        for n in range(5)
    ]
    answer = as_user(olivia).get(page_of(rows[2]), {"program": "conventional"})
    assertContains(answer, "2 of 3")
    assertContains(answer, f'rel="prev" href="{page_of(rows[0])}?program=conventional"')
    assertContains(answer, f'rel="next" href="{page_of(rows[4])}?program=conventional"')
    assertNotContains(as_user(olivia).get(page_of(rows[0])), 'rel="prev"')


def test_a_row_that_has_left_the_queue_still_leads_on(as_user, lend, olivia):
    rows = [lend(olivia, f"T-{n}", original_amount=600_000 - n * 10_000) for n in range(3)]
    acting.archive(rows[1], reason="selling", by=olivia, today=AS_OF)
    answer = as_user(olivia).get(page_of(rows[1]))
    assertNotContains(answer, " of 2</span>")
    assertContains(answer, f'rel="next" href="{page_of(rows[2])}"')


def test_the_detail_of_a_row_has_both_scenarios_and_every_rule(as_user, marisol, olivia):
    address = reverse("loans:why", args=[marisol.pk])
    answer = as_user(olivia).get(address, headers={"HX-Request": "true"})
    assertContains(answer, f"<strong>${marisol.new_payment:,.2f}</strong>")
    assertContains(answer, f"<strong>${marisol.long_payment:,.2f}</strong>")
    assertContains(answer, 'class="chip"', count=12)
    assertRedirects(as_user(olivia).get(address), page_of(marisol))


# Acts


def test_archiving_needs_a_reason_and_can_be_undone(as_user, marisol, olivia):
    browser, address = as_user(olivia), reverse("loans:archive", args=[marisol.pk])
    assertContains(browser.get(address), "Never contact about refinancing")
    refused = browser.post(address, {"reason": "x"})
    assert refused.status_code == 422
    assert Opportunity.objects.get().status == "new"
    done = browser.post(address, {"reason": "selling", "text": "Lists in May"}, follow=True)
    assertContains(done, "Marisol Vega is archived.")
    assertContains(done, "Apr 24, 2026, selling the home")
    assertContains(done, "Lists in May")
    assertContains(done, "Reopen")
    assertNotContains(done, 'tel:+13035550142" data-key')
    undo = re.search(r'<form class="undo" method="post" action="([^"]+)"', done.content.decode())[1]
    assertContains(browser.post(undo, follow=True), "Marisol Vega is back in the queue.")
    assert Opportunity.objects.get().status == "new"


@pytest.mark.parametrize("day", ["2026-04-24", "2026-04-23", "2027-04-25", "soon", ""])
def test_a_snooze_lasts_from_tomorrow_to_a_year(as_user, marisol, olivia, day):
    answer = as_user(olivia).post(reverse("loans:snooze", args=[marisol.pk]), {"until": day}, follow=True)
    assert answer.status_code in (200, 422)
    assert Opportunity.objects.get().status == "new"
    assert b"Choose a day from tomorrow to a year ahead." in answer.content or answer.status_code == 422


def test_a_snoozed_one_says_until_when_and_comes_back(as_user, marisol, olivia):
    browser = as_user(olivia)
    done = browser.post(reverse("loans:snooze", args=[marisol.pk]), {"until": "2026-05-24"}, follow=True)
    assertContains(done, "until May 24, 2026")
    assertContains(done, "Bring back")
    assertNotContains(done, reverse("loans:archive", args=[marisol.pk]))
    assertContains(browser.post(reverse("loans:bring_back", args=[marisol.pk]), follow=True), "is back in the queue.")
    assert Opportunity.objects.get().status == "new"


def test_undo_brings_it_back_as_it_was(as_user, marisol, olivia):
    Opportunity.objects.update(status=OpportunityStatus.ENGAGED)
    for act, data in (("archive", {"reason": "not_now"}), ("snooze", {"until": "2026-05-24"})):
        as_user(olivia).post(reverse(f"loans:{act}", args=[marisol.pk]), data)
        as_user(olivia).post(reverse("loans:bring_back", args=[marisol.pk]))
        assert Opportunity.objects.get().status == "engaged"


def test_an_act_that_does_not_fit_any_more_is_a_sentence(as_user, marisol, olivia):
    Opportunity.objects.update(status=OpportunityStatus.EXPIRED, closed_on=AS_OF)
    answer = as_user(olivia).post(reverse("loans:archive", args=[marisol.pk]), {"reason": "selling"}, follow=True)
    assertContains(answer, "This opportunity is expired now.")
    assert Opportunity.objects.get().status == "expired"


def test_a_note_is_kept_with_who_and_when(as_user, marisol, olivia):
    address = reverse("loans:note", args=[marisol.pk])
    assertContains(
        as_user(olivia).post(address, {"text": "Asked <b>about</b> costs."}, follow=True), "Asked &lt;b&gt;about&lt;/b&gt;"
    )
    event = OpportunityEvent.objects.get(kind="note")
    assert (event.by, event.text, event.at) == (olivia, "Asked <b>about</b> costs.", timezone.now())
    for text in ("", "   ", "x" * 2001):
        assertContains(as_user(olivia).post(address, {"text": text}, follow=True), "notice-bad")
    assert OpportunityEvent.objects.filter(kind="note").count() == 1


@pytest.mark.parametrize("act", ["bring_back", "note"])
def test_acts_are_posts(as_user, marisol, olivia, act):
    assert as_user(olivia).get(reverse(f"loans:{act}", args=[marisol.pk])).status_code == 405


def test_the_way_back_keeps_the_filters_and_nothing_else(as_user, marisol, olivia):
    address = reverse("loans:archive", args=[marisol.pk]) + "?program=conventional&next=//evil.example"
    done = as_user(olivia).post(address, {"reason": "selling"})
    assert done.url == f"{page_of(marisol)}?program=conventional"


# A loan in or out of the queue


def test_a_loan_that_is_out_says_by_which_rule_and_when_it_opens(as_user, lend, olivia):
    assert lend(olivia, "T-1", note_rate=Decimal("6.500")) is None
    answer = as_user(olivia).get("/loans/T-1/")
    assertContains(answer, "Not eligible")
    assertContains(answer, "6.500 − 6.230 = 0.270, needs 0.625. Opens at 5.875%.")
    assertContains(answer, "10 passed, 1 failed, 1 unknown")
    assertNotContains(answer, "Add note")


def test_a_loan_in_the_queue_leads_to_its_opportunity(as_user, marisol, olivia):
    answer = as_user(olivia).get("/loans/T-1/")
    assertContains(answer, page_of(marisol))
    assertContains(answer, "Open in the queue")


def test_a_loan_whose_number_has_a_slash_has_a_page(as_user, market, olivia):
    make_loan("A/7 b", officer=olivia, branch=olivia.branch)
    assert as_user(olivia).get(reverse("loans:loan", args=["A/7 b"])).status_code == 200


def test_poison_rows_render(as_user, market, olivia):
    rows = {
        "P-1": {"original_amount": None, "upb": Decimal("0.01"), "upb_as_of": AS_OF},
        "P-2": {"term_months": 1},
        "P-3": {"interest_only": True},
        "P-4": {"note_rate": Decimal("24.999")},
        "P-5": {"upb": Decimal("9000000.00"), "upb_as_of": AS_OF},
        "P-6": {"amortization": "arm", "original_amount": Decimal("0.01")},
        "P-7": {"first_payment_date": date(2090, 1, 1), "origination_date": date(2089, 11, 1)},
    }
    for number, columns in rows.items():
        make_loan(number, officer=olivia, branch=olivia.branch, **columns)
    matching.run(AS_OF)
    for number in rows:
        assert as_user(olivia).get(f"/loans/{number}/").status_code == 200
    for row in Opportunity.objects.all():
        assert as_user(olivia).get(page_of(row)).status_code == 200
    assert as_user(olivia).get("/queue/").status_code == 200


def test_a_15_year_whose_payment_rises_says_plainly_what_repays_its_costs(as_user, lend, olivia):
    row = lend(olivia, "T-1")
    text = " ".join(re.sub(r"<[^>]+>", "", as_user(olivia).get(page_of(row)).content.decode()).split())
    found = re.search(r"15-year, 5\.580%, 180 months: .*? more a month, .*? less interest\. (.*?\.) ", text)
    assert found is not None
    assert found[1] == (
        f"The payment does not fall, so it does not repay the costs of ${row.closing_costs:,.0f}; the interest saved does."
    )
    assert "never out of" not in text


def test_a_target_whose_payment_falls_says_when_its_costs_are_repaid(as_user, lend, olivia):
    row = lend(olivia, "T-1", program="fha", ltv=Decimal("96.500"), property_value=Decimal(600_000))
    text = " ".join(re.sub(r"<[^>]+>", "", as_user(olivia).get(page_of(row)).content.decode()).split())
    said = text.partition("Conventional, 6.230%, ")[2].partition(" No mortgage")[0]
    assert re.search(r"less a month, .*? less interest\. Its costs of \$6,\d{3} are repaid in \d+ months\.\Z", said)
    assert "does not fall" not in said


def test_a_loan_with_nobody_on_it_renders(as_user, marisol, olivia):
    Borrower.objects.all().delete()
    assertContains(as_user(olivia).get(page_of(marisol)), "The file names nobody on this loan.")
    assertContains(as_user(olivia).get("/queue/"), ">T-1</a>")


def test_a_better_market_tomorrow_shows_tomorrows_figures(as_user, marisol, olivia):
    set_market(date(2026, 4, 30), conventional_30="6.000", conventional_15="5.500")
    with time_machine.travel(datetime(2026, 5, 1, 15, 0, tzinfo=UTC), tick=False):
        assertContains(as_user(olivia).get(page_of(marisol)), "1.500 points above")
