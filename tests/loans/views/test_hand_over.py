import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Access
from loans.models import Loan, OpportunityEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]


@pytest.fixture
def loans(lend, olivia, carl):
    """Two of Olivia, one with an open opportunity more than the other; one of Carl."""
    lend(olivia, "T-1")
    lend(olivia, "T-2", note_rate=6)
    lend(carl, "T-3")


def page(person) -> str:
    return f"/people/{person.pk}/hand-over/"


def owners() -> dict[str, str]:
    return {loan.loan_number: str(loan.officer or "") for loan in Loan.objects.select_related("officer")}


@pytest.mark.parametrize(
    ("who", "status"), [("olivia", 403), ("pia", 403), ("cora", 403), ("mona", 404), ("ben", 200), ("ada", 200)]
)
def test_roles(as_user, request, loans, olivia, oscar, who, status):
    client = as_user(request.getfixturevalue(who))
    assert client.get(page(olivia)).status_code == status
    assert client.post(page(olivia), {"to": oscar.pk}).status_code == (302 if status == 200 else status)
    assert (owners()["T-1"] == "Oscar Lind") == (status == 200)


def test_somebody_signed_out_is_asked_to_sign_in(client, loans, olivia, oscar):
    assert client.post(page(olivia), {"to": oscar.pk}).status_code == 302
    assert owners()["T-1"] == "Olivia Hart"


def test_the_page_says_how_much_moves(as_user, ada, loans, olivia, oscar):
    answer = as_user(ada).get(page(olivia))
    assert (answer.context["moves"].loans, answer.context["moves"].open_opportunities) == (2, 1)
    assertContains(answer, "Hand over 2 loans")
    assertContains(answer, "Oscar Lind, Denver")


def test_loans_go_with_their_opportunities(as_user, ada, loans, olivia, carl, oscar):
    answer = as_user(ada).post(page(olivia), {"to": oscar.pk}, follow=True)
    assertRedirects(answer, f"/people/{olivia.pk}/")
    assertContains(answer, "2 loans went to Oscar Lind.")
    assert owners() == {"T-1": "Oscar Lind", "T-2": "Oscar Lind", "T-3": "Carl Reyes"}
    assert OpportunityEvent.objects.filter(kind="reassigned", by=ada).count() == 1
    olivia.refresh_from_db()
    assert olivia.is_active


def test_loans_can_go_to_the_branch_manager(as_user, ben, loans, olivia):
    as_user(ben).post(page(olivia), {"to": "manager"})
    assert owners() == {"T-1": "", "T-2": "", "T-3": "Carl Reyes"}
    assert as_user(ben).get("/portfolio/").context["found"].count == 2


def test_access_can_end_with_it(as_user, ada, loans, olivia, oscar):
    theirs = as_user(olivia)
    assertContains(as_user(ada).post(page(olivia), {"to": oscar.pk, "deactivate": "on"}, follow=True), "can no longer sign in")
    olivia.refresh_from_db()
    assert olivia.access == Access.LEFT
    assert theirs.get("/portfolio/").status_code == 302


def test_a_manager_can_not_end_access(as_user, ben, loans, olivia, oscar):
    assertNotContains(as_user(ben).get(page(olivia)), "deactivate")
    as_user(ben).post(page(olivia), {"to": oscar.pk, "deactivate": "on"})
    olivia.refresh_from_db()
    assert olivia.is_active


@pytest.mark.parametrize("to", ["", "carl", "olivia", "pia", "999999", "x"])
def test_only_active_colleagues_take_them(as_user, request, ben, loans, olivia, to):
    somebody = request.getfixturevalue(to).pk if to in {"carl", "olivia", "pia"} else to
    assert as_user(ben).post(page(olivia), {"to": somebody}).status_code == 422
    assert owners()["T-1"] == "Olivia Hart"


def test_nobody_hands_over_to_somebody_who_left(as_user, ada, loans, olivia, oscar):
    oscar.is_active = False
    oscar.save()
    assert as_user(ada).post(page(olivia), {"to": oscar.pk}).status_code == 422
    assert owners()["T-1"] == "Olivia Hart"


def test_the_person_page_leads_here_for_those_who_may(as_user, ada, ben, cora, olivia):
    for somebody, there in ((ada, True), (ben, True), (cora, False)):
        assert (page(olivia) in as_user(somebody).get(f"/people/{olivia.pk}/").content.decode()) == there
