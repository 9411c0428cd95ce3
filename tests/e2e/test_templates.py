"""Templates in a browser: written with findings beside them, read in a frame where nothing runs, decided by a second person."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from outreach.models import Template, TemplateVersion
from outreach.services import drafting, presets
from tests.outreach.rows import approve_templates

NOW = datetime(2026, 4, 27, 15, 12, tzinfo=UTC)
EMAIL = "/templates/day-1-email-figures/2/"
BAD = {
    "subject": "{{ first_name }}, pay {{ monthly_savings }} less a month",
    "body": """<mj-text>Hello {{ first_name }},</mj-text>
<mj-text>As your lender, I watch the mortgage on your home in {{ property_city }}. Your rate is {{ note_rate }}.</mj-text>
<mj-text>With rates down, we can get you {{ market_rate }} and bring your payment down.</mj-text>
{{ example_table }}
<mj-text>If you like, we can look at it together. It takes 15 minutes and you need no papers.</mj-text>
<mj-button href="{{ estimate_link }}">See your estimate</mj-button>
<mj-text>You can also reply to this e-mail. It comes to me.</mj-text>""",
    "text": """Hello {{ first_name }},

I keep an eye on the mortgage on your home in {{ property_city }}. Your rate is {{ note_rate }}.

{{ rate_statement }}

{{ example_table }}

See your estimate: {{ estimate_link }}""",
}


@pytest.fixture
def email(desk, olivia, cora) -> TemplateVersion:
    """The second version of an e-mail, with findings, waiting beside an approved first."""
    presets.install(NOW)
    approve_templates(cora, NOW)
    draft = drafting.begin(Template.objects.get(slug="day-1-email-figures").pk, by=olivia)
    drafting.save(draft.pk, by=olivia, **BAD)
    return drafting.submit(draft.pk, by=olivia, now=NOW)


def test_the_pages_hold_for_whoever_decides(desk, email, olivia, cora):
    text = drafting.begin(Template.objects.get(slug="day-4-text").pk, by=olivia)
    drafting.save(text.pk, by=olivia, subject="", body="Hi {{ first_name }}, this is {{ lender_name }}.", text="")
    drafting.submit(text.pk, by=olivia, now=NOW)
    desk.sign_in(cora)
    desk.check(
        "/templates/",
        EMAIL,
        f"{EMAIL}?view=text",
        f"{EMAIL}?view=phone",
        "/templates/day-4-text/2/",
        "/templates/day-4-call/1/",
        "/templates/day-4-text/1/retire/",
    )


def test_the_pages_hold_for_whoever_writes(desk, email, olivia):
    drafting.begin(email.template_id, by=olivia)
    drafting.begin(Template.objects.get(slug="day-4-text").pk, by=olivia)
    desk.sign_in(olivia)
    desk.check(
        EMAIL,
        "/templates/day-1-email-figures/3/edit/",
        "/templates/day-4-text/2/edit/",
        "/templates/day-4-text/2/",
        "/template-new/",
    )


def test_pins_stand_in_the_frame_and_nothing_runs_there(desk, email, cora):
    desk.sign_in(cora)
    page = desk.open(EMAIL)
    frame = page.frame_locator("iframe")
    expect(frame.locator("mark").first).to_be_visible()
    pins = set(frame.locator(".pin").all_inner_texts())
    assert pins
    assert pins <= set(page.locator(".source .pin").all_inner_texts())
    assert frame.locator("a[href]").count() == 0
    expect(page.get_by_role("button", name="Approve version 2")).to_be_disabled()
    page.get_by_role("link", name="Body, line 3").first.click()
    expect(page.locator("#source-body-3")).to_be_in_viewport()


def test_an_author_sees_findings_while_typing_and_compliance_approves(desk, email, olivia, cora):
    desk.sign_in(olivia)
    page = desk.open("/templates/day-4-text/1/")
    page.get_by_role("button", name="New version from this").click()
    field = page.get_by_label("Text", exact=True)
    field.fill("You are pre-approved, ")
    expect(page.locator("#checked .rule", has_text="approval_promised")).to_be_visible()
    expect(page.locator("#checked")).to_contain_text("message of GSM-7")
    field.fill("Hi , this is {{ officer_name }} at {{ lender_name }}. Reply STOP to end texts.")
    field.evaluate("field => field.setSelectionRange(3, 3)")
    page.get_by_role("button", name="first_name", exact=True).click()
    expect(field).to_have_value(
        "Hi {{ first_name }}, this is {{ officer_name }} at {{ lender_name }}. Reply STOP to end texts."
    )
    expect(page.locator("#checked")).to_contain_text("No findings.")
    page.get_by_role("button", name="Submit to compliance").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 2 waits for compliance.")
    desk.context.clear_cookies()
    desk.sign_in(cora)
    page = desk.open("/templates/day-4-text/")
    expect(page.locator("[data-count='templates']").first).to_have_text("2")
    page.get_by_role("button", name="Approve version 2").click()
    expect(page.locator(".approval")).to_contain_text("Approved by Cora Shah")
    versions = Template.objects.get(slug="day-4-text").versions
    assert dict(versions.values_list("number", "state")) == {1: "retired", 2: "approved"}


def test_without_javascript_a_template_is_written_and_submitted(desk, email, olivia, browser):
    context = browser.new_context(java_script_enabled=False)
    desk.sign_in(olivia)
    context.add_cookies(desk.context.cookies())
    page = context.new_page()
    page.goto(f"{desk.url}/templates/day-4-text/1/")
    page.get_by_role("button", name="New version from this").click()
    page.get_by_label("Text", exact=True).fill("You are pre-approved.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#checked")).to_contain_text("approval_promised")
    page.get_by_label("Text", exact=True).fill("Hi, {{ officer_name }} at {{ lender_name }}. Reply STOP to end texts.")
    page.get_by_role("button", name="Submit to compliance").click()
    expect(page.get_by_role("heading", name="Day 4 text, version 2")).to_be_visible()
    context.close()
    assert TemplateVersion.objects.get(template__slug="day-4-text", number=2).state == "submitted"
