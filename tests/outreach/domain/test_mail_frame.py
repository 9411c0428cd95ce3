"""E-mails: the system's parts always there, the author's in their place, nothing loaded, and one text for every reader."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from outreach.domain import liquid, mail_frame, mail_parts, merge_fields
from outreach.domain.mail_frame import CannotCompile, CompiledEmail, Email
from outreach.domain.merge_fields import MessageFacts
from tests.outreach.domain.messages import FACTS, preset

NOTICE = "Your actual rate, payment, and costs could be higher. Get an official Loan Estimate before choosing a loan."
E_MAILS = ("day-1-email-figures", "day-1-email", "day-10-email-figures", "day-10-email")
PLAIN_BODY = "<mj-text>Hello {{ first_name }},</mj-text>"


class Visible(HTMLParser):
    """What is read on a page, with the tags that hold it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def compiled(slug: str) -> CompiledEmail:
    source = preset(slug)
    return mail_frame.compiled(source.subject, source.body, source.text)


def sent(slug: str, facts: MessageFacts = FACTS) -> Email:
    return mail_frame.render(compiled(slug), merge_fields.values(facts))


def words(email: Email) -> str:
    body = email.html[email.html.index("<body") :]
    return " ".join(" ".join(Visible(re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)).words).split())


def test_the_day_1_mail_says_what_the_picture_says() -> None:
    email = sent("day-1-email-figures")
    assert email.subject == "Maria, your mortgage rate and this week’s average"
    read = words(email)
    for passage in (
        "I arranged the mortgage on your home in Denver, in November 2022. Your rate is 7.375%.",
        "average for a 30-year fixed mortgage was 6.23% (Freddie Mac, April 23, 2026). That is an average, not an offer,",
        "you would pay about $312 less a month. A review may be worthwhile.",
        "Monthly payment, principal and interest $3,232.36 $2,920.14",
        "Number of monthly payments left 288 288",
        "Annual percentage rate (APR) – 6.39% Interest rate 7.375% 6.23% Cost to refinance, once, about $0 $6,359",
        "Pays for itself after – 21 months",
        "Taxes and insurance are not included, so the actual payment will be higher. Balance $435,871, estimated.",
        "If you plan to move within 21 months, it is probably not worth it.",
        "Jonah Reyes Loan officer, NMLS 9904471 Juniper Vale Home Loans, NMLS 9900112 (303) 555-0142 · licensed in Colorado",
    ):
        assert passage in read


@pytest.mark.parametrize("slug", E_MAILS)
def test_the_footer_and_both_nmls_ids_stand_in_both_parts_of_every_mail(slug: str) -> None:
    email = sent(slug)
    for part in (words(email), " ".join(email.text.split())):
        for passage in (
            "Equal Housing Opportunity. This is an advertisement from Juniper Vale Home Loans, the company that made your loan "
            "in 2022. You may pay a different company now; we do not write for it, nor for any government agency. "
            "Not an offer or a commitment to lend.",
            "1200 Example Street, Suite 400, Denver, CO 80203",
            "NMLS 9904471",
            "NMLS 9900112",
            "Stop these e-mails",
            "Choose what we send",
            "NMLS Consumer Access",
        ):
            assert passage in part
    assert 'href="https://jv.example.com/u/7K2QX"' in email.html
    assert "Stop these e-mails: https://jv.example.com/u/7K2QX" in email.text


@pytest.mark.parametrize("slug", ["day-1-email-figures", "day-10-email-figures"])
def test_figures_stand_under_the_notice_large_and_bold(slug: str) -> None:
    email = sent(slug)
    assert words(email).removeprefix(NOTICE).strip().startswith(NOTICE)  # the preview, which is not seen, and the box
    assert email.text.startswith(NOTICE)
    styles = re.findall(r'style="([^"]*)">\s*' + re.escape(NOTICE), email.html)
    boxed = [style for style in styles if "font-weight:700" in style]
    assert len(boxed) == 1
    assert int(re.findall(r"font-size:(\d+)px", boxed[0])[0]) >= 16  # 12 pt


@pytest.mark.parametrize("slug", ["day-1-email", "day-10-email"])
def test_a_mail_without_figures_holds_no_percent_no_dollar_and_no_notice(slug: str) -> None:
    email = sent(slug)
    read = words(email) + email.subject + email.text
    assert "%" not in read
    assert "$" not in read
    assert NOTICE not in read


def test_a_figure_in_any_part_brings_the_notice_to_both() -> None:
    template = mail_frame.compiled("Hello", PLAIN_BODY, "Your rate is {{ note_rate }}")
    assert NOTICE in template.html
    assert NOTICE in template.text


def test_day_10_reminds_of_the_window_of_a_rate_lock_without_hurry() -> None:
    for slug in ("day-10-email", "day-10-email-figures"):
        read = words(sent(slug))
        assert "A lock holds a quoted rate for a set number of days" in read
        assert "I can tell you what a lock would cost today" in read


