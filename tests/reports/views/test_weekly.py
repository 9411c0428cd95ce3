"""The page, its lists and its CSV."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django.asserts import assertContains

from accounts.models import Branch, Lender
from outreach.models import Sequence
from tests.loans.rows import set_market
from tests.reports import rows
from tests.reports.rows import MONDAY, PREPARED, WEDNESDAY, WEEK

pytestmark = pytest.mark.django_db
PAGE = "/reports/weekly/"
CSV = "/reports/weekly.csv"


@pytest.fixture(autouse=True)
def _monday_morning(db):
    Lender.objects.update_or_create(pk=1, defaults={"name": "Harbor Pine", "time_zone": "America/Denver"})
    with time_machine.travel(PREPARED + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture
def month(olivia, oscar, carl):
    """Four weeks of three officers: the same each week, one more in the newest."""
    of = rows.sequence()
    for back in range(4):
        for officer in (olivia, oscar, carl):
            row = rows.opened(officer, MONDAY - back * WEEK)
            touch = rows.sent(row, WEDNESDAY - back * WEEK, run=rows.enrolled(row, of, WEDNESDAY - back * WEEK))
            rows.told(touch, "clicked", confirmed=True)
            rows.replied(row, WEDNESDAY - back * WEEK, handled_at=WEDNESDAY - back * WEEK + timedelta(minutes=4))
    return rows.opened(olivia)


def text(response):
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def numbers(response):
    """The first row of the funnel: number by stage, with the address of its list."""
    row = re.search(r'<tr class="large">(.*?)</tr>', response.content.decode(), re.S)[1]
    cells = re.findall(r"<td>(.*?)</td>", row, re.S)
    return [(re.sub(r"<[^>]+>", "", cell).strip(), (re.search(r'href="([^"]+)"', cell) or [None, ""])[1]) for cell in cells]


def test_the_page_says_the_week_the_numbers_and_what_changed(as_user, ben, month):
    page = as_user(ben).get(PAGE)
    said = text(page)
    assert "Monday 20 to Sunday 26 April 2026 · Denver · prepared Monday 27 April, 7:00 AM MDT" in said
    assert [number for number, _ in numbers(page)] == ["3", "2", "2", "2", "2", "0", "0", "0"]
    assert "Three loans crossed the threshold, against 2 the week before." in said
    assert "Two messages went out, against 2." in said
    assert "No mail server is set up, so the report is not mailed." in said
    assert "2 of 3" in said
    assert "too few to say" in said
    assert "4 min" in said
    assert "Too many people opted out" not in said
    assert "Carl Reyes" not in said


def test_it_is_narrowed_to_one_of_the_thresholds_that_loans_were_held_against(as_user, ben, olivia, month):
    rows.opened(olivia, threshold=Decimal("0.875"))
    page = as_user(ben).get(PAGE, {"threshold": "0.875"})
    assertContains(page, '<option value="0.875" selected>Threshold 0.875</option>', html=True)
    assertContains(page, '<option value="0.625">Threshold 0.625</option>', html=True)
    assert [number for number, _ in numbers(page)][:2] == ["1", "0"]


def test_each_number_opens_as_many_rows(as_user, ben, month):
    client = as_user(ben)
    page = client.get(PAGE).content.decode()
    links = re.findall(r'<a href="(/reports/weekly/rows/[^"]+)">([\d,]+)(?: of \d+)?</a>', page)
    assert len(links) > 40
    for address, number in links:
        listed = client.get(address.replace("&amp;", "&"))
        assert listed.context["page"].paginator.count == int(number.replace(",", "")), address


def test_an_officer_sees_the_own_rows_and_no_others_name(as_user, olivia, oscar, month):
    page = as_user(olivia).get(PAGE)
    assert [number for number, _ in numbers(page)][:2] == ["2", "1"]
    assert oscar.name not in text(page)
    assert "By officer, this week" not in text(page)
    asked = as_user(olivia).get(f"{PAGE}?officer={oscar.pk}")
    assert {number for number, _ in numbers(asked)} == {"0"}


def test_carls_branch_does_not_see_denver(as_user, mona, ben, month):
    client = as_user(mona)
    assert [number for number, _ in numbers(client.get(PAGE))][:2] == ["1", "1"]
    for path in (PAGE, CSV, f"{PAGE}rows/identified/"):
        other = client.get(f"{path}?branch={ben.branch_id}")
        assert other.status_code == 404
        assert month.loan_number not in other.content.decode()
    asked = client.get(f"{PAGE}?officer={ben.pk}")
    assert {number for number, _ in numbers(asked)} == {"0"}
    assert "Denver" not in text(asked)
    assert ben.name not in text(asked)


def test_compliance_and_administrators_see_every_branch_and_choose_one(as_user, cora, ada, carl, month):
    for person in (cora, ada):
        client = as_user(person)
        assert "All branches" in text(client.get(PAGE))
        assert [number for number, _ in numbers(client.get(PAGE))][:2] == ["4", "3"]
        assert [number for number, _ in numbers(client.get(f"{PAGE}?branch={carl.branch_id}"))][:2] == ["1", "1"]
        assert "By branch, last 12 weeks" in text(client.get(PAGE))


@pytest.mark.parametrize("path", [PAGE, CSV, f"{PAGE}rows/sent/"])
def test_a_processor_may_not_and_a_stranger_is_asked_to_sign_in(as_user, client, pia, path):
    assert as_user(pia).get(path).status_code == 403
    assert client.get(path).status_code == 302
    assert as_user(pia).post(path).status_code == 403


def test_the_csv_says_what_the_page_says(as_user, ben, month):
    client = as_user(ben)
    page = [number for number, _ in numbers(client.get(PAGE))]
    lines = list(csv.DictReader(io.StringIO(b"".join(client.get(CSV).streaming_content).decode())))
    of_week = [line["value"] for line in lines if line["span"] == "week" and not line["by"]]
    assert of_week[: len(page)] == page
    assert {line["week"] for line in lines} == {"2026-W17"}
    assert {line["row"] for line in lines if line["by"] == "officer"} == {"Olivia Hart", "Oscar Lind"}


def test_the_file_carries_the_branch_that_is_meant(as_user, ben, olivia, ada, month):
    def name(who, query=""):
        return re.search(r'filename="([^"]+)"', as_user(who).get(f"{CSV}?{query}")["Content-Disposition"])[1]

    assert name(ben) == "weekly-2026-W17-denver.csv"
    assert name(ada, f"branch={ben.branch_id}") == "weekly-2026-W17-denver.csv"
    assert (name(ada), name(olivia)) == ("weekly-2026-W17.csv", "weekly-2026-W17.csv")
    Branch.objects.filter(pk=ben.branch_id).update(name='東京 "1"/x')
    assert name(ada, f"branch={ben.branch_id}") == "weekly-2026-W17-1x.csv"
    Branch.objects.filter(pk=ben.branch_id).update(name="東京")
    assert name(ada, f"branch={ben.branch_id}") == f"weekly-2026-W17-branch-{ben.branch_id}.csv"


def test_a_title_that_a_spreadsheet_would_run_is_made_safe(as_user, ben, month):
    Sequence.objects.update(title="=1+1")
    lines = b"".join(as_user(ben).get(CSV).streaming_content).decode()
    assert "'=1+1" in lines
    assert not re.search(r"(^|,)=1", lines)


def test_the_first_week_compares_with_nothing(as_user, ben, olivia):
    rows.opened(olivia)
    said = text(as_user(ben).get(PAGE))
    assert "One loan crossed the threshold. No message went out." in said
    assert "the week before." not in said
    assert re.search(r"Week before – – – – – – – –", said)


def test_a_desk_without_opportunities_says_so(as_user, ben):
    said = text(as_user(ben).get(PAGE))
    assert "Nothing to report yet. No loan crossed your threshold." in said
    assert "From opportunity to closed loan" not in said


def test_an_empty_week_says_that_the_rate_rose(as_user, ben, olivia):
    rows.opened(olivia, MONDAY - WEEK)
    set_market(date(2026, 4, 16), conventional_30="6.230")
    set_market(date(2026, 4, 23), conventional_30="6.460")
    said = text(as_user(ben).get(PAGE))
    assert "The 30-year average rose from 6.23% to 6.46%. No loan crossed your threshold. No message went out." in said
    assert "Opportunities follow the rate" in said
    assert "never an offer" in said


def test_too_many_opt_outs_raise_an_alarm_with_both_buttons(as_user, ben, olivia):
    of, calm = rows.sequence("3 in 5 days refinance"), rows.sequence()
    for n in range(40):
        row = rows.opened(olivia, MONDAY - WEEK)
        rows.sent(row, WEDNESDAY, run=rows.enrolled(row, of if n < 32 else calm), day=2)
        if n < 6:
            rows.opted_out(row, WEDNESDAY + timedelta(hours=1))
    client = as_user(ben)
    page = client.get(PAGE)
    assert "Too many people opted out of “3 in 5 days refinance”" in text(page)
    assert "Other sequences: 0 of 8." in text(page)
    assert "after day 2 e-mail" in text(page)
    link = re.search(r'href="([^"]+)">Read the 6 opt-outs', page.content.decode())[1].replace("&amp;", "&")
    assert client.get(link).context["page"].paginator.count == 6
    client.post(f"/sequences/{of.slug}/active/", {"active": "no"})
    assert Sequence.objects.get(pk=of.pk).active is False
    assert "Pause this sequence" in page.content.decode()


def test_who_may_not_edit_sequences_reads_the_alarm_without_the_button(as_user, olivia):
    of = rows.sequence()
    for _ in range(30):
        row = rows.opened(olivia, MONDAY)
        rows.sent(row, run=rows.enrolled(row, of))
        rows.opted_out(row, WEDNESDAY + timedelta(hours=1))
    page = as_user(olivia).get(PAGE).content.decode()
    assert "Read the 30 opt-outs" in page
    assert "Pause this sequence" not in page


@pytest.mark.parametrize(
    "query",
    ["week=2026-W99", "week=x", "officer=x", "band=77", "program=crypto", "threshold=x", "branch=-1", "officer=99999999999"],
)
def test_what_is_not_understood_is_as_if_it_were_not_asked(as_user, ben, month, query):
    assert [number for number, _ in numbers(as_user(ben).get(f"{PAGE}?{query}"))][:2] == ["3", "2"]


def test_a_week_to_come_is_the_present_one(as_user, ben, month):
    page = as_user(ben).get(f"{PAGE}?week=2030-W01")
    assert "Monday 27 April to Sunday 3 May 2026" in text(page)
    assert "so far, the week is not over" in text(page)
    assert "Week after" not in text(page)


def test_unknown_stages_are_not_found(as_user, ben):
    assert as_user(ben).get(f"{PAGE}rows/nonsense/").status_code == 404


def test_opportunities_without_an_officer_are_to_be_assigned(as_user, ben, olivia):
    rows.opened(None, branch=ben.branch)
    page = as_user(ben).get(PAGE)
    assert "Assign 1 opportunity without an officer." in text(page)
    link = re.search(r'href="([^"]+)">See them', page.content.decode())[1].replace("&amp;", "&")
    assert as_user(ben).get(link).context["page"].paginator.count == 1


def test_slow_answers_are_marked_and_waiting_ones_counted(as_user, ben, olivia, oscar):
    rows.replied(rows.opened(olivia), handled_at=WEDNESDAY + timedelta(minutes=160))
    rows.replied(rows.opened(oscar))
    said = text(as_user(ben).get(PAGE))
    assert "Answer for Olivia Hart or hand over. The median answer took 2 h 40 min. Inbox" in said
    assert "backup" not in said
    assert "Answer 1 reply." in said
    assert "not answered yet" in said
    assert "One reply of the week still waits for an answer." in said


def test_the_page_asks_as_much_of_the_database_however_many_rows(as_user, ben, month, olivia, django_assert_max_num_queries):
    client = as_user(ben)
    client.get(PAGE)
    with django_assert_max_num_queries(45) as first:
        client.get(PAGE)
    for n in range(10):
        rows.replied(rows.opened(olivia), WEDNESDAY + timedelta(minutes=n))
    with django_assert_max_num_queries(len(first)):
        client.get(PAGE)
