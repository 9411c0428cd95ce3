"""The linter: each rule finds what it forbids, at its place, and lets the plain way of saying it pass."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import linter
from outreach.domain.linter import Level, TemplateSource
from tests.outreach.domain.messages import PRESETS, preset

SLUGS = sorted(path.stem for path in (PRESETS / "templates").glob("*.yaml"))

BLOCKING = {
    "payment_without_repayment_terms": ["You pay {{ monthly_savings }} less", "Pay {{ new_payment }}", "Pay $1,200 a month"],
    "rate_without_apr": ["It is {{ market_rate }}", "Only 5.99%", "at 6 percent", "with 1.5 points", "50 basis points lower"],
    "approval_promised": [
        "You are pre-approved",
        "preapproved",
        "PRE APPROVED",
        "pre&#8209;approved",
        "pre<b>-</b>approved",
        "pre\u00adapproved",
        "guaranteed",
        "you qualify",
        "You've been selected",
        "no credit check",
    ],
    "cost_denied": ["no fees", "No closing\n  costs", "free of charge", "zero cost", "no-cost loan", "without closing costs"],
    "government_look": ["a government program", "HUD", "new federal relief", "official notice", "a VA program", "stimulus"],
    "debt_elimination": ["eliminate your mortgage", "debt relief", "wipe out your debts", "get out of debt", "consolidate"],
    "cash_promised": ["cash out", "skip a payment", "skip your next two payments", "cash in your pocket"],
    "counselor": ["your loan counselor", "credit counseling", "a mortgage counsellor"],
    "fixed_misleading": ["a fixed payment", "fixed for life", "it will never go up", "fixed, then adjustable"],
    "false_urgency": ["Act now", "last chance", "Don’t miss it", "URGENT", "before it’s too late", "rates won’t last", "hurry"],
    "affiliate_referral_without_disclosure": [
        "our title company",
        "our affiliate",
        "my preferred insurance agents",
        "gift card",
    ],
    "unknown_merge_field": ["{{ nobody }}", "{% if first_name %}a{% endif %}", "{{ first_name", "{{ first_name | nothing }}"],
    "foreign_link": ["https://bit.ly/x", "bit.ly/x", "www.example.com", "http://jv.example.com/m", "see example.com"],
}
DECISIONS = {
    "source_of_communication": ["As your lender, I", "your current servicer", "we service", "your bank"],
    "misleading_comparison": ["the lowest rate", "historic lows", "better than any"],
}
HARMLESS = [
    "Feel free to reply.",
    "It is toll-free.",
    "A review may be worthwhile.",
    "An official Loan Estimate shows every cost.",
    "A 30-year fixed mortgage.",
    "I can tell you what a lock would cost today.",
    "Rates move every day, in both directions.",
    "There may be fees; the estimate has every one.",
    "I live on Harper Street in Hudson.",
    "Call me at {{ officer_phone }} or write to {{ officer_email }}.",
    "Arms and harmony.",
    "It takes 15 minutes, on 3 May.",
]


def email(body: str = "<mj-text>Hello</mj-text>", subject: str = "Your mortgage", text: str = "Hello") -> TemplateSource:
    return TemplateSource("x", "email", subject, body, text)


def sms(body: str) -> TemplateSource:
    return TemplateSource("x", "sms", "", body, "")


def rules(template: TemplateSource) -> set[str]:
    return {finding.rule for finding in linter.lint(template)}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(rule, text) for rule, texts in table.items() for text in texts]


@pytest.mark.parametrize(("rule", "text"), cases(BLOCKING))
def test_what_may_not_be_said_blocks(rule: str, text: str) -> None:
    findings = [found for found in linter.lint(email(f"<mj-text>{text}</mj-text>", text="Hello")) if found.rule == rule]
    assert [found.level for found in findings] == [Level.BLOCKS]
    assert findings[0].place.part == "body"
    assert linter.blocking(findings) == findings


@pytest.mark.parametrize(("rule", "text"), cases(DECISIONS))
def test_what_may_mislead_needs_a_person(rule: str, text: str) -> None:
    findings = [found for found in linter.lint(email(text=text)) if found.rule == rule]
    assert [found.level for found in findings] == [Level.DECISION]
    assert findings[0].place.part == "text"
    assert linter.blocking(findings) == []


@pytest.mark.parametrize("text", HARMLESS)
def test_plain_words_are_left_alone(text: str) -> None:
    assert rules(email(f"<mj-text>{text}</mj-text>", text=text)) == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_stands_against_a_preset(slug: str) -> None:
    assert linter.lint(preset(slug)) == []


def test_the_draft_of_the_picture_has_its_three_findings_at_their_places() -> None:
    good = preset("day-1-email-figures")
    body = """<mj-text>Hello {{ first_name }},</mj-text>
