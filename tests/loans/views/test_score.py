"""The page of the score, changing its weights with a preview, and its parts on the page of an opportunity."""

from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.domain import fair_lending
from loans.models import Opportunity, ScoreWeights

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, EDIT, PREVIEW = "/settings/score/", "/settings/score/change/", "/settings/score/preview/"
WEIGHTS = {"savings": "20", "equity": "20", "age": "20", "engagement": "40", "cutoff": "30"}
ASKED = WEIGHTS | {"note": "Engagement tells more", "seen": ""}


@pytest.mark.parametrize(
    ("who", "looks", "changes"),
    [("olivia", 403, 403), ("pia", 403, 403), ("cora", 200, 403), ("ben", 200, 403), ("ada", 200, 200)],
)
def test_roles(as_user, request, three, who, looks, changes):
    client = as_user(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == looks
    assert [client.get(path).status_code for path in (EDIT, PREVIEW)] == [changes, changes]
    assert client.post(EDIT, ASKED).status_code == (302 if changes == 200 else 403)
    assert ScoreWeights.objects.filter(engagement=40).count() == (changes == 200)


@pytest.mark.parametrize(("who", "shown"), [("ben", False), ("cora", False), ("ada", True)])
def test_the_way_to_the_weights_is_shown_to_administrators_alone(as_user, request, db, who, shown):
    assert (EDIT in as_user(request.getfixturevalue(who)).get(PAGE).content.decode()) == shown


def test_somebody_signed_out_is_asked_to_sign_in(client, db):
    assert [client.get(path).status_code for path in (PAGE, EDIT, PREVIEW)] == [302] * 3
    assert client.post(EDIT, ASKED).status_code == 302
    assert not ScoreWeights.objects.exists()


def test_compliance_reads_what_decides_and_what_may_not(as_user, cora):
    """R104"""
    page = as_user(cora).get(PAGE)
    for words in ("Savings", "Equity", "Age of the loan", "Engagement", "proactive outreach", "Nobody has changed them yet."):
        assertContains(page, words)
    for one in fair_lending.BARRED:
        assertContains(page, one.attribute)
    assertContains(page, "conforming limit that the government publishes for the county")
    assertContains(page, "to find the other loans of the same borrower")
    assertNotContains(page, EDIT)


def test_saving_scores_the_queue_and_the_history_says_who_when_what_and_why(as_user, ada, three):
    before = dict(Opportunity.objects.values_list("pk", "score"))
    client = as_user(ada)
    assertRedirects(client.post(EDIT, ASKED), PAGE)
    page = client.get(PAGE)
    for words in ("Savings 50 → <strong>20</strong>", str(ada), "Engagement tells more", "The weights it starts with"):
        assertContains(page, words)
    # The moment of the first change is that of the change alone.
    assertContains(page, "Apr 24, 2026, 11:00 AM</td>", count=1)
    assertContains(page, '<td class="nowrap">From the start</td>', count=1, html=True)
    after = dict(Opportunity.objects.values_list("pk", "score"))
    assert all(after[pk] != before[pk] for pk in before)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"savings": "21"}, "The four weights are 100 together; these are 101."),
        ({"savings": "-1"}, "greater than or equal to 0"),
        ({"savings": "x"}, "Enter a whole number"),
        ({"cutoff": "0"}, "greater than or equal to 1"),
        ({"note": ""}, "This field is required"),
        ({"seen": "99"}, "Somebody has changed the weights meanwhile"),
    ],
)
def test_what_can_not_be_saved(as_user, ada, three, change, says):
    assertContains(as_user(ada).post(EDIT, ASKED | change), says, status_code=422)
    assert not ScoreWeights.objects.exists()


def test_the_preview_follows_what_is_typed_and_saves_nothing(as_user, ada, three):
    Opportunity.objects.filter(loan_number="T-C").update(engagement=5)
    client = as_user(ada)
    assertContains(client.get(EDIT), "Your first ten by score")
    preview = client.get(PREVIEW, {"savings": 0, "equity": 0, "age": 0, "engagement": 100, "cutoff": 50})
    rows = preview.content.decode().partition("<tbody>")[2]
    assert rows.index("Cy Cole") < rows.index("Ana Ames")
    assertContains(preview, "100.0")
    assertContains(preview, "<strong>1</strong> then")
    assertContains(client.get(PREVIEW, WEIGHTS | {"age": "21"}), "100 together; then the change shows here")
    assert not ScoreWeights.objects.exists()


def test_without_a_queue_the_preview_says_so(as_user, ada):
    assertContains(as_user(ada).get(EDIT), "Nothing is open in your queue")


def test_an_opportunity_says_how_its_score_is_made(as_user, olivia, three):
    row = three[0]
    page = as_user(olivia).get(f"/opportunities/{row.pk}/")
    for words in (
        f"{row.score} of 100",
        "Proactive outreach",
        "the cut-off is 50",
        "24 months since closing",
        "Not contacted yet",
    ):
        assertContains(page, words)
    assertContains(page, "The file has neither a value nor an LTV: no points.")
    Opportunity.objects.filter(pk=row.pk).update(score=Decimal("12.5"), engagement=0, total_interest_savings=None)
    assertContains(as_user(olivia).get(f"/opportunities/{row.pk}/"), "The interest it would save is not known: no points.")


def test_before_a_match_has_scored_it_the_page_shows_none(as_user, olivia, three):
    Opportunity.objects.update(score=None)
    assertNotContains(as_user(olivia).get(f"/opportunities/{three[0].pk}/"), 'id="score"')
