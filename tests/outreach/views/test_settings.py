"""How the desk speaks: who decides it for whom, what switching on would begin, and what stands in the way."""

import pytest
import time_machine
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Lender
from outreach.models import BranchOutreach, Change, Desk, Enrollment, Mode, OfficerOutreach, ProviderPause, SenderDomain
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

ON = {"mode": "automatic", "enrolls": "every", "capacity": "10", "sequence": ""}


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


def test_a_desk_that_nobody_has_set_up_is_off(as_user, ada, denver):
    page = as_user(ada).get("/outreach/")
    assertContains(page, "Off</span>")
    assertContains(page, "Nobody yet")
    assertContains(page, "Held: not attested")


def test_switching_on_is_asked_once_more_with_what_it_would_begin(as_user, ben, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora, mode=Mode.OFF)
    worth_writing_to(olivia)
    client = as_user(ben)
    url = f"/outreach/branches/{olivia.branch_id}/"
    page = client.post(url, ON)
    assertContains(page, "Would begin <strong>1</strong> conversation")
    assertContains(page, "Switch on Denver?")
    assert BranchOutreach.objects.get().mode == Mode.OFF
    assert not Change.objects.exists()
    client.post(url, ON | {"confirm": "yes"})
    row = BranchOutreach.objects.get()
    assert (row.mode, row.changed_by, row.changed_at) == (Mode.AUTOMATIC, ben, FRIDAY)
    assertContains(client.get("/outreach/"), "Mode Off → Automatic")
    assert not Enrollment.objects.exists()


def test_switching_off_needs_no_second_word(as_user, ben, olivia, cora):
    open_desk(olivia.branch, approver=cora)
    as_user(ben).post(f"/outreach/branches/{olivia.branch_id}/", ON | {"mode": "off"})
    assert BranchOutreach.objects.get().mode == Mode.OFF


def test_the_preview_names_what_stands_in_the_way(as_user, ben, olivia, cora, settings):
    set_market()
    open_desk(olivia.branch, approver=cora)
    Lender.objects.update(street="")
    SenderDomain.objects.all().delete()
    settings.SENDGRID_API_KEY = "SG.key"
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = settings.TWILIO_MESSAGING_SERVICE_SID = "key"
    ProviderPause.objects.create(provider="sendgrid", since=FRIDAY, sentence="The key was refused")
    page = as_user(ben).get(f"/outreach/branches/{olivia.branch_id}/preview/", ON)
    for sentence in (
        "The lender&#x27;s postal address is missing.",
        "The sender domain example.com is not verified.",
        "Texts are not attested.",
        "Sendgrid is paused.",
        "No licenses on file for",
    ):
        assertContains(page, sentence)


