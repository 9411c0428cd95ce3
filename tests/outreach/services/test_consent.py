"""The ledger and what it closes: files, other systems, and a person's own later word."""

from datetime import timedelta

import pytest

from loans.models import Borrower
from outreach.models import Consent, ConsentSource, Enrollment, Suppression
from outreach.queries import consents, standings
from outreach.services import consent, consent_import
from tests.loans.rows import make_loan
from tests.outreach.conversations import NOW, lookup, opportunity, touch, under_way

EMAIL, PHONE = "maria@example.com", "+13035550188"
YEARS_AGO = NOW - timedelta(days=900)


def told_by_file(**columns):
    loan = make_loan(email=EMAIL, phone=PHONE)
    Borrower.objects.filter(loan=loan).update(**columns)
    return loan


def again(**columns):
    """The file comes again, perhaps with other words."""
    Borrower.objects.update(**columns)


def ledger():
    return list(Consent.objects.order_by("pk").values_list("channel", "act", "source"))


@pytest.mark.django_db
def test_a_file_becomes_lines_once_each_however_often_it_comes():
    told_by_file(email_opt_out=True, do_not_call=True, sms_consent=True, sms_consent_at=YEARS_AGO)
    assert consent.sync_from_files(NOW) == {"lines": 3, "closed": 2, "taken_back": 0}
    assert sorted(ledger()) == [("call", "revoked", "file"), ("email", "revoked", "file"), ("sms", "granted", "file")]
    assert Consent.objects.get(act="granted").at == YEARS_AGO
    assert set(Suppression.objects.values_list("channel", "reason")) == {("email", "file"), ("call", "file")}
    assert consent.sync_from_files(NOW + timedelta(days=1)) == {"lines": 0, "closed": 0, "taken_back": 0}