<mj-text>As your lender, I keep an eye on the mortgage on your home. Your rate is {{ note_rate }}.</mj-text>
<mj-text>With rates down, we can get you {{ market_rate }} ({{ market_owner }}, {{ market_date }}).</mj-text>
{{ example_table }}"""
    draft = replace(good, subject="{{ first_name }}, pay {{ monthly_savings }} less a month", body=body)
    found = [finding for finding in linter.lint(draft) if finding.rule != "parts_differ"]
    assert [(one.rule, one.level, one.place.part, one.place.line, one.quote) for one in found] == [
        ("savings_in_subject", Level.BLOCKS, "subject", 1, "{{ monthly_savings }}"),
        ("source_of_communication", Level.DECISION, "body", 2, "As your lender"),
        ("index_stated_as_available", Level.BLOCKS, "body", 3, "we can get you {{ market_rate }}"),
    ]


def test_figures_may_stand_beside_the_example_or_beside_all_its_terms() -> None:
    terms = "{{ payments_left }} payments, {{ apr }} APR, {{ closing_costs }} cost"
    for company in ("{{ example_table }} {{ rate_statement }}", terms):
        text = f"You pay {{{{ monthly_savings }}}} less. {company}"
        assert "payment_without_repayment_terms" not in rules(email(text=text))
    assert "payment_without_repayment_terms" in rules(email(text="{{ monthly_savings }} less, {{ apr }} APR"))


def test_the_example_in_one_part_does_not_excuse_a_figure_in_another() -> None:
    found = linter.lint(email("<mj-text>{{ rate_statement }}</mj-text>{{ example_table }}", text="{{ monthly_savings }} less"))
    assert ("payment_without_repayment_terms", "text") in {(one.rule, one.place.part) for one in found}


def test_a_typed_figure_is_refused_even_beside_the_example() -> None:
    text = "Save $300 at 5.99%. {{ rate_statement }} {{ example_table }}"
    assert "typed_figure" in rules(email(text=text))


@pytest.mark.parametrize(
    "subject", ["Pay {{ new_payment }}", "Save {{ monthly_savings }}", "Save $300", "You could save hundreds"]
)
def test_a_saving_has_no_room_in_a_subject(subject: str) -> None:
    assert "savings_in_subject" in rules(email(subject=subject))


@pytest.mark.parametrize("subject", ["{{ market_rate }} today", "5.9% now", "{{ rate_statement }}", "Your {{ note_rate }}"])
def test_a_rate_has_no_room_in_a_subject(subject: str) -> None:
    assert "rate_without_apr" in rules(email(subject=subject))


@pytest.mark.parametrize("subject", ["RE: your mortgage", "Fwd: rates", "ACT ON YOUR LOAN TODAY", "Rates!!"])
def test_a_subject_that_pretends_or_shouts_is_refused(subject: str) -> None:
    assert "subject_deceptive" in rules(email(subject=subject))


@pytest.mark.parametrize("subject", ["Regarding your mortgage", "{{ first_name }}, a review of your VA loan", "Your FHA loan"])
def test_a_plain_subject_is_taken(subject: str) -> None:
    assert rules(email(subject=subject)) == set()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("We can get you {{ market_rate }}.", True),
        ("You qualify for {{ market_rate }}.", True),
        ("Lock in {{ market_rate }} now.", True),
        ("{{ market_rate }} is available.", True),
        ("This week’s average was {{ market_rate }}. I can tell you more.", False),
        ("The average, {{ market_rate }}, is not an offer I can make.", False),
    ],
)
def test_an_index_is_never_promised(sentence: str, found: bool) -> None:
    text = f"{sentence} {{{{ market_owner }}}}, {{{{ market_date }}}} {{{{ example_table }}}}"
    assert ("index_stated_as_available" in rules(email(text=text))) is found


def test_an_index_names_its_owner_and_date() -> None:
    assert "index_without_owner_and_date" in rules(email(text="{{ market_rate }} {{ example_table }} {{ market_owner }}"))
    assert "index_without_owner_and_date" not in rules(email(text="{{ rate_statement }} {{ example_table }}"))


@pytest.mark.parametrize("body", ["Save {{ monthly_savings }}", "at 5.9%", "{{ rate_statement }}", "$300", "{{ apr }}"])
def test_a_text_holds_no_figures(body: str) -> None:
    assert "text_with_figures" in rules(sms(f"{{{{ lender_name }}}}: {body} Reply STOP to end texts."))


def test_a_text_names_the_company_says_how_to_stop_and_is_one_message() -> None:
    assert rules(sms("{{ lender_name }}: hello. Reply STOP to end texts.")) == set()
    assert rules(sms("Hello. Reply STOP to end texts.")) == {"text_without_brand"}
    assert rules(sms("{{ lender_name }}: hello")) == {"text_without_stop"}
    assert rules(sms("{{ lender_name }}: " + "word " * 30 + "Reply STOP to end texts.")) == {"text_too_long"}


@pytest.mark.parametrize(
    "body",
    [
        "<mj-text><img src='https://x.example.com/p.gif' width='1'></mj-text>",
        "<mj-image src='https://x.example.com/p.gif' />",
        "<mj-include path='x' />",
    ],
)
def test_nothing_may_be_loaded(body: str) -> None:
    assert "remote_resource" in rules(email(body))


@pytest.mark.parametrize(
    "link", ["https://x.example.com", "{{ estimate_link }}?to=x", "javascript:x()", "{{ first_name }}", "//x"]
)
def test_a_link_leads_to_a_page_of_ours(link: str) -> None:
    assert "foreign_link" in rules(email(f'<mj-text><a href="{link}">See</a></mj-text>'))


@pytest.mark.parametrize(
    "link", ["{{ estimate_link }}", "{{booking_link}}", "mailto:{{ officer_email }}", "tel:{{ officer_phone }}"]
)
def test_our_links_are_taken(link: str) -> None:
    assert rules(email(f'<mj-text><a href="{link}">See</a></mj-text>')) == set()


def test_what_is_missing_is_said() -> None:
    assert rules(email(subject=" ")) == {"subject_missing"}
    assert rules(email(text="\n")) == {"plain_text_missing"}
    assert "body_missing" in rules(email(body=""))
    assert "body_missing" in rules(sms(""))


def test_both_parts_tell_the_same_figures() -> None:
    assert "parts_differ" in rules(email("<mj-text>{{ rate_statement }}</mj-text>{{ example_table }}", text="Hello"))


def test_every_finding_says_law_reason_and_what_to_do() -> None:
    names = [rule.name for rule in linter.RULES]
    assert len(names) == len(set(names)) >= 16
    for rule in linter.RULES:
        assert rule.citation
        assert re.search(r"[.”)]$", rule.sentence)
        assert rule.fix.endswith(".") or rule.fix.endswith("”.")
        assert rule.channels


def test_every_rule_is_broken_by_some_text_here() -> None:
    elsewhere = {
        "savings_in_subject", "subject_deceptive", "typed_figure", "index_stated_as_available", "index_without_owner_and_date",
        "text_with_figures", "text_without_stop", "text_without_brand", "text_too_long", "remote_resource", "broken_body",
        "subject_missing", "body_missing", "plain_text_missing", "parts_differ",
    }  # fmt: skip
    assert {rule.name for rule in linter.RULES} == set(BLOCKING) | set(DECISIONS) | elsewhere


def test_a_body_that_breaks_its_frame_is_found() -> None:
    assert "broken_body" in rules(email("<mj-text>a</mj-text></mj-column>"))


def test_a_comment_is_not_linted_and_moves_no_line() -> None:
    body = "{% comment %}guaranteed\n{% endcomment %}\n<mj-text>no fees</mj-text>"
    assert [(one.rule, one.place.line) for one in linter.lint(email(body))] == [("cost_denied", 3)]


def test_the_hash_is_bound_to_every_word_and_to_no_line_end() -> None:
    template = preset("day-1-email-figures")
    same = replace(template, slug="other", body=template.body.replace("\n", "\r\n"), text=template.text + "\n")
    assert linter.content_hash(same) == linter.content_hash(template)
    assert re.fullmatch(r"[0-9a-f]{64}", linter.content_hash(template))
    for part in ("subject", "body", "text"):
        changed = replace(template, **{part: getattr(template, part).replace("e", "3", 1)})
        assert linter.content_hash(changed) != linter.content_hash(template)
    assert linter.content_hash(replace(template, channel="call")) != linter.content_hash(template)


def test_words_can_not_be_moved_from_part_to_part_under_one_hash() -> None:
    assert linter.content_hash(email("ab", "c", "d")) != linter.content_hash(email("a", "bc", "d"))


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_linted_and_each_place_is_inside_it(subject: str, body: str, text: str) -> None:
    template = email(body, subject, text)
    for finding in linter.lint(template):
        lines = getattr(template, finding.place.part).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert 1 <= finding.place.line <= len(lines)
        assert 0 <= finding.place.start <= finding.place.end <= len(lines[finding.place.line - 1])