def test_a_desk_that_is_ready_says_of_nothing_that_it_stands_in_the_way(as_user, ben, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    for one in (olivia, ben):
        one.licenses.create(state="CO", expires_on="2027-12-31")
    page = as_user(ben).get(f"/outreach/branches/{olivia.branch_id}/preview/", ON)
    assertNotContains(page, "In the way")
    assertContains(page, "kept in the sandbox")


def test_without_an_approved_template_nothing_could_go(as_user, ben, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    from_approved = BranchOutreach.objects.get()
    assert from_approved.mode == Mode.AUTOMATIC
    page = as_user(ben).get(f"/outreach/branches/{olivia.branch_id}/preview/", ON)
    assertNotContains(page, "No approved template")


@pytest.mark.parametrize("who", ["mona", "cora", "olivia"])
def test_others_do_not_switch_a_branch(as_user, request, who, denver):
    client = as_user(request.getfixturevalue(who))
    answer = client.post(f"/outreach/branches/{denver.pk}/", ON | {"confirm": "yes"})
    assert answer.status_code == (404 if who == "mona" else 403)
    assert not BranchOutreach.objects.exists()
    assert not Change.objects.exists()


def test_compliance_reads_the_settings_and_an_officer_does_not(as_user, cora, olivia):
    page = as_user(cora).get("/outreach/")
    assert page.status_code == 200
    assertNotContains(page, "Verify a domain")
    assert as_user(olivia).get("/outreach/").status_code == 403


DESK_ACTS = [
    ("/outreach/ceilings/", {"lender": "100", "officer": "5"}),
    ("/outreach/domains/", {"domain": "example.com", "spf": "on", "dkim": "on", "dmarc": "on"}),
    ("/outreach/texts/", {"campaign_id": "C1", "direct": "on", "registered": "on"}),
]


@pytest.mark.parametrize(("url", "data"), DESK_ACTS)
def test_what_concerns_the_whole_lender_is_the_administrators(as_user, ben, cora, ada, url, data):
    for other in (ben, cora):
        assert as_user(other).post(url, data).status_code == 403
    assert not Change.objects.exists()
    as_user(ada).post(url, data)
    assert Change.objects.get().by == ada


def test_a_domain_needs_all_three_records_and_a_name(as_user, ada):
    client = as_user(ada)
    client.post("/outreach/domains/", {"domain": "example.com", "spf": "on", "dkim": "on"})
    client.post("/outreach/domains/", {"domain": "not a domain", "spf": "on", "dkim": "on", "dmarc": "on"})
    assert not SenderDomain.objects.exists()
    client.post("/outreach/domains/", {"domain": " Example.COM. ", "spf": "on", "dkim": "on", "dmarc": "on"})
    assert SenderDomain.objects.get().domain == "example.com"
    client.post("/outreach/domains/distrust/", {"domain": "example.com"})
    assert SenderDomain.objects.get().verified_at is None


def test_texts_need_both_words_of_whoever_attests(as_user, ada):
    client = as_user(ada)
    client.post("/outreach/texts/", {"campaign_id": "C1", "direct": "on"})
    assert Desk.current().texts_attested_at is None
    client.post("/outreach/texts/", {"campaign_id": "C1", "direct": "on", "registered": "on"})
    assert (Desk.current().campaign_id, Desk.current().texts_attested_by) == ("C1", ada)
    client.post("/outreach/texts/withdraw/")
    assert Desk.current().texts_attested_at is None


def test_a_paused_provider_is_shown_and_resumed(as_user, ada):
    ProviderPause.objects.create(provider="twilio", since=FRIDAY, sentence="The number is not registered")
    client = as_user(ada)
    assertContains(client.get("/outreach/"), "The number is not registered")
    client.post("/outreach/providers/resume/", {"provider": "twilio"})
    assert not ProviderPause.objects.exists()
    assert "paused since 2026-04-24" in Change.objects.get().sentence


def test_a_manager_sets_the_own_officers_only(as_user, ben, mona, olivia):
    data = {"calls_only": "on", "ceiling": "12"}
    assert as_user(mona).post(f"/outreach/officers/{olivia.pk}/", data).status_code == 404
    assert not OfficerOutreach.objects.exists()
    as_user(ben).post(f"/outreach/officers/{olivia.pk}/", data)
    row = OfficerOutreach.objects.get()
    assert (row.officer, row.calls_only, row.ceiling) == (olivia, True, 12)


def test_the_page_needs_few_queries_however_many_work_here(as_user, ada, olivia, oscar, carl, django_assert_max_num_queries):
    client = as_user(ada)
    with django_assert_max_num_queries(15):
        client.get("/outreach/")


def test_officers_decide_for_themselves_to_take_calls_only_and_not_how_much(as_user, olivia, oscar):
    client = as_user(olivia)
    assertNotContains(client.get(f"/outreach/officers/{olivia.pk}/"), "Most messages a day")
    client.post(f"/outreach/officers/{olivia.pk}/", {"calls_only": "on", "ceiling": "900"})
    row = OfficerOutreach.objects.get()
    assert (row.officer, row.calls_only, row.ceiling) == (olivia, True, None)
    assert client.post(f"/outreach/officers/{oscar.pk}/", {"calls_only": "on"}).status_code == 403
    assert OfficerOutreach.objects.count() == 1


def test_only_whoever_may_change_a_branch_finds_a_way_to_it(as_user, cora, ben, olivia):
    way = f'href="/outreach/branches/{olivia.branch_id}/"'
    officer = f'href="/outreach/officers/{olivia.pk}/"'
    page = as_user(cora).get("/outreach/")
    assertContains(page, "Denver")
    assertNotContains(page, way)
    assertNotContains(page, officer)
    page = as_user(ben).get("/outreach/")
    assertContains(page, way)
    assertContains(page, officer)


def test_what_nobody_has_verified_is_said_with_a_link(as_user, ada, ben):
    page = as_user(ada).get("/outreach/")
    assertContains(page, "numbers, such as VA: funding fee 0.500 percent (38 U.S.C. 3729(b)(2))")
    assertContains(page, "/settings/program-values/?only=unverified")
    assertContains(page, "Mon to Sat 9 AM to 9 PM, Sun 12 PM to 9 PM")
    assertContains(page, "Read and confirm them")
    assertNotContains(as_user(ben).get("/outreach/"), "Read and confirm them")
