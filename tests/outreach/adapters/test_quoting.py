"""A reply without what it quotes, in the styles of the programs that borrowers use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters import html_text, quoting

GMAIL = """Yes, Tuesday works.

On Thu, Apr 23, 2026 at 10:02 AM Olivia Hart <olivia@lender.example.com>
wrote:

> A review may be worthwhile.
> Stop these e-mails
"""
APPLE = """Please take me off your list.

Sent from my iPhone

> On Apr 23, 2026, at 10:02 AM, Olivia Hart <olivia@lender.example.com> wrote:
>
> A review may be worthwhile.
"""
OUTLOOK = """Call me tomorrow.

________________________________
From: Olivia Hart <olivia@lender.example.com>
Sent: Thursday, April 23, 2026 10:02 AM
To: Dana Whitfield <dana@example.com>
Subject: Your mortgage

A review may be worthwhile.
Stop these e-mails
"""
OUTLOOK_OLD = "Not interested.\r\n\r\n-----Original Message-----\r\nFrom: Olivia Hart\r\nSent: Thursday\r\n\r\nA review.\r\n"
OUTLOOK_PHONE = """I already refinanced.

Get Outlook for iOS
________________________________
From: Olivia Hart <olivia@lender.example.com>
Sent: Thursday, April 23, 2026 10:02:11 AM
To: dana@example.com <dana@example.com>
Subject: Your mortgage

A review may be worthwhile.
"""
YAHOO = """Sure.
    On Thursday, April 23, 2026 at 10:02:11 AM MDT, Olivia Hart <olivia@lender.example.com> wrote:

 A review may be worthwhile.
"""
SPANISH = """No, gracias.

El jue, 23 abr 2026 a las 10:02, Olivia Hart (<olivia@lender.example.com>)
escribió:

> A review may be worthwhile.
"""
BELOW = """On Thu, Apr 23, 2026 at 10:02 AM Olivia Hart <olivia@lender.example.com> wrote:
> A review may be worthwhile.

Stop writing to me.
"""
BETWEEN = """On Thu, Apr 23, 2026 at 10:02 AM Olivia Hart <olivia@lender.example.com> wrote:
> When can we talk?
Friday at 4.
> Anything else?
Don't text me.
"""
SIGNED = "Yes please.\n\n-- \nDana Whitfield\nUnsubscribe consultants, Inc.\n"
CARRIER = "Yes.\n\nSent from my Verizon, Samsung Galaxy smartphone\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(GMAIL, "Yes, Tuesday works.", id="gmail"),
        pytest.param(APPLE, "Please take me off your list.", id="apple"),
        pytest.param(OUTLOOK, "Call me tomorrow.", id="outlook"),
        pytest.param(OUTLOOK_OLD, "Not interested.", id="outlook-old"),
        pytest.param(OUTLOOK_PHONE, "I already refinanced.", id="outlook-phone"),
        pytest.param(YAHOO, "Sure.", id="yahoo"),
        pytest.param(SPANISH, "No, gracias.", id="spanish"),
        pytest.param(BELOW, "Stop writing to me.", id="below"),
        pytest.param(BETWEEN, "Friday at 4.\nDon't text me.", id="between"),
        pytest.param(CARRIER, "Yes.", id="carrier"),
        pytest.param(SIGNED, "Yes please.", id="signed"),
        pytest.param("Yes\u200b\xa0please", "Yes please", id="odd-spaces"),
    ],
)
def test_a_reply_keeps_the_persons_words_alone(text, words):
    assert quoting.new_words(text) == words
    assert quoting.new_words(text.replace("\r\n", "\n").replace("\n", "\r\n")) == words


@pytest.mark.parametrize(
    "text",
    [
        "On Monday my lawyer wrote:\nstop contacting Dana.",
        "From: my point of view this is fine.\nTo: be discussed.",
        "--\nunsubscribe",
        "I have two questions:\n- what rate\n- what cost",
        "---\nSTOP",
        "Sent from my heart, but stop anyway",
        "Sent from my phone, please stop",
    ],
)
def test_a_persons_own_sentence_is_not_taken_for_a_quotation(text):
    assert quoting.new_words(text) == text


def test_a_reply_with_nothing_but_marked_quotation_says_nothing():
    assert quoting.new_words("\n\nOn Thu, Apr 23, 2026 at 10:02 AM Olivia <o@example.com> wrote:\n> Stop these e-mails\n") == ""
    assert quoting.new_words("Sent from my iPhone") == ""


def test_words_below_an_unmarked_quotation_are_not_lost_where_none_stand_above():
    text = "-----Original Message-----\nFrom: Olivia\nA review.\n\nplease stop"
    assert "please stop" in quoting.new_words(text)


def test_a_very_long_reply_is_cut():
    assert len(quoting.new_words("word " * 10_000)) <= quoting.LONGEST


@given(st.text(alphabet=st.characters(exclude_characters=">-_:", exclude_categories=["C", "Z"]), min_size=1))
def test_plain_words_stay_as_they_are(text):
    assert quoting.new_words(text) == text


@given(st.text())
def test_no_html_breaks_the_reader(text):
    assert isinstance(html_text.text_of(f"<p>{text}<br>{text}"), str)


def test_html_gives_lines_and_marks_what_is_quoted():
    html = "<div>One <b>two</b></div><ul><li>first<li>second</ul><blockquote>old<br>older</blockquote>new<script>x()</script>"
    assert html_text.text_of(html) == "One two\n- first\n- second\n> old\n> older\nnew"
