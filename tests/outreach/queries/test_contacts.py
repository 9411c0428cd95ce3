"""Who belongs together, and that nothing belongs together by what is empty."""

import pytest

from loans.models import Borrower, Loan
from outreach.queries import contacts, touch_reading
from tests.loans.rows import make_loan
from tests.outreach.conversations import lookup, opportunity, touch

pytestmark = pytest.mark.django_db
STREET = "12 Juniper Way"


def home(number: str = "", street: str = STREET, zip_code: str = "80203", **columns) -> Loan:
    return make_loan(number, property_street_lookup=lookup(street), property_zip=zip_code, **columns)


def belong_together(one: Loan, other: Loan) -> bool:
    both = contacts.household([one.pk]), contacts.household([other.pk])
    assert one.pk in both[0]
    assert other.pk in both[1]
    assert (other.pk in both[0]) is (one.pk in both[1])
    return other.pk in both[0]


def test_the_same_email_is_the_same_borrower():
    one, other = (make_loan(email="a@example.com", name=("A", last)) for last in ("Vega", "Ode"))
    assert belong_together(one, other)


@pytest.mark.parametrize(
    ("last_name", "together"),
    [("Vega", True), ("VEGA", True), ("Ode", False), ("", False)],
    ids=["same", "case", "other", "none"],
)
def test_a_number_counts_with_the_last_name(last_name, together):
    one = make_loan(phone="+13035550142", name=("Marisol", last_name and "Vega"))
    other = make_loan(phone="+13035550142", name=("Luis", last_name))
    assert belong_together(one, other) is together


@pytest.mark.parametrize(
    ("street", "zip_code", "last_name", "together"),
    [
        (STREET, "80203", "vega", True),
        (STREET, "80203-1204", "Vega", True),
        (STREET, "80204", "Vega", False),
        ("14 Juniper Way", "80203", "Vega", False),
        (STREET, "80203", "Ode", False),
    ],
)
def test_a_street_counts_with_the_zip_and_the_last_name(street, zip_code, last_name, together):
    assert belong_together(home(), home(street=street, zip_code=zip_code, name=("Luis", last_name))) is together


def test_what_is_empty_never_matches():
    one, other = (make_loan(name=("A", "Vega")) for _ in range(2))
    assert not belong_together(one, other)
    assert not belong_together(home(zip_code=""), home(zip_code=""))


def test_a_second_borrower_counts_as_much_as_the_first():
    one, other = make_loan(email="a@example.com"), make_loan(email="b@example.com", name=("B", "Ode"))
    Borrower.objects.create(
        loan=other, position=2, first_name="A", last_name="Vega", email="a@example.com", email_lookup=lookup("a@example.com")
    )
    assert belong_together(one, other)


def test_somebody_who_gets_the_mail_at_the_house_of_a_namesake_belongs_to_it():
    one, other = home(), make_loan()
    Borrower.objects.filter(loan=other).update(mailing_street_lookup=lookup(STREET), mailing_zip="80203")
    assert belong_together(one, other)


def test_two_who_get_their_mail_at_the_same_place_belong_together():
    one, other = make_loan(), make_loan()
    Borrower.objects.filter(loan__in=[one, other]).update(mailing_street_lookup=lookup(STREET), mailing_zip="80203-1234")
    assert belong_together(one, other)


def test_households_of_several_loans_are_found_at_once_and_sorted():
    one, two = home("B"), home("A")
    alone, away = make_loan(email="c@example.com"), make_loan(email="d@example.com")
    assert contacts.household([alone.pk, two.pk]) == sorted([one.pk, two.pk, alone.pk])
    assert away.pk not in contacts.household([alone.pk, two.pk])
    assert contacts.household([]) == []


def test_an_address_is_found_on_every_loan_by_either_kind():
    one, other = make_loan(email="a@example.com"), make_loan(email="a@example.com", phone="+13035550142")
    make_loan(email="b@example.com")
    assert contacts.loans_of_address(lookup("a@example.com")) == sorted([one.pk, other.pk])
    assert contacts.loans_of_address(lookup("+13035550142")) == [other.pk]
    assert contacts.loans_of_address(lookup("nobody@example.com")) == []


def test_addresses_are_those_there_are():
    one = make_loan(email="a@example.com")
    assert contacts.addresses([one.pk]) == [lookup("a@example.com")]
    assert contacts.addresses([make_loan().pk]) == []


def test_a_send_locks_the_loan_every_address_on_it_and_the_one_it_goes_to(olivia):
    row = opportunity(olivia, email="a@example.com", phone="+13035550142")
    before = lookup("old@example.com")
    one = touch(row, address_lookup=before)
    found = contacts.keys_of_send(touch_reading.touch(one.pk))
    expected = contacts.keys([row.loan_id], [lookup("a@example.com"), lookup("+13035550142"), before])
    assert sorted(found) == sorted(expected)
    same = touch(row, address_lookup=lookup("a@example.com"))
    assert len(contacts.keys_of_send(touch_reading.touch(same.pk))) == 3
