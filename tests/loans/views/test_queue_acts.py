import re
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Opportunity, OpportunityEvent, OpportunityStatus
from tests.loans.rows import AS_OF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, EXPORT = "/queue/", "/queue.csv"
ACTS = ("archive_many", "snooze_many", "bring_back_many")


def states() -> list[str]:
    return list(Opportunity.objects.order_by("loan_number").values_list("status", flat=True))


def test_archiving_asks_why_and_can_be_undone(as_user, three, olivia):
    browser, pks = as_user(olivia), [three[0].pk, three[1].pk]
    asked = browser.post(reverse("loans:archive_many"), {"pk": pks})
    assertContains(asked, "Archive 2 opportunities")
    assertContains(asked, "Ana Ames, Bo Bell")
    assert states() == ["new"] * 3
    done = browser.post(reverse("loans:archive_many"), {"pk": pks, "confirmed": 1, "reason": "selling"}, follow=True)
    assertRedirects(done, PAGE)
    assertContains(done, "2 are archived.")
    assert states() == ["archived", "archived", "new"]
    undo = re.search(r'<form class="undo" method="post" action="([^"]+)"', done.content.decode())[1]
    back = browser.post(undo, {"pk": pks}, follow=True)
    assertContains(back, "2 are back in the queue.")
    assert states() == ["new"] * 3


def test_snoozing_needs_a_day_within_a_year(as_user, three, olivia):
    browser, address = as_user(olivia), reverse("loans:snooze_many")
    assertContains(browser.post(address, {"pk": three[0].pk}), "Bring it back on")
    for day in (AS_OF, AS_OF + timedelta(days=366), "never", ""):
        browser.post(address, {"pk": three[0].pk, "confirmed": 1, "until": day})
        assert states() == ["new"] * 3
    assert browser.post(address, {"pk": three[0].pk, "confirmed": 1, "until": "never"}).status_code == 422
    browser.post(address, {"pk": three[0].pk, "confirmed": 1, "until": AS_OF + timedelta(days=365)})
    assert states() == ["snoozed", "new", "new"]


def test_one_row_that_cannot_does_not_keep_the_others_back(as_user, three, olivia):
    Opportunity.objects.filter(pk=three[0].pk).update(status=OpportunityStatus.APPLICATION)
    data = {"pk": [row.pk for row in three], "confirmed": 1, "until": AS_OF + timedelta(days=7)}
    answer = as_user(olivia).post(reverse("loans:snooze_many"), data, follow=True)
    assertContains(answer, "2 are snoozed.")
    assertContains(answer, "T-A: This opportunity is application now.")
    assert states() == ["application", "snoozed", "snoozed"]


def test_the_dialog_gets_the_form_alone(as_user, three, olivia):
    answer = as_user(olivia).post(reverse("loans:archive_many"), {"pk": three[0].pk}, headers={"HX-Request": "true"})
    assertNotContains(answer, "<html")
    assertContains(answer, 'name="confirmed"')


def test_nothing_ticked_is_said(as_user, three, olivia):
    assertContains(as_user(olivia).post(reverse("loans:archive_many"), follow=True), "Select at least one row.")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["cora", "pia"])
def test_those_who_only_read_can_not_act(request, as_user, three, act, who):
    reader = request.getfixturevalue(who)
    data = {"pk": three[0].pk, "confirmed": 1, "reason": "selling", "until": AS_OF + timedelta(days=7)}
    assert as_user(reader).post(reverse(f"loans:{act}"), data).status_code == 403
    assert states() == ["new"] * 3
    assertNotContains(as_user(reader).get(PAGE), "archive/")


@pytest.mark.parametrize("act", ACTS)
def test_rows_of_others_are_left_alone(as_user, three, carl, act):
    before = OpportunityEvent.objects.count()
    data = {"pk": three[0].pk, "confirmed": 1, "reason": "selling", "until": AS_OF + timedelta(days=7)}
    as_user(carl).post(reverse(f"loans:{act}"), data)
    assert states() == ["new"] * 3
    assert OpportunityEvent.objects.count() == before


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posts(as_user, three, olivia, act):
    assert as_user(olivia).get(reverse(f"loans:{act}")).status_code == 405


def test_the_way_back_keeps_the_filters(as_user, three, olivia):
    address = f"{reverse('loans:archive_many')}?program=fha&order=spread&junk=1"
    done = as_user(olivia).post(address, {"pk": three[2].pk, "confirmed": 1, "reason": "selling"})
    assert done.url == "/queue/?order=spread&program=fha"
