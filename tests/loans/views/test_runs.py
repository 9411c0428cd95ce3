from datetime import date, time
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import DailyCycle, MatchRun, Policy, RunDecision
from loans.services import matching
from tests.loans.rows import AS_OF, make_loan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]


@pytest.fixture
def run(market, olivia, oscar, carl) -> MatchRun:
    """A live run: two opened for Olivia, one for Denver's manager, one for Carl."""
    for officer, branch in ((olivia, olivia.branch), (olivia, olivia.branch), (None, olivia.branch), (carl, carl.branch)):
        make_loan(officer=officer, branch=branch)
    make_loan(officer=oscar, branch=oscar.branch, note_rate=Decimal("6.000"))
    matching.run(AS_OF)
    return MatchRun.objects.get()


@pytest.fixture
def held(run) -> MatchRun:
    run.decision = RunDecision.WAITING
    run.save()
    return run


@pytest.mark.parametrize(("who", "looks"), [("olivia", 403), ("pia", 403), ("ben", 200), ("cora", 200), ("ada", 200)])
def test_who_may_look(as_user, request, run, who, looks):
    client = as_user(request.getfixturevalue(who))
    assert [client.get(path).status_code for path in ("/runs/", f"/runs/{run.pk}/")] == [looks, looks]


def test_somebody_signed_out_is_asked_to_sign_in(client, run):
    for path in ("/runs/", f"/runs/{run.pk}/", f"/runs/{run.pk}/decide/"):
        assert client.get(path).status_code == 302


def test_a_run_that_is_not_there(as_user, ada):
    client = as_user(ada)
    assert client.get("/runs/77/").status_code == 404
    assert client.post("/runs/77/decide/", {"decision": "release"}).status_code == 404


def test_a_run_shows_what_came_of_it(as_user, ada, run):
    page = as_user(ada).get(f"/runs/{run.pk}/")
    assert page.context["opened_for"] == [
        {"branch": "Denver", "officer": "Olivia Hart", "count": 2},
        {"branch": "Denver", "officer": "", "count": 1},
        {"branch": "Tampa", "officer": "Carl Reyes", "count": 1},
    ]
    assert (page.context["excluded"][0].label, page.context["excluded"][0].count) == ("Spread", 1)
    first = page.context["rates"][0]
    assert (first.label, first.rate, first.as_of, first.proxy) == ("Conv 30", Decimal("6.230"), AS_OF, False)
    assertContains(page, "Live: what it opened may be contacted.")
    assertContains(page, "0.625, jumbo 0.875")


def test_a_manager_sees_only_the_own_branch_of_it(as_user, mona, run):
    page = as_user(mona).get(f"/runs/{run.pk}/")
    assert page.context["opened_for"] == [{"branch": "Tampa", "officer": "Carl Reyes", "count": 1}]
    assertNotContains(page, "Olivia")


def test_states_in_the_list(as_user, ada, run):
    policy = Policy.objects.get()
    for decision, live in ((RunDecision.WAITING, True), (RunDecision.DISMISSED, True), (RunDecision.NONE, False)):
        MatchRun.objects.create(as_of=date(2026, 4, 1), policy=policy, decision=decision, live=live)
    page = as_user(ada).get("/runs/")
    for word in ("Live", "Held", "Dismissed", "Not live"):
        assertContains(page, f"</span>{word}</span>")


def test_an_empty_list(as_user, ada):
    assertContains(as_user(ada).get("/runs/"), "Nothing has been matched yet.")


def test_the_list_costs_the_same_for_many(as_user, ada, run, django_assert_max_num_queries):
    MatchRun.objects.bulk_create(MatchRun(as_of=date(2026, 4, 1), policy=run.policy) for _ in range(30))
    client = as_user(ada)
    with django_assert_max_num_queries(8):
        assertContains(client.get("/runs/"), "1 to 25 of 31")


# Deciding