@pytest.mark.parametrize("slug", E_MAILS)
def test_nothing_is_loaded_and_every_link_is_ours(slug: str) -> None:
    html = sent(slug).html
    page = Visible(html)
    assert {"img", "link", "script", "iframe", "video", "object"}.isdisjoint(page.tags)
    assert "url(" not in html
    assert "@import" not in html
    assert [name for name, _ in page.attributes if name in ("src", "background", "srcset")] == []
    links = {value for name, value in page.attributes if name == "href"}
    assert links <= {
        "https://jv.example.com/m/7K2QX",
        "https://jv.example.com/u/7K2QX",
        "https://jv.example.com/p/7K2QX",
        mail_parts.NMLS_CONSUMER_ACCESS,
    }
    assert len(html.encode()) < 102_000  # where Gmail cuts, the footer would be gone


def test_the_page_says_its_language_and_its_tables_say_what_they_are() -> None:
    html = sent("day-1-email-figures").html
    assert '<html lang="en"' in html
    assert 'name="color-scheme" content="light dark"' in html
    tables = re.findall(r"<table[^>]*>", html)
    assert len([table for table in tables if "presentation" not in table]) == 1
    assert html.count('scope="row"') == 6
    assert html.count('scope="col"') == 2


def test_a_name_is_text_and_never_markup() -> None:
    email = sent("day-1-email", replace(FACTS, first_name='<a href="x">{{ apr }}</a>'))
    assert '<a href="x">' not in email.html
    assert "&lt;a href=" in email.html
    assert "{{ apr }}" in email.html
    assert '<a href="x">{{ apr }}</a>' in email.text


def test_a_line_break_in_a_name_starts_no_header() -> None:
    assert "\n" not in sent("day-1-email", replace(FACTS, first_name="Maria\r\nBcc: all@example.com")).subject


@pytest.mark.parametrize(
    "field",
    ["officer_nmls", "lender_nmls", "postal_address", "unsubscribe_link", "preferences_link", "lender_name", "estimate_link"],
)
def test_without_what_the_law_wants_nothing_is_written(field: str) -> None:
    with pytest.raises(liquid.CannotRender) as refused:
        sent("day-1-email", replace(FACTS, **{field: ""}))
    assert refused.value.field == field


def test_figures_that_are_not_known_are_not_written() -> None:
    with pytest.raises(liquid.CannotRender) as refused:
        sent("day-1-email-figures", replace(FACTS, monthly_savings=None))
    assert refused.value.field == "monthly_savings"
    assert sent("day-1-email", replace(FACTS, monthly_savings=None)).subject.startswith("Maria")


@pytest.mark.parametrize(
    "body",
    [
        "<mj-text>a</mj-text></mj-column></mj-section><mj-section><mj-column>",
        "<mj-text>a</mj-text><!-- ",
        "<mj-text><div style='display:none'>a</div></mj-text>",
        "<mj-text><p style='display:none'>a</p></mj-text>",
        "<mj-text css-class='quiet'>a</mj-text>",
        "<mj-raw></td></tr></table></mj-raw>",
        "<mj-style>.page { display: none }</mj-style>",
        "<mj-include path='/etc/passwd' />",
        "<mj-image src='https://x.example.com/p.gif' />",
        "<mj-text><img src='https://x.example.com/p.gif'></mj-text>",
        "<mj-text><script>a</script></mj-text>",
        "<mj-text>a",
        "words alone",
        "<mj-text><style>* { color: white }</style></mj-text>",
        "<mj-text>a</mj-text><![CDATA[ x ]]>",
        "<mj-text><a onclick='x()' href='{{ estimate_link }}'>a</a></mj-text>",
    ],
)
def test_a_body_can_not_leave_its_place(body: str) -> None:
    with pytest.raises(CannotCompile):
        mail_frame.compile_email(body)


def test_a_body_of_plain_words_lists_and_links_is_taken() -> None:
    body = """<mj-text><h2>A heading</h2><p>One<br>two <strong>three</strong></p><ul><li>a</li></ul>
    <a href="{{ booking_link }}">Choose a time</a> R&amp;D</mj-text>
    <mj-divider /><mj-button href="{{ estimate_link }}">See it</mj-button>"""
    html = mail_frame.compile_email(body)
    assert "<h2>A heading</h2>" in html
    assert 'href="{{ booking_link }}"' in html


def test_the_frame_and_the_example_use_known_fields_only() -> None:
    known = set(merge_fields.FIELDS) | merge_fields.FRAME_FIELDS
    for slug in E_MAILS:
        template = compiled(slug)
        assert liquid.fields_of(template.html) | liquid.fields_of(template.text) <= known


def test_a_version_is_compiled_once() -> None:
    assert compiled("day-1-email") is compiled("day-1-email")
