"""The hot list: by engagement, the newest act first, each with its reason."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import Engagement, Opportunity
from loans.services import progress
from outreach.queries import hot_list
from tests.loans.rows import set_market
from tests.outreach.desk_rows import replied
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
HOT = "/hot-list/"


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def rows(db, olivia, cora) -> dict[str, Opportunity]:
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    found = {name: worth_writing_to(olivia, f"T-{name}", name=(name, "Vega")) for name in ("Ana", "Bo", "Cy", "Di", "Eve")}
    progress.contacted(found["Di"].pk, at=FRIDAY)
    progress.noticed(found["Cy"].pk, Engagement.OPENED, at=FRIDAY)
    progress.noticed(found["Bo"].pk, Engagement.CLICKED, at=FRIDAY - timedelta(hours=1))
    progress.noticed(found["Eve"].pk, Engagement.CLICKED, at=FRIDAY)
    progress.engaged(found["Ana"].pk, Engagement.REPLIED, at=FRIDAY - timedelta(days=2))
    replied(found["Ana"], "What would costs be?", at=FRIDAY - timedelta(days=2))
    return found


def names(user, view=""):
    return [caller.name.split()[0] for caller in hot_list.callers(hot_list.rows(user, view), FRIDAY)]


def test_who_came_furthest_stands_first_and_of_those_the_newest(rows, olivia):
    assert names(olivia) == ["Ana", "Eve", "Bo", "Cy"]
    assert names(olivia, "replied") == ["Ana"]
    assert names(olivia, "clicked") == ["Eve", "Bo"]
    assert names(olivia, "opened") == ["Cy"]
    assert names(olivia, "sent") == ["Di"]
    assert hot_list.counts(olivia) == {"": 4, "replied": 1, "clicked": 2, "opened": 1, "sent": 1}


def test_each_says_why(as_user, rows, olivia):
    page = as_user(olivia).get(HOT)
    assertContains(page, "Replied Wed 10:30 AM:")
    assertContains(page, "“What would costs be?”")
    assertContains(page, "Looked at the estimate 10:30 AM")
    assertNotContains(page, "Di Vega")


def test_an_unknown_view_is_the_first(as_user, rows, olivia):
    assertContains(as_user(olivia).get(HOT, {"view": "zzz"}), "Ana Vega")


@pytest.mark.parametrize("who", ["oscar", "carl", "mona"])
def test_others_see_an_empty_list(request, as_user, rows, who):
    page = as_user(request.getfixturevalue(who)).get(HOT)
    assertContains(page, "Nobody has acted yet")
    assertNotContains(page, "Vega")


def test_more_rows_cost_no_more_queries(as_user, rows, olivia, django_assert_max_num_queries):
    officer = as_user(olivia)
    with django_assert_max_num_queries(14) as few:
        officer.get(HOT, {"view": "opened"})
    with django_assert_max_num_queries(len(few)):
        officer.get(HOT)