@pytest.mark.parametrize("who", ["olivia", "pia", "cora"])
def test_others_may_not_decide_or_match(as_user, request, held, who):
    client = as_user(request.getfixturevalue(who))
    for decision in ("release", "dismiss"):
        assert client.post(f"/runs/{held.pk}/decide/", {"decision": decision}).status_code == 403
    assert client.post("/runs/match/").status_code == 403
    held.refresh_from_db()
    assert (held.decision, held.decided_by) == (RunDecision.WAITING, None)


@pytest.mark.parametrize(
    ("who", "decision", "becomes"),
    [("ben", "release", RunDecision.RELEASED), ("ada", "dismiss", RunDecision.DISMISSED)],
)
def test_a_held_run_is_decided_once(as_user, request, held, ada, who, decision, becomes):
    somebody = request.getfixturevalue(who)
    client = as_user(somebody)
    asked = client.get(f"/runs/{held.pk}/decide/", {"decision": decision})
    assertContains(asked, "be taken back")
    held.refresh_from_db()
    assert held.decision == RunDecision.WAITING
    assertRedirects(client.post(f"/runs/{held.pk}/decide/", {"decision": decision}), f"/runs/{held.pk}/")
    held.refresh_from_db()
    decided = (held.decision, held.decided_by, held.decided_at)
    assert decided[:2] == (becomes, somebody)
    other = {"release": "dismiss", "dismiss": "release"}[decision]
    again = as_user(ada).post(f"/runs/{held.pk}/decide/", {"decision": other}, follow=True)
    assertContains(again, "Somebody decided about this run already.")
    held.refresh_from_db()
    assert (held.decision, held.decided_by, held.decided_at) == decided
    assertContains(as_user(ada).get(f"/runs/{held.pk}/"), f"{held.get_decision_display()} by {somebody}")


def test_a_run_that_is_not_held_can_not_be_decided(as_user, ada, run):
    client = as_user(ada)
    client.post(f"/runs/{run.pk}/decide/", {"decision": "release"})
    run.refresh_from_db()
    assert run.decision == RunDecision.NONE
    assertContains(client.get(f"/runs/{run.pk}/decide/", {"decision": "release"}), "does not wait for a decision")


@pytest.mark.parametrize("words", [{}, {"decision": "maybe"}])
def test_a_decision_has_one_of_two_words(as_user, ada, held, words):
    assert as_user(ada).post(f"/runs/{held.pk}/decide/", words).status_code == 404
    assert as_user(ada).get(f"/runs/{held.pk}/decide/", words).status_code == 404


def test_matching_by_hand_needs_the_workers(as_user, ben, broker_down):
    client = as_user(ben)
    assert client.get("/runs/match/").status_code == 405
    assertContains(client.post("/runs/match/", follow=True), "Nothing was matched: the workers can&#x27;t be reached.")
    assert MatchRun.objects.count() == 0


def test_the_page_asks_until_a_newer_run_is_there(as_user, ben, run):
    client, again = as_user(ben), 'hx-trigger="every 2s"'
    assertContains(client.get("/runs/", {"after": run.pk}), again)
    matching.run(AS_OF)
    assertNotContains(client.get("/runs/", {"after": run.pk}, headers={"HX-Request": "true"}), again)
    assertNotContains(client.get("/runs/"), again)


def test_the_page_tells_what_the_clock_did_by_itself(as_user, ada, run) -> None:
    empty = as_user(ada).get(reverse("loans:runs")).content.decode()
    assert "The clock has not run yet" in empty
    started = timezone.now()
    DailyCycle.objects.create(day=date(2026, 4, 24), slot=time(10, 30), started_at=started)
    DailyCycle.objects.create(
        day=date(2026, 4, 24),
        slot=time(13),
        started_at=started,
        finished_at=started,
        rate_in=True,
        run=run,
        message="pmms: done",
    )
    page = as_user(ada).get(reverse("loans:runs")).content.decode()
    assert page.index("1:00 PM") < page.index("10:30 AM</td>")
    assert "Running, or broken off" in page
    assert "pmms: done" in page