@pytest.mark.django_db
def test_a_file_that_says_nothing_leaves_nothing():
    told_by_file()
    assert consent.sync_from_files(NOW)["lines"] == 0
    assert (Consent.objects.count(), Suppression.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_an_opt_out_survives_every_file_that_comes_after_it():
    told_by_file(sms_consent=True, sms_consent_at=YEARS_AGO)
    consent.sync_from_files(NOW)
    consent.opt_out({"sms": lookup(PHONE), "email": lookup(EMAIL)}, source="reply", at=NOW)
    again(email_opt_out=False, sms_consent=True, sms_consent_at=YEARS_AGO + timedelta(days=10))
    told_by_file(sms_consent=True, sms_consent_at=YEARS_AGO + timedelta(days=20), email_opt_out=False)
    consent.sync_from_files(NOW + timedelta(days=1))
    assert consents.newest("sms", lookup(PHONE)).act == "revoked"
    assert set(Suppression.objects.values_list("channel", "reason")) == {("sms", "reply"), ("email", "reply")}


@pytest.mark.django_db
def test_a_consent_of_a_day_to_come_is_taken_once_and_from_when_the_loan_came():
    loan = told_by_file(sms_consent=True, sms_consent_at=NOW + timedelta(days=9))
    assert consent.sync_from_files(NOW)["lines"] == 1
    assert consent.sync_from_files(NOW)["lines"] == 0
    assert Consent.objects.get().at == loan.created_at


@pytest.mark.django_db
def test_a_files_no_ends_what_a_file_had_granted_and_an_old_yes_does_not_bring_it_back():
    told_by_file(sms_consent=True, sms_consent_at=YEARS_AGO)
    consent.sync_from_files(NOW)
    again(sms_consent=False)
    consent.sync_from_files(NOW + timedelta(days=1))
    assert consents.newest("sms", lookup(PHONE)).act == "revoked"
    again(sms_consent=True)
    assert consent.sync_from_files(NOW + timedelta(days=2))["lines"] == 0
    again(sms_consent_at=NOW + timedelta(days=3))
    consent.sync_from_files(NOW + timedelta(days=4))
    assert consents.newest("sms", lookup(PHONE)).act == "granted"


def test_what_waits_for_an_address_is_taken_back_when_a_file_closes_it(olivia):
    row = opportunity(olivia)
    waiting = touch(row, "email", "scheduled")
    Borrower.objects.filter(loan=row.loan).update(email_opt_out=True)
    assert consent.sync_from_files(NOW)["taken_back"] == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("skipped", "suppressed")


@pytest.mark.django_db
def test_no_address_is_nobodys_address():
    loan = make_loan()
    Borrower.objects.filter(loan=loan).update(email_opt_out=True, do_not_call=True, sms_consent=True)
    assert consent.sync_from_files(NOW)["lines"] == 0


def test_said_twice_an_opt_out_is_one_line_and_a_bounce_gives_way_to_it(olivia):
    for source in ("bounce", "reply", "reply", "bounce"):
        consent.opt_out({"email": lookup(EMAIL)}, source=source, at=NOW, words="stop")
    assert ledger() == [("email", "revoked", "bounce"), ("email", "revoked", "reply"), ("email", "revoked", "bounce")]
    assert Suppression.objects.get().reason == "reply"


def test_only_a_later_yes_of_the_person_opens_an_address(olivia):
    consent.opt_out({"sms": lookup(PHONE)}, source="reply", at=NOW)
    consent.grant("sms", lookup(PHONE), source="system", at=NOW - timedelta(days=1))
    assert Suppression.objects.count() == 1
    assert consents.newest("sms", lookup(PHONE)).act == "revoked"
    consent.grant("sms", lookup(PHONE), source="system", at=NOW + timedelta(days=1))
    assert Suppression.objects.count() == 0


def test_an_opt_out_that_somebody_was_told_stops_every_loan_with_the_address(olivia, carl):
    under_way(olivia, phone=PHONE)
    under_way(carl, phone=PHONE, name=("Someone", "Else"))
    consent.revoke({"call": lookup(PHONE)}, source=ConsentSource.OFFICER, at=NOW, by=olivia)
    assert set(Enrollment.objects.values_list("state", "stop_reason")) == {("stopped", "opt_out")}
    assert Consent.objects.get().by == olivia


def test_the_panel_says_in_a_word_and_a_sentence_what_may_be_done(olivia):
    person = opportunity(olivia).loan.borrowers.get()

    def panel():
        return [(line.label, line.word, line.why) for line in standings.state_for(person)]

    assert panel() == [
        ("Email", "Allowed", "Client since Apr 17, 2024. No opt-out."),
        ("Text", "No consent", "No written consent on file."),
        ("Call, dialed by hand", "Allowed", "No do-not-call list was checked."),
    ]
    consent.grant("sms", bytes(person.phone_lookup), source="system", at=NOW, method="application form", document="version 3")
    assert panel()[1] == ("Text", "Written consent", "Apr 27, 2026, application form, version 3.")
    consent.opt_out({"email": bytes(person.email_lookup)}, source="one_click", at=NOW)
    assert panel()[0] == ("Email", "Opted out", "Apr 27, 2026, by one-click unsubscribe.")


def test_a_file_of_consents_lands_line_by_line_and_only_once(olivia, ada, mona):
    row = opportunity(olivia)
    number = row.loan.loan_number
    good = {"loan_number": number, "channel": "sms", "act": "granted", "at": "2026-04-02", "method": "paper"}
    rows = [good, good | {"channel": "fax"}, good | {"at": "soon"}, good | {"loan_number": "none"}, good | {"at": "2030-01-01"}]
    done = consent_import.import_rows(rows, by=ada, now=NOW)
    assert (done.added, done.known, [line for line, _ in done.rejected]) == (1, 0, [3, 4, 5, 6])
    assert consent_import.import_rows([good], by=ada, now=NOW).known == 1
    assert consent_import.import_rows([good], by=mona, now=NOW).rejected == [(2, "No such loan or borrower.")]
    assert ledger() == [("sms", "granted", "file")]
