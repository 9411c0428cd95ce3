"""Pins: every finding has one number, and stands in the source, in the text and in the mail where its words stand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import linter, mail_frame, merge_fields, pins
from outreach.domain.linter import TemplateSource
from tests.outreach.domain.messages import PRESETS, preset

VALUES = merge_fields.samples()
BODY = """<mj-text>Hello {{ first_name }},</mj-text>
<mj-text>As your lender, I keep an eye on it.</mj-text>
<mj-text>We can get you {{ market_rate }} now.</mj-text>
<mj-button href="{{ estimate_link }}">See your <strong>guaranteed</strong> estimate</mj-button>"""


def an_email(
    body: str = BODY, subject: str = "{{ first_name }}, pay {{ monthly_savings }} less", text: str = "Hello"
) -> TemplateSource:
    return TemplateSource("a-mail", "email", subject, body, text)


def words_before(html: str, number: int) -> str:
    """What is read up to a pin, other pins left out."""
    before = html[html.index("<body") : html.index(f'<b class="pin">{number}</b>')]
    return re.sub(r'<b class="pin">\d+</b>|<[^>]*>', "", before)


def test_findings_are_numbered_from_the_top():
    checked = pins.check(an_email())
    assert [pin.number for pin in checked.pins] == list(range(1, len(checked.pins) + 1))
    assert (checked.pins[0].where, checked.pins[0].anchor) == ("Subject, line 1", "source-subject-1")
    assert len(checked.blocking) + checked.decisions == len(checked.pins)


def test_what_passed_is_what_no_finding_names():
    checked = pins.check(an_email())
    broken = {pin.finding.rule for pin in checked.pins}
    assert {rule.name for rule in checked.passed} == {rule.name for rule in checked.rules} - broken
    assert "source_of_communication" in broken


def test_a_rule_is_decided_once_however_often_it_is_broken():
    body = "<mj-text>As your lender I write.</mj-text>\n<mj-text>Your bank did not.</mj-text>"
    checked = pins.check(an_email(body, subject="A note"))
    named = [pin.finding.rule for pin in checked.pins]
    assert named.count("source_of_communication") == 2
    assert [pin.finding.rule for pin in checked.undecided] == ["source_of_communication"]


def test_the_mail_has_the_pins_at_the_words():
    source = an_email()
    checked = pins.check(source)
    by_rule = {pin.finding.rule: pin.number for pin in checked.pins}
    html = pins.mail(source, checked.pins, VALUES).html
    assert words_before(html, by_rule["source_of_communication"]).endswith("As your lender")
    assert words_before(html, by_rule["index_stated_as_available"]).endswith("We can get you 6.23%")
    assert words_before(html, by_rule["approval_promised"]).endswith("See your guaranteed")
    assert html.count("<mark") == html.count("</mark>") == html.count('<b class="pin">')


def test_without_findings_the_mail_is_as_it_is_sent():
    source = preset("day-1-email-figures")
    sent = mail_frame.render(mail_frame.compiled(source.subject, source.body, source.text), VALUES)
    assert pins.check(source).pins == ()
    assert pins.mail(source, (), VALUES) == sent


def test_marks_change_nothing_else_in_the_mail():
    source = an_email()
    marked = pins.mail(source, pins.check(source).pins, VALUES).html
    plain = pins.mail(source, (), VALUES).html
    assert re.sub(r'<mark class="found-\w+">|</mark><b class="pin">\d+</b>', "", marked) == plain


def test_a_place_in_an_address_gets_no_mark_and_the_mail_still_shows():
    source = an_email('<mj-button href="https://example.com/x">See it</mj-button>', subject="A note")
    checked = pins.check(source)
    assert "foreign_link" in {pin.finding.rule for pin in checked.pins}
    assert "See it" in pins.mail(source, checked.pins, VALUES).html


def test_a_subject_is_marked_as_it_is_filled():
    source = an_email()
    checked = pins.check(source)
    pieces = pins.marked("Maria, pay $312 less", "subject", checked.pins, VALUES)
    assert [(piece.text, piece.level) for piece in pieces] == [("Maria, pay ", ""), ("$312", "blocks"), (" less", "")]
    assert "".join(piece.text for piece in pieces) == "Maria, pay $312 less"


def test_words_that_are_not_in_the_text_mark_nothing():
    checked = pins.check(an_email())
    assert pins.marked("Something else", "subject", checked.pins, VALUES) == (pins.Piece("Something else"),)


def test_the_source_shows_each_pin_on_its_line():
    source = an_email()
    checked = pins.check(source)
    shown = pins.source(source, checked.pins)
    assert [part.name for part in shown] == ["subject", "body", "text"]
    on_lines = [(part.name, line.number, pin.number) for part in shown for line in part.lines for pin in line.pins]
    assert sorted(number for *_, number in on_lines) == [pin.number for pin in checked.pins]
    assert all((pin.finding.place.part, pin.finding.place.line, pin.number) in on_lines for pin in checked.pins)


@pytest.mark.parametrize("path", sorted(PRESETS.glob("templates/*.yaml")), ids=lambda path: path.stem)
def test_the_source_loses_no_letter(path):
    source = preset(path.stem)
    shown = {part.name: part for part in pins.source(source, pins.check(source).pins)}
    body = "\n".join("".join(piece.text for piece in line.pieces) for line in shown["body"].lines)
    assert body == source.body.rstrip("\n")


@given(st.text(st.sampled_from("<>/{}% \nabmj-text.pre-approved\"'=\ue000"), max_size=120))
def test_whatever_is_written_is_checked_and_shown_or_refused(body):
    source = an_email(body)
    checked = pins.check(source)
    assert len(pins.source(source, checked.pins)) == 3
    try:
        pins.mail(source, checked.pins, VALUES)
    except (mail_frame.CannotCompile, pins.liquid.CannotRender):
        assert linter.blocking([pin.finding for pin in checked.pins])


def test_in_a_frame_links_lead_nowhere_and_the_systems_parts_are_marked():
    source = preset("day-1-email")
    page = pins.framed(pins.mail(source, (), VALUES).html)
    assert not re.search(r"<a\b[^>]*\shref=", page)
    assert ".system::before" in page
    assert "See" in page
