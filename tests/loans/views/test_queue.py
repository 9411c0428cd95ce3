import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import MatchRun, Opportunity
from loans.queries import explaining, opportunities, ranking
from loans.services import acting, matching
from rates.models import Rate
from tests.loans.rows import AS_OF, make_loan, set_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, EXPORT = "/queue/", "/queue.csv"
ACTS = ("archive_many", "snooze_many", "bring_back_many")


def numbers(answer) -> list[str]:
    """The loan numbers on a page, from the top."""
    return re.findall(r'title="(T-[^"]+)"', answer.content.decode())


def exported(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


# Who sees what


def test_everybody_who_sees_the_loans_sees_the_queue(as_user, three, somebody):
    answer = as_user(somebody).get(PAGE)
    assert answer.status_code == 200
    assert numbers(answer) == ["T-B", "T-A", "T-C"]


def test_somebody_signed_out_is_asked_to_sign_in(client, three):
    assertRedirects(client.get(PAGE), f"{reverse('account_login')}?next={PAGE}")
    assert client.get(EXPORT).status_code == 302


def test_home_is_the_queue(as_user, olivia):
    assertRedirects(as_user(olivia).get("/"), PAGE)


def test_another_branch_sees_nothing_of_it(as_user, three, carl, mona):
    for stranger in (carl, mona):
        assert numbers(as_user(stranger).get(PAGE)) == []
        assert exported(as_user(stranger).get(EXPORT)) == []


def test_an_officer_has_no_filter_by_officer(as_user, three, olivia, oscar, ben, ada, carl):
    assertNotContains(as_user(olivia).get(PAGE), 'name="officer"')
    assertContains(as_user(ben).get(PAGE), 'name="officer"')
    assertNotContains(as_user(ben).get(PAGE), 'name="branch"')
    assertContains(as_user(ada).get(PAGE), 'name="branch"')


# What it says


def test_the_head_says_how_many_how_much_and_whose_market(as_user, three, olivia):
    answer = as_user(olivia).get(PAGE)
    total = sum(row.total_interest_savings for row in three)
    assertContains(answer, f"3 open, ${total:,.0f} of interest to be saved, market 6.23% / 5.58%")
    assertContains(answer, "(Freddie Mac PMMS, Apr 24)")
    assertContains(answer, "An average, never an offer.")


def test_a_row_shows_what_an_officer_calls_by(as_user, lend, olivia):
    """R24"""
    row = lend(olivia, "T-1", name=("Marisol", "Vega"))
    Opportunity.objects.update(last_contact_at=timezone.now() - timedelta(days=3))
    answer = as_user(olivia).get(PAGE)
    figures = (row.monthly_savings, row.total_interest_savings, row.upb)
    for words in ("Marisol Vega", "7.500", "6.23", "1.270", "est.", "Apr 21", "New", f"{row.break_even_months} mo"):
        assertContains(answer, words)
    for amount in figures:
        assertContains(answer, f"${amount:,.0f}")


def test_the_queue_ranks_by_total_interest(as_user, lend, olivia):
    """R26: at the same spread, 25 years left outrank 8 years left."""
    lend(
        olivia, "T-SHORT", origination_date=date(2004, 4, 17), first_payment_date=date(2004, 6, 1), upb=200_000, upb_as_of=AS_OF
    )
    lend(
        olivia, "T-LONG", origination_date=date(2021, 4, 17), first_payment_date=date(2021, 6, 1), upb=200_000, upb_as_of=AS_OF
    )
    assert numbers(as_user(olivia).get(PAGE)) == ["T-LONG", "T-SHORT"]


def test_a_proxy_is_marked(as_user, three, olivia):
    assertContains(as_user(olivia).get(PAGE), ">proxy</span>", count=1)


def test_a_row_without_figures_renders_and_ranks_last(as_user, lend, olivia):
    lend(olivia, "T-0ARM", amortization="arm")
    lend(olivia, "T-9")
    answer = as_user(olivia).get(PAGE)
    assert numbers(answer) == ["T-9", "T-0ARM"]
    assertContains(answer, "review")
    for order in opportunities.ORDERS:
        for name in (order, f"-{order}"):
            assert len(numbers(as_user(olivia).get(PAGE, {"order": name}))) == 2
            assert (
                order in ("rate", "opened", "last_contact", "score")
                or numbers(as_user(olivia).get(PAGE, {"order": name}))[1] == "T-0ARM"
            )


def test_each_row_says_whether_to_act_or_what_market_to_wait_for(as_user, three, olivia):
    answer = as_user(olivia).get(PAGE)
    assertContains(answer, '<span class="good strong">Act now</span>', count=2)
    assertContains(answer, '<span class="warn">Wait for 5.49</span>', count=1)
    Opportunity.objects.filter(pk=three[2].pk).update(net_savings=Decimal("-1.00"))
    answer = as_user(olivia).get(PAGE)
    assertNotContains(answer, "Wait for")
    assertContains(answer, '<span class="muted">Not worth its costs</span>', count=1)


def test_the_queue_the_page_of_an_opportunity_and_its_explanation_say_the_same(as_user, three, olivia):
    for row in three:
        explained = explaining.explain(row.loan, AS_OF).timing
        assert explained == opportunities.timing(row)
        assert explained.threshold_bp == row.optimal_bp


@pytest.mark.parametrize("net", [None, "-0.01", "0.00", "0.01"])
@pytest.mark.parametrize("bp", [None, 0.0, 126.0, 127.0, 128.0, 4e8])
def test_a_filter_finds_exactly_the_rows_of_its_verdict(lend, olivia, bp, net):
    lend(olivia, "T-1")
    Opportunity.objects.update(optimal_bp=bp, net_savings=net)
    row = opportunities.visible(olivia).get()
    said = opportunities.timing(row)
    found = {name for name, (_, rows) in opportunities.TIMINGS.items() if opportunities.visible(olivia).filter(rows).exists()}
    assert found == ({said.verdict.value} if said else set())


def test_a_small_book_says_that_a_list_may_do(as_user, three, olivia):
    """R32"""
    assertContains(as_user(olivia).get(PAGE), "The book has 3 loans. Under about 100")
    MatchRun.objects.update(loans=100)
    assertNotContains(as_user(olivia).get(PAGE), "Under about 100")


def test_a_stale_market_is_an_amber_line(as_user, three, olivia):
    Rate.objects.update(as_of=date(2026, 4, 2))
    run = MatchRun.objects.first()
    MatchRun.objects.update(rates={name: rate | {"as_of": "2026-04-02"} for name, rate in run.rates.items()})
    answer = as_user(olivia).get(PAGE)
    assertContains(answer, "No rate is current: the newest is of Apr 2, 2026.")
    assertContains(answer, "Figures as of Apr 24.")
    assert numbers(answer) == ["T-B", "T-A", "T-C"]


def test_a_held_run_is_told_to_those_who_can_release_it(as_user, three, olivia, ben, cora):
    MatchRun.objects.update(decision="waiting")
    assertContains(as_user(ben).get(PAGE), "far more than usual")
    for other in (olivia, cora):
        assertNotContains(as_user(other).get(PAGE), "far more than usual")


def test_the_sidebar_counts_what_the_reader_sees(as_user, three, lend, olivia, carl, ada):
    lend(carl, "T-X", note_rate=Decimal("6.500"))
    for reader, queue, portfolio in ((olivia, 3, 3), (carl, 0, 1), (ada, 3, 4)):
        answer = as_user(reader).get(reverse("loans:counts"), headers={"HX-Request": "true"})
        assertContains(answer, f"[data-count='queue']\">{queue}</span>")
        assertContains(answer, f"[data-count='portfolio']\">{portfolio}</span>")
    assertRedirects(as_user(ada).get(reverse("loans:counts")), PAGE)


# Views, filters, orders


def test_views_narrow_and_count(as_user, three, olivia):
    acting.snooze(three[0], until=AS_OF + timedelta(days=9), by=olivia, today=AS_OF)
    Opportunity.objects.filter(pk=three[1].pk).update(opened_on=date(2026, 4, 1), last_contact_at=timezone.now())
    found = {view: numbers(as_user(olivia).get(PAGE, {"view": view})) for view in opportunities.VIEWS}
    assert found == {
        "": ["T-B", "T-C"], "act_now": ["T-B"], "today": ["T-C"], "government": ["T-C"], "uncontacted": ["T-C"],
        "snoozed": ["T-A"],
    }  # fmt: skip
    page = as_user(olivia).get(PAGE).content.decode()
    counts = dict(re.findall(r'>([A-Z][\w, ]+) <span class="count">(\d+)', page))
    assert counts == {
        "All open": "2", "Worth acting on now": "1", "Opened today": "1", "FHA, VA and USDA": "1", "Not contacted": "1",
        "Snoozed": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"q": "bel"}, ["T-B"]),
        ({"q": "ana am"}, ["T-A"]),
        ({"q": "t-c"}, ["T-C"]),
        ({"q": "%"}, []),
        ({"spread": "1.270"}, ["T-B", "T-A"]),
        ({"spread": "1.271"}, []),
        ({"program": "fha"}, ["T-C"]),
        ({"program": "conventional"}, ["T-B", "T-A"]),
        ({"balance": "500000"}, ["T-B"]),
        ({"status": "engaged"}, []),
        ({"status": "new", "program": "fha"}, ["T-C"]),
        ({"order": "-total_interest"}, ["T-C", "T-A", "T-B"]),
        ({"order": "spread"}, ["T-A", "T-B", "T-C"]),
        ({"order": "balance"}, ["T-B", "T-A", "T-C"]),
        ({"timing": "act_now"}, ["T-B", "T-A"]),
        ({"timing": "wait"}, ["T-C"]),
        ({"timing": "not_in_the_money"}, []),
        ({"order": "timing"}, ["T-B", "T-A", "T-C"]),
        ({"order": "-timing"}, ["T-C", "T-A", "T-B"]),
    ],
)
def test_filters_and_orders_narrow_the_rows(as_user, three, olivia, wanted, found):
    assert numbers(as_user(olivia).get(PAGE, wanted)) == found


