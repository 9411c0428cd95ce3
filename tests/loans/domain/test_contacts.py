"""Addresses, numbers and streets as they are compared: written any way, the same stays the same."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loans.domain import contacts

TEXT = st.text(max_size=60)
DIGITS = st.text("0123456789+-(). x#", max_size=24)


@pytest.mark.parametrize(
    ("written", "normalized"),
    [
        ("marisol@example.com", "marisol@example.com"),
        ("  Marisol.Vega+Refi@Mail.Example.COM\n", "marisol.vega+refi@mail.example.com"),
        ("o'neil@example.com", "o'neil@example.com"), ("a@sub.sub-2.example.com", "a@sub.sub-2.example.com"),
        ("", None), ("n/a", None), ("marisol", None), ("marisol@", None), ("@example.com", None), ("a@example", None),
        ("a b@example.com", None), ("a@@example.com", None), ("a@example..com", None), ("a@-example.com", None),
        ("a@example.com; b@example.com", None), ("a@example.com,b@example.com", None), ("Marisol <a@example.com>", None),
        ("a@example.com.", None), ("x" * 250 + "@example.com", None),
    ],
)  # fmt: skip
def test_an_address_is_compared_in_lower_case(written, normalized):
    assert contacts.normalized_email(written) == normalized


@pytest.mark.parametrize(
    ("written", "normalized"),
    [
        ("(303) 555-0142", "+13035550142"), ("303.555.0142", "+13035550142"), ("3035550142", "+13035550142"),
        ("1-303-555-0142", "+13035550142"), ("+1 303 555 0142", "+13035550142"), (" 303/555/0142 ", "+13035550142"),
        ("303-555-0142 x12", "+13035550142"), ("(303) 555-0142 ext. 7", "+13035550142"), ("3035550142 #9", "+13035550142"),
        ("800-555-0142", "+18005550142"), ("1 (888) 555-0199", "+18885550199"), ("+44 20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"), ("+52 55 5555 0142", "+525555550142"),
        ("", None), ("none", None), ("555-0142", None), ("103-555-0142", None), ("303-155-0142", None), ("0000000000", None),
        ("303-555-014", None), ("303-555-0142 or 303-555-0143", None), ("+1 555 0142", None), ("+999 123", None),
        ("٣٠٣٥٥٥٠١٤", None),
    ],
)  # fmt: skip
def test_a_number_is_compared_as_it_is_dialled_from_abroad(written, normalized):
    assert contacts.normalized_phone(written) == normalized


@pytest.mark.parametrize(
    "written", ["12 North Oak Street", "12 N Oak St", "12 n. oak st.", " 12  NORTH OAK  ST ", "12 North Oak Street,"]
)
def test_a_street_is_compared_without_its_spelling(written):
    assert contacts.normalized_street(written) == "12 n oak st"


def test_streets_that_differ_stay_apart():
    streets = ["12 Oak St", "12 Oak Ave", "12 Oak St Apt 4", "12 Oak St Apt 5", "21 Oak St", "12 N Oak St", ""]
    assert len({contacts.normalized_street(street) for street in streets}) == len(streets)


@given(TEXT)
@example("İ@example.com")
@example("ß@example.com")
def test_an_address_normalized_is_normal(text):
    once = contacts.normalized_email(text)
    assert once is None or contacts.normalized_email(once) == once


@given(st.emails())
def test_an_address_of_any_mail_system_is_taken_or_refused_whatever_its_case(address):
    found = contacts.normalized_email(address)
    assert contacts.normalized_email(f" {address.upper()} ") == found


@given(TEXT | DIGITS)
@example("+390612345678")
def test_a_number_normalized_is_normal(text):
    once = contacts.normalized_phone(text)
    assert once is None or (contacts.normalized_phone(once) == once and re.fullmatch(r"\+[0-9]{5,17}", once))


@given(TEXT)
def test_a_street_normalized_is_normal(text):
    once = contacts.normalized_street(text)
    assert contacts.normalized_street(once) == once
    assert once == once.strip().lower()


@given(st.integers(2, 9), st.integers(0, 99), st.integers(2, 9), st.integers(0, 999_999))
def test_every_number_of_the_american_plan_is_taken(area, rest, exchange, line):
    digits = f"{area}{rest:02d}{exchange}{line:06d}"
    written = contacts.written_phone(f"+1{digits}")
    assert contacts.normalized_phone(digits) == contacts.normalized_phone(written) == f"+1{digits}"


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("+13035550142", "(303) 555-0142"), ("+18005550142", "(800) 555-0142"), ("+442079460958", "+44 20 7946 0958"),
        ("", ""), ("who knows", "who knows"),
    ],
)  # fmt: skip
def test_a_number_is_shown_as_people_write_it(stored, read):
    assert contacts.written_phone(stored) == read


@given(TEXT | DIGITS)
def test_whatever_is_stored_can_be_shown(text):
    assert isinstance(contacts.written_phone(text), str)
