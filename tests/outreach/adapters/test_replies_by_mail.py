"""A borrower's mail through Inbound Parse: the words, the charset, the token, and who wrote it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters import letters, multipart, sendgrid_inbound
from outreach.adapters.happenings import Kind

HEADERS = (
    "From: Dana Whitfield <Dana@Example.com>\r\nTo: r+abc234@reply.example.com\r\nSubject: Re: Your mortgage\r\n"
    "Message-ID: <m1@mail.example.com>\r\nIn-Reply-To: <t1@desk.example.com>\r\n"
    "References: <t0@desk.example.com> <t1@desk.example.com>\r\nDate: Fri, 24 Apr 2026 09:12:00 -0600\r\n"
)


def mail(body=b"Yes, please call me.", kind="text/plain; charset=utf-8", extra=""):
    return f"{HEADERS}{extra}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n".encode() + body


def form(source=None, to="r+abc234@reply.example.com", sender="dana@example.com", **more):
    envelope = json.dumps({"to": [to], "from": sender})
    return {"envelope": envelope, "SPF": "pass", "dkim": "{@example.com : pass}", "email": source or mail(), **more}


def text_of(source):
    return sendgrid_inbound.parse(form(source)).text


def test_a_reply_has_its_words_sender_token_and_what_it_answers():
    reply = sendgrid_inbound.parse(form())
    assert (reply.kind, reply.text, reply.subject) == (Kind.REPLIED, "Yes, please call me.", "Re: Your mortgage")
    assert (reply.address, reply.token) == ("dana@example.com", "abc234")
    assert reply.in_reply_to == ("t1@desk.example.com", "t0@desk.example.com")
    assert reply.authenticated
    assert not reply.automatic


def test_nothing_personal_is_shown_or_kept_in_the_clear():
    reply = sendgrid_inbound.parse(form())
    said = repr(reply) + str(dict(reply.raw)) + reply.dedupe_key + reply.semantic_key
    assert not any(word in said for word in ("dana", "Dana", "please", "abc234", "mortgage"))


def test_any_mail_to_the_unsubscribe_address_unsubscribes():
    given_up = sendgrid_inbound.parse(form(to="u+tok9@reply.example.com", source=mail(b"")))
    assert (given_up.kind, given_up.token) == (Kind.UNSUBSCRIBED, "tok9")


def test_a_mail_without_a_token_is_still_a_reply():
    reply = sendgrid_inbound.parse(form(to="hello@reply.example.com"))
    assert (reply.kind, reply.token) == (Kind.REPLIED, "")


def test_the_mails_own_recipients_count_where_the_envelope_is_missing():
    assert sendgrid_inbound.parse({"email": mail()}).token == "abc234"


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8"])
def test_a_mail_in_another_charset_keeps_its_accents(charset):
    assert text_of(mail("Sí, llámeme mañana".encode(charset), f"text/plain; charset={charset}")) == "Sí, llámeme mañana"


@pytest.mark.parametrize(
    "claimed", ["text/plain", "text/plain; charset=us-ascii", "text/plain; charset=nonsense", "text/plain; charset=utf-8"]
)
def test_a_mail_that_lies_about_its_charset_is_read_all_the_same(claimed):
    assert text_of(mail("Sí, mañana".encode("cp1252"), claimed)) == "Sí, mañana"
    assert text_of(mail("Sí, mañana".encode(), claimed)) == "Sí, mañana"


def test_quoted_printable_and_encoded_subjects_are_decoded():
    source = mail(b"S=ED, ma=F1ana", "text/plain; charset=iso-8859-1", "Content-Transfer-Encoding: quoted-printable\r\n")
    source = source.replace(b"Re: Your mortgage", b"=?iso-8859-1?Q?Ma=F1ana?=")
    reply = sendgrid_inbound.parse(form(source))
    assert (reply.text, reply.subject) == ("Sí, mañana", "Mañana")


def test_a_mail_with_only_html_is_read_without_its_styles_and_quotation():
    html = (
        b"<html><head><style>p{color:red}</style><title>x</title></head><body><p>Please&nbsp;stop &amp; don&#8217;t write.</p>"
        b"<div class=gmail_quote>On Thu, Apr 23, 2026 at 10:02 AM Olivia &lt;o@lender.example.com&gt; wrote:<br>"
        b"<blockquote><p>A review may be worthwhile.</p></blockquote></div></body></html>"
    )
    assert text_of(mail(html, "text/html; charset=utf-8")) == "Please stop & don’t write."


def test_of_both_shapes_of_a_mail_the_plain_one_is_read_unless_it_is_empty():
    parts = "--b\r\nContent-Type: text/plain\r\n\r\n{}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>From HTML</p>\r\n--b--\r\n"
    assert text_of(mail(parts.format("From plain").encode(), "multipart/alternative; boundary=b")) == "From plain"
    assert text_of(mail(parts.format("").encode(), "multipart/alternative; boundary=b")) == "From HTML"


def test_an_attachment_is_not_taken_for_words():
    parts = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file\r\n"
        b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nSTOP\r\n--b--\r\n"
    )
    assert text_of(mail(parts, "multipart/mixed; boundary=b")) == "See the file"


@pytest.mark.parametrize(
    "extra",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated; owner=x\r\n",
        "Precedence: bulk\r\n",
        "Precedence: auto_reply\r\n",
        "X-Autoreply: yes\r\n",
        "Return-Path: <>\r\n",
    ],
)
def test_an_answering_machine_is_recognized(extra):
    assert sendgrid_inbound.parse(form(mail(extra=extra))).automatic


def test_a_person_is_not_taken_for_a_machine():
    assert not sendgrid_inbound.parse(form(mail(extra="Auto-Submitted: no\r\nPrecedence: normal\r\n"))).automatic


def test_a_report_of_failed_delivery_is_automatic():
    assert sendgrid_inbound.parse(form(sender="")).automatic
    assert sendgrid_inbound.parse(form(mail(b"--b--", "multipart/report; boundary=b"))).automatic


@pytest.mark.parametrize(
    ("spf", "dkim", "return_path", "authenticated"),
    [
        ("pass", "none", "dana@example.com", True),
        ("pass", "none", "bounces@mail.example.com", True),
        ("pass", "none", "x@evil.example.net", False),
        ("fail", "{@example.com : pass}", "x@evil.example.net", True),
        ("fail", "{@evil.example.net : pass}", "x@evil.example.net", False),
        ("softfail", "{@example.com : fail}", "dana@example.com", False),
        ("none", "", "", False),
        ("pass", "none", "x@com", False),
    ],
)
def test_only_who_speaks_for_the_senders_domain_vouches_for_it(spf, dkim, return_path, authenticated):
    reply = sendgrid_inbound.parse(form(sender=return_path, SPF=spf, dkim=dkim))
    assert reply.authenticated is authenticated
    assert reply.text == "Yes, please call me."


def test_the_same_mail_twice_has_the_same_keys_and_another_mail_has_others():
    first, again = sendgrid_inbound.parse(form()), sendgrid_inbound.parse(form(spam_score="1.0"))
    other = sendgrid_inbound.parse(form(mail(b"No.").replace(b"m1@", b"m2@")))
    assert (first.dedupe_key, first.semantic_key) == (again.dedupe_key, again.semantic_key)
    assert first.dedupe_key != other.dedupe_key
    assert first.semantic_key != other.semantic_key


def test_the_fields_that_the_vendor_made_are_read_where_the_source_is_missing():
    fields = {
        "headers": HEADERS.encode(),
        "text": "Sí, mañana".encode("cp1252"),
        "charsets": json.dumps({"text": "windows-1252"}),
        "envelope": json.dumps({"to": ["r+abc234@reply.example.com"], "from": "dana@example.com"}),
    }
    reply = sendgrid_inbound.parse(fields)
    assert (reply.text, reply.token, reply.address) == ("Sí, mañana", "abc234", "dana@example.com")
    assert reply.provider_id == "m1@mail.example.com"


def test_html_and_bare_fields_are_enough_for_a_reply():
    reply = sendgrid_inbound.parse({"from": "Dana <dana@example.com>", "to": "r+a1@reply.example.com", "html": "<p>Stop</p>"})
    assert (reply.text, reply.token, reply.address) == ("Stop", "a1", "dana@example.com")


def test_a_posted_form_keeps_the_bytes_of_a_mail():
    source = mail("Sí, mañana".encode("iso-8859-1"), "text/plain; charset=iso-8859-1")
    body = b"".join(
        b'--xYz\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in ((b"email", source), (b"SPF", b"pass"))
    )
    body += b'--xYz\r\nContent-Disposition: form-data; name="attachment1"; filename="a.pdf"\r\n\r\nPDF\r\n--xYz--\r\n'
    fields = multipart.fields(body, "multipart/form-data; boundary=xYz")
    assert fields == {"email": source, "SPF": b"pass"}
    assert sendgrid_inbound.parse(fields).text == "Sí, mañana"


def test_a_posted_form_may_be_url_encoded_and_anything_else_is_empty():
    assert multipart.fields(b"a=%ED&b=", "application/x-www-form-urlencoded") == {"a": b"\xed", "b": b""}
    assert multipart.fields(b"{}", "application/json") == {}
    assert multipart.fields(b"x", "multipart/form-data; boundary=b") == {}
    assert multipart.fields(b"x", "multipart/form-data") == {}


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(noise):
    assert sendgrid_inbound.parse({"email": noise}).source == "sendgrid_inbound"
    assert sendgrid_inbound.parse({"email": mail(noise, "multipart/mixed; boundary=b"), "envelope": noise}).provider_id
    assert isinstance(letters.read(HEADERS.encode() + noise).text, str)


@given(
    st.dictionaries(
        st.sampled_from(["headers", "from", "to", "text", "html", "envelope", "charsets", "dkim", "SPF"]), st.text()
    )
)
def test_no_fields_break_the_reader(fields):
    assert sendgrid_inbound.parse(fields).kind in (Kind.REPLIED, Kind.UNSUBSCRIBED)