@pytest.mark.parametrize(
    "nonsense",
    [{"spread": "x"}, {"spread": "NaN"}, {"balance": "-1"}, {"balance": "1e400"}, {"program": "moon"}, {"status": "archived"},
     {"timing": "soon"},
     {"officer": "9" * 30}, {"view": "x"}, {"order": "loan__officer__password"}, {"page": "x"}, {"page": "999"}, {"q": "\x00"}],
)  # fmt: skip
def test_words_the_page_does_not_know_are_as_if_unsaid(as_user, three, olivia, nonsense):
    assert numbers(as_user(olivia).get(PAGE, nonsense)) == ["T-B", "T-A", "T-C"]


def test_a_manager_filters_by_officer(as_user, lend, olivia, oscar, ben, carl):
    lend(olivia, "T-1")
    lend(oscar, "T-2")
    lend(carl, "T-3")
    assert numbers(as_user(ben).get(PAGE, {"officer": oscar.pk})) == ["T-2"]
    # An officer whom the reader may not see is no filter at all.
    assert numbers(as_user(ben).get(PAGE, {"officer": carl.pk})) == ["T-1", "T-2"]


def test_htmx_gets_the_part_and_every_link_works_without(as_user, three, olivia):
    browser = as_user(olivia)
    part = browser.get(PAGE, {"program": "fha"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "T-C" in part
    back = browser.get(PAGE, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assertContains(back, "<html")
    full = browser.get(PAGE).content.decode()
    assert len(re.findall(r"<a [^>]*hx-get=", full)) == len(re.findall(r'<a [^>]*href="[^"]+"[^>]*hx-get=', full)) > 5


# Pages


@pytest.fixture
def many(market, olivia):
    for number in range(120):
        make_loan(f"T-{number:03}", officer=olivia, branch=olivia.branch, original_amount=500_000 - number * 1000)
    matching.run(AS_OF)


def test_the_rank_continues_across_pages(as_user, many, olivia):
    pages = [as_user(olivia).get(PAGE, {"page": page}) for page in (1, 2, 3)]
    assert [len(numbers(page)) for page in pages] == [50, 50, 20]
    assert [number for page in pages for number in numbers(page)] == [f"T-{number:03}" for number in range(120)]
    assertContains(pages[1], ">51</td>")
    assertContains(pages[2], "101 to 120 of 120")


def test_the_page_asks_as_many_queries_with_many_rows_as_with_few(as_user, many, somebody, django_assert_max_num_queries):
    browser = as_user(somebody)
    browser.get(PAGE)
    for wanted in (
        {},
        {"page": 2},
        {"q": "vega", "spread": "0.5"},
        {"view": "today", "order": "spread"},
        {"view": "act_now", "order": "timing"},
    ):
        with django_assert_max_num_queries(10):
            browser.get(PAGE, wanted)


def test_a_large_book_is_counted_once_a_minute_and_after_an_act_of_ones_own(as_user, three, olivia):
    MatchRun.objects.update(loans=60_000)
    browser = as_user(olivia)
    assertContains(browser.get(PAGE), "3 open")
    Opportunity.objects.filter(pk=three[0].pk).update(status="lost")
    assertContains(browser.get(PAGE), "3 open")
    browser.post(reverse("loans:archive_many"), {"pk": three[1].pk, "confirmed": 1, "reason": "selling"})
    assertContains(browser.get(PAGE), "1 open")


@pytest.mark.parametrize("order", [*opportunities.ORDERS, *(f"-{name}" for name in opportunities.ORDERS)])
def test_every_row_knows_its_place_in_every_order(three, lend, olivia, order):
    lend(olivia, "T-0ARM", amortization="arm")
    lend(olivia, "T-9ARM", amortization="arm")
    Opportunity.objects.filter(pk=three[1].pk).update(last_contact_at=timezone.now())
    lean = opportunities.in_view(olivia, "", AS_OF)
    ranked = list(opportunities.ordered(lean, order))
    assert len(ranked) == 5
    for at, row in enumerate(ranked):
        place = ranking.place(lean, order, row, count=len(ranked))
        assert (place.rank, place.count) == (at + 1, 5)
        assert place.previous == (ranked[at - 1] if at else None)
        assert place.next == (ranked[at + 1] if at < 4 else None)


# Nothing to show


def test_a_filter_that_finds_nothing_is_named_and_cleared(as_user, three, olivia):
    answer = as_user(olivia).get(PAGE, {"q": "nobody", "spread": "2", "balance": "100000", "program": "fha"})
    assertContains(answer, "matches “nobody”, spread at least 2.000, FHA, balance at least $100,000.")
    assertContains(answer, ">Clear</a>")


def test_nothing_clears_the_threshold(as_user, lend, olivia):
    assert lend(olivia, "T-1", note_rate=Decimal("6.500")) is None
    answer = as_user(olivia).get(PAGE)
    assertContains(answer, "Nothing clears 0.625 today.")
    assertContains(answer, "The highest note rate here is 6.500%.")


def test_without_loans_the_page_says_what_to_do_next(as_user, ada, olivia):
    assertContains(as_user(ada).get(PAGE), "No loans yet.")
    assertContains(as_user(ada).get(PAGE), "Import a portfolio")
    assertNotContains(as_user(olivia).get(PAGE), "Import a portfolio")


def test_without_rates_the_page_says_what_to_do_next(as_user, olivia):
    make_loan("T-1", officer=olivia, branch=olivia.branch)
    assertContains(as_user(olivia).get(PAGE), "No rates yet.")
    set_market()
    assertContains(as_user(olivia).get(PAGE), "The match has not run yet.")


# Export


def test_the_export_has_the_filtered_rows_in_order(as_user, three, olivia):
    assert [(row["rank"], row["loan_number"]) for row in exported(as_user(olivia).get(EXPORT))] == [
        ("1", "T-B"),
        ("2", "T-A"),
        ("3", "T-C"),
    ]
    filtered = exported(as_user(olivia).get(EXPORT, {"program": "fha"}))
    assert [(row["loan_number"], row["timing"], row["act_at_rate"]) for row in filtered] == [("T-C", "wait", "5.490")]


def test_the_ticked_rows_alone_are_exported_and_only_visible_ones(as_user, three, lend, olivia, carl):
    theirs = lend(carl, "T-X")
    answer = as_user(olivia).post(EXPORT, {"pk": [three[0].pk, theirs.pk, "x", "9" * 40]})
    assert [row["loan_number"] for row in exported(answer)] == ["T-A"]


def test_a_cell_that_a_spreadsheet_would_run_is_made_safe(as_user, lend, olivia):
    lend(olivia, "=1+1", name=("=cmd|' /C calc'!A0", "Vega"))
    row = exported(as_user(olivia).get(EXPORT))[0]
    assert row["loan_number"] == "'=1+1"
    assert row["borrower"].startswith("'=cmd")


# R29: the score


def test_a_row_shows_its_score_and_what_that_speaks_for(as_user, three, olivia):
    row = next(row for row in three if row.loan_number == "T-B")
    answer = as_user(olivia).get(PAGE)
    assertContains(answer, f'<span class="strong" title="Proactive outreach: the cut-off is 50">{row.score}</span>', html=True)
    assert exported(as_user(olivia).get(EXPORT))[0]["score"] == str(row.score)


def test_the_queue_narrows_to_those_to_reach_out_to_and_to_those_to_leave_to_the_messages(as_user, three, olivia):
    Opportunity.objects.filter(loan_number="T-C").update(score=Decimal("49.9"))
    Opportunity.objects.filter(loan_number="T-A").update(score=Decimal("50.0"))
    Opportunity.objects.filter(loan_number="T-B").update(score=None)
    browser = as_user(olivia)
    assert numbers(browser.get(PAGE, {"approach": "proactive"})) == ["T-A"]
    assert numbers(browser.get(PAGE, {"approach": "nurture"})) == ["T-C"]
    assert numbers(browser.get(PAGE, {"order": "score"})) == ["T-A", "T-C", "T-B"]
    assert numbers(browser.get(PAGE)) == ["T-B", "T-A", "T-C"]
    assertContains(browser.get(PAGE, {"approach": "proactive", "q": "nobody"}), "Proactive outreach")
