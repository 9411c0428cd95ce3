"""The pages of templates: who may what, what is shown of each state, and that a refused act changes nothing."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.cache import cache
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Opportunity
from outreach.models import Template, TemplateVersion, Touch
from outreach.queries import templates
from outreach.services import approving, drafting, presets
from tests.loans.rows import set_market
from tests.outreach.rows import approve_templates, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 27, 15, 12, tzinfo=UTC)
LIST, FIRST = "/templates/", "/templates/day-4-text/1/"
SECOND = "/templates/day-4-text/2/"
GOOD = "Hi {{ first_name }}, this is {{ officer_name }} at {{ lender_name }}. Reply STOP to end texts."
NO_STOP = "Hi {{ first_name }}, this is {{ officer_name }} at {{ lender_name }}."
MAIL = {
    "subject": "{{ first_name }}, pay {{ monthly_savings }} less a month",
    "body": "<mj-text>As your lender, I keep an eye on it.</mj-text>\n<mj-button href='{{ estimate_link }}'>See it</mj-button>",
    "text": "As your lender, I keep an eye on it: {{ estimate_link }}",
}


@pytest.fixture(autouse=True)
def _installed(db) -> None:
    presets.install(NOW)
    cache.clear()


def text() -> Template:
    return Template.objects.get(slug="day-4-text")


def waiting(by, body=GOOD, slug="day-4-text", **parts) -> TemplateVersion:
    draft = drafting.begin(Template.objects.get(slug=slug).pk, by=by)
    drafting.save(draft.pk, by=by, **({"subject": "", "body": body, "text": ""} | parts))
    return drafting.submit(draft.pk, by=by, now=NOW)


@pytest.fixture
def row(olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia, "T-77")


@pytest.mark.parametrize(
    ("who", "reads", "decides"),
    [("pia", 403, 403), ("olivia", 200, 403), ("ben", 200, 403), ("ada", 200, 403), ("cora", 200, 302)],
)
def test_roles(as_user, request, who, reads, decides):
    client = as_user(request.getfixturevalue(who))
    pages = [LIST, FIRST, "/template-new/", "/template-count/", "/templates/day-1-email/1/preview/"]
    assert [client.get(page).status_code for page in pages] == [reads] * len(pages)
    version = text().versions.get()
    sent = {"content_hash": version.content_hash, "note": "Shorter."}
    assert client.post(FIRST + "approve/", sent).status_code == decides
    version.refresh_from_db()
    assert version.state == ("approved" if decides == 302 else "submitted")
    assert client.post("/templates/day-1-email/1/return/", sent).status_code == decides
    assert TemplateVersion.objects.filter(state="returned").exists() == (decides == 302)
    assert client.get(FIRST + "retire/").status_code == (200 if decides == 302 else 403)


def test_somebody_signed_out_is_asked_to_sign_in(client):
    assert [client.get(page).status_code for page in (LIST, FIRST, "/templates/day-1-email/1/preview/")] == [302] * 3
    assert client.post(FIRST + "approve/", {}).status_code == 302
    assert not TemplateVersion.objects.exclude(state="submitted").exists()


def test_the_list_says_which_steps_are_silent(as_user, olivia):
    page = as_user(olivia).get(LIST)
    assertContains(page, "Day 1, 4 and 10, day 4")
    assertContains(page, "Nothing is sent with this step until compliance approves one.")
    assertContains(page, "The call has no script until compliance approves one.")


def test_the_list_says_what_is_sent_instead(as_user, olivia, cora):
    approve_templates(cora, NOW)
    approving.retire(templates.in_force(Template.objects.get(slug="day-1-email-figures").pk).pk, by=cora, note="Counsel.")
    page = as_user(olivia).get(LIST)
    assertNotContains(page, "until compliance approves one")
    assertContains(page, "Sends with “Day 1 e-mail, without figures” until this is approved.")


def test_the_list_takes_as_many_queries_for_one_template_as_for_all(django_assert_num_queries):
    with django_assert_num_queries(3):
        everything = templates.listed()
    assert len(everything) == Template.objects.count() > 1


def test_the_count_of_those_waiting(as_user, cora):
    client = as_user(cora)
    assertContains(client.get("/template-count/"), f">{TemplateVersion.objects.count()}</span>")
    approve_templates(cora, NOW)
    assertContains(client.get("/template-count/"), "\"innerHTML:[data-count='templates']\"></span>")


def test_a_template_leads_to_what_waits_else_to_what_is_in_force(as_user, olivia, cora):
    client = as_user(cora)
    approve_templates(cora, NOW)
    assertRedirects(client.get("/templates/day-4-text/"), FIRST)
    waiting(olivia)
    assertRedirects(client.get("/templates/day-4-text/"), SECOND)
    assert client.get("/templates/no-such/").status_code == client.get("/templates/day-4-text/9/").status_code == 404


def test_findings_stand_with_level_law_place_and_fix(as_user, olivia, cora):
    waiting(olivia, slug="day-1-email", **MAIL)
    page = as_user(cora).get("/templates/day-1-email/2/")
    for words in (
        "savings_in_subject",
        "Blocks",
        "Reg Z, 12 CFR 1026.24(d)(1)(iii), (d)(2)",
        "Remove the figure from the subject.",
        "Needs a decision",
        "source_of_communication",
        'href="#source-body-1">Body, line 1</a>',
        "2 findings need your decision",
        "1 finding blocks it",
        "They cannot be overridden. The author must change the text.",
        "You are the second person",
        "Written by Olivia Hart. You have not edited it.",
        "Return to Olivia Hart with 3 findings",
        "disabled><i",
        '<mark class="blocks">$312</mark>',
    ):
        assertContains(page, words)
    assertNotContains(page, 'name="reason_')


def test_without_findings_approve_is_the_main_button(as_user, olivia, cora):
    waiting(olivia)
    page = as_user(cora).get(SECOND)
    assertContains(page, "No finding blocks it")
    assertContains(page, 'class="btn btn-primary" type="submit" aria-describedby="approve-why">Approve version 2')
    assertContains(page, "Nothing is sent with this template until a version is approved.")


def test_an_own_text_waits_for_somebody_else(as_user, cora):
    own = waiting(cora)
    client = as_user(cora)
    page = client.get(SECOND)
    assertContains(page, "You wrote this. A second person must approve.")
    assertContains(page, "disabled><i")
    assert client.post(SECOND + "approve/", {"content_hash": own.content_hash}).status_code == 409
    own.refresh_from_db()
    assert (own.state, own.decided_by) == ("submitted", None)


def test_a_changed_text_is_not_approved(as_user, olivia, cora):
    version = waiting(olivia)
    refused = as_user(cora).post(SECOND + "approve/", {"content_hash": "0" * 64})
    assertContains(refused, "The text changed while you read it", status_code=409)
    version.refresh_from_db()
    assert version.state == "submitted"


def test_a_decision_is_taken_in_writing(as_user, olivia, cora):
    version = waiting(olivia, NO_STOP)
    client, asked = as_user(cora), {"content_hash": version.content_hash}
    assertContains(client.get(SECOND), 'name="reason_text_without_stop" form="approve"')
    refused = client.post(SECOND + "approve/", asked | {"reason_text_without_stop": " "})
    assertContains(refused, "Give a reason for each finding that you accept.", status_code=422)
    assertContains(refused, 'aria-invalid="true"', status_code=422)
    version.refresh_from_db()
    assert (version.state, version.accepted) == ("submitted", {})
    assertRedirects(client.post(SECOND + "approve/", asked | {"reason_text_without_stop": "The system adds it."}), SECOND)
    assertContains(client.get(SECOND), "The system adds it.")


def test_a_return_reaches_the_author_with_its_note(as_user, olivia, cora):
    waiting(olivia)
    client = as_user(cora)
    assert client.post(SECOND + "return/", {"note": ""}).status_code == 409
    assertRedirects(client.post(SECOND + "return/", {"note": "Name the city, please."}), SECOND)
    page = as_user(olivia).get(SECOND)
    assertContains(page, "Returned by Cora Shah")
    assertContains(page, "Name the city, please.")
    assertContains(page, "New version from this")


def test_what_changed_since_the_approved_version(as_user, olivia, cora):
    approve_templates(cora, NOW)
    waiting(olivia)
    page = as_user(cora).get(SECOND)
    assertContains(page, "Changed since version 1, the approved one")
    assertContains(page, "1 line added, 1 removed")
    assertContains(page, "would replace version 1")
    assertContains(page, "Version 1 stays active and keeps sending until version 2 is approved.")


def test_a_first_version_is_compared_with_nothing(as_user, cora):
    assertNotContains(as_user(cora).get(FIRST), "Changed since")


def test_taking_out_of_force_asks_why(as_user, cora):
    approve_templates(cora, NOW)
    client = as_user(cora)
    assertContains(client.get(FIRST + "retire/"), "Day 1, 4 and 10, day 4")
    assert client.post(FIRST + "retire/", {"note": ""}).status_code == 422
    assert templates.in_force(text().pk) is not None
    assertRedirects(client.post(FIRST + "retire/", {"note": "A new name."}), FIRST)
    assert templates.in_force(text().pk) is None


def test_the_preview_runs_nothing_loads_nothing_and_leads_nowhere(as_user, olivia):
    page = as_user(olivia).get("/templates/day-1-email-figures/1/preview/")
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assertNotContains(page, 'href="https')
    assertContains(page, "Your actual rate, payment, and costs could be higher")
    frame = as_user(olivia).get("/templates/day-1-email-figures/1/")
    assertContains(frame, 'sandbox=""')


def test_a_text_has_no_page_of_html(as_user, olivia):
    assert as_user(olivia).get(FIRST + "preview/").status_code == 404


def test_plain_text_and_phone(as_user, olivia):
    client = as_user(olivia)
    page = client.get("/templates/day-1-email/1/?view=text")
    assertContains(page, "as-text")
    assertNotContains(page, "<iframe")
    assertContains(client.get("/templates/day-1-email/1/?view=phone"), 'class="frame phone"')
    assertContains(client.get("/templates/day-1-email/1/?view=no-such"), 'class="frame"')


def test_a_template_is_filled_from_a_loan_one_sees(as_user, olivia, row):
    page = as_user(olivia).get(f"/templates/day-4-text/1/?loan={row.pk}")
    assertContains(page, "Hi Marisol, Olivia at Harbor Pine Home Loans.")
    assertContains(page, "T-77, Marisol Vega")
    preview = as_user(olivia).get(f"/templates/day-1-email-figures/1/preview/?loan={row.pk}")
    assertContains(preview, "Marisol")


@pytest.mark.parametrize("loan", ["{pk}", "999999", "x", "-1", "9" * 40])
def test_a_loan_one_does_not_see_fills_nothing(as_user, carl, row, loan):
    page = as_user(carl).get(f"/templates/day-4-text/1/?loan={loan.format(pk=row.pk)}")
    assertContains(page, "Hi Maria, Jonah Reyes")
    assertNotContains(page, "Marisol")
    assertNotContains(page, "T-77")


def test_looking_at_a_template_makes_no_touch(as_user, olivia, row):
    before = Touch.objects.count()
    as_user(olivia).get(f"/templates/day-1-email-figures/1/?loan={row.pk}")
    assert Touch.objects.count() == before


def test_a_text_shows_its_segments(as_user, olivia):
    assertContains(as_user(olivia).get(FIRST), "1 message of GSM-7")


def test_what_cannot_be_filled_says_so(as_user, olivia, row):
    Opportunity.objects.filter(pk=row.pk).update(monthly_savings=None)
    page = as_user(olivia).get(f"/templates/day-1-email-figures/1/?loan={row.pk}")
    assertContains(page, "monthly_savings is not known for this borrower.")


def test_a_new_template_starts_as_a_draft(as_user, olivia):
    client = as_user(olivia)
    made = client.post("/template-new/", {"title": "June note", "channel": "email"})
    assertRedirects(made, "/templates/june-note/1/edit/")
    assertContains(client.post("/template-new/", {"title": "June note", "channel": "sms"}), "this title", status_code=422)
    assert Template.objects.filter(title="June note").count() == 1


def test_what_is_typed_is_kept_and_checked(as_user, olivia):
    client = as_user(olivia)
    assertRedirects(client.post("/templates/day-4-text/begin/", {"like": "1"}), SECOND + "edit/")
    part = client.post(SECOND + "edit/", {"body": "You are pre-approved."}, headers={"HX-Request": "true"})
    assertContains(part, "approval_promised")
    assertContains(part, "message of GSM-7")
    assertNotContains(part, "<html")
    assert text().versions.get(number=2).body == "You are pre-approved."
    assertContains(client.post(SECOND + "edit/", {"body": GOOD, "act": "preview"}), "No findings.")


def test_submitting_hands_the_text_over(as_user, olivia, cora):
    client = as_user(olivia)
    client.post("/templates/day-4-text/begin/")
    assertRedirects(client.post(SECOND + "edit/", {"body": GOOD, "act": "submit"}), SECOND)
    assert text().versions.get(number=2).state == "submitted"
    assertRedirects(client.get(SECOND + "edit/"), SECOND)
    assertRedirects(client.post(SECOND + "edit/", {"body": "Other words"}), SECOND)
    assert text().versions.get(number=2).body == GOOD
    assertContains(as_user(cora).get(SECOND), "Waiting for you")


def test_an_empty_draft_is_not_submitted(as_user, olivia):
    client = as_user(olivia)
    client.post("/templates/day-4-text/begin/")
    assertContains(client.post(SECOND + "edit/", {"body": " ", "act": "submit"}), "Write the message first.", status_code=422)
    assert text().versions.get(number=2).state == "draft"


def test_nobody_else_opens_or_throws_away_a_draft(as_user, olivia, oscar):
    drafting.begin(text().pk, by=olivia)
    client = as_user(oscar)
    assertRedirects(client.get(SECOND + "edit/"), SECOND)
    assertRedirects(client.post(SECOND + "edit/", {"body": "Other words"}), SECOND)
    assertRedirects(client.post(SECOND + "discard/"), SECOND)
    assert text().versions.get(number=2).body == text().versions.get(number=1).body
    assertNotContains(client.get(SECOND), "Throw the draft away")
    assertRedirects(as_user(olivia).post(SECOND + "discard/"), LIST)
    assert text().versions.count() == 1


def test_a_test_goes_to_oneself_alone_three_times_a_day(as_user, olivia):
    client = as_user(olivia)
    for _ in range(4):
        assertRedirects(client.post("/templates/day-1-email/1/test/"), "/templates/day-1-email/1/")
    assert [(one.to, one.cc, one.bcc) for one in mail.outbox] == [([olivia.email], [], [])] * 3
    assert mail.outbox[0].subject.startswith("Test: Maria, ")
    assert mail.outbox[0].body.startswith("Test of Day 1 e-mail, without figures, version 1.")
    html = mail.outbox[0].alternatives[0].content
    assert "Test of Day 1 e-mail" in html.split("<body")[1]
    assert Touch.objects.count() == 0


def test_somebody_elses_tests_do_not_count(as_user, olivia, cora):
    for _ in range(3):
        as_user(olivia).post("/templates/day-1-email/1/test/")
    as_user(cora).post("/templates/day-1-email/1/test/")
    assert mail.outbox[-1].to == [cora.email]


def test_a_text_is_not_tested_by_mail(as_user, olivia):
    as_user(olivia).post(FIRST + "test/")
    assert mail.outbox == []


def test_without_a_mail_server_no_test_goes_out(as_user, olivia, settings):
    silent = {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    settings.MAILERS = {"default": silent}
    client = as_user(olivia)
    assertNotContains(client.get("/templates/day-1-email/1/"), "Send me a test")
    answer = client.post("/templates/day-1-email/1/test/", follow=True)
    assertContains(answer, "No mail server is set up")
