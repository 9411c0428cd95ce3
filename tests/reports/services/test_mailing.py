"""The Monday mail: at seven on each branch's clock, once, to those who may read it, with the numbers of the page."""

import re
import smtplib
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.models import Lender, Role
from reports.models import MailOutcome, WeeklyMail
from reports.services import mailing
from tests.factories import UserFactory
from tests.reports import rows
from tests.reports.rows import MONDAY, PREPARED, WEDNESDAY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _server(settings, db):
    settings.SMTP_HOST = "mail.example.com"
    Lender.objects.update_or_create(pk=1, defaults={"name": "Harbor Pine", "time_zone": "America/Denver"})


@pytest.fixture
def week(olivia, carl):
    """Two opportunities in Denver with one message, one in Tampa."""
    first, _ = rows.opened(olivia), rows.opened(olivia)
    rows.sent(first)
    rows.replied(first)
    return rows.opened(carl)


def sent_to(mailoutbox):
    return sorted((mail.to[0], mail.subject.partition(":")[0]) for mail in mailoutbox)


def test_each_branch_is_mailed_at_seven_on_its_own_clock(week, ben, mona, ada, mailoutbox):
    seven_in_tampa = PREPARED - timedelta(hours=2)
    assert mailing.mail_due(seven_in_tampa - MINUTE) == 0
    assert mailing.mail_due(seven_in_tampa) == 1
    assert sent_to(mailoutbox) == [(mona.email, "Weekly report, Tampa")]
    assert mailing.mail_due(PREPARED - MINUTE) == 0
    assert mailing.mail_due(PREPARED) == 2
    assert sent_to(mailoutbox)[:2] == [(ada.email, "Weekly report, all branches"), (ben.email, "Weekly report, Denver")]


def test_the_mail_and_the_page_say_the_same_numbers(week, ben, as_user, mailoutbox, denver):
    mailing.mail_due(PREPARED)
    (mail,) = mailoutbox
    assert mail.subject == "Weekly report, Denver: Monday 20 to Sunday 26 April 2026"
    with time_machine.travel(PREPARED, tick=False):
        page = as_user(ben).get("/reports/weekly/")
    (html, kind) = mail.alternatives[0]
    assert kind == "text/html"
    for stage in page.context["report"].weeks[0]:
        assert stage in {"identified", "sent", "delivered", "delivered_email", "replied"}
    for row, stage in zip(page.context["numbers"][0].cells, page.context["stages"], strict=True):
        assert re.search(rf"^{stage.label} +{row.text} ", mail.body, re.MULTILINE), stage
        assert re.search(rf">{stage.label}</th><td[^>]*>{row.text}</td>", html), stage
    for sentence in page.context["report"].changed:
        assert sentence in mail.body
    assert f"/reports/weekly/?week=2026-W17&branch={denver.pk}" in mail.body


def test_it_is_mailed_once_however_often_the_clock_ticks_and_late_where_it_stood_still(week, ben, mailoutbox):
    late = PREPARED + timedelta(days=3)
    assert [mailing.mail_due(late + n * MINUTE) for n in range(3)] == [1, 0, 0]
    row = WeeklyMail.objects.get()
    assert (row.monday, row.outcome, row.recipients, row.refused, row.sent_at) == (MONDAY, MailOutcome.SENT, 1, 0, late)


def test_a_clock_that_stood_still_for_weeks_mails_the_newest_alone(week, ben, mailoutbox):
    mailing.mail_due(PREPARED + timedelta(weeks=3))
    assert [mail.subject for mail in mailoutbox] == ["Weekly report, Denver: Monday 11 to Sunday 17 May 2026"]


def test_what_another_worker_has_claimed_is_not_sent(week, ben, denver, mailoutbox):
    WeeklyMail.objects.create(branch=denver, monday=MONDAY, claimed_at=PREPARED)
    assert mailing.mail_due(PREPARED + MINUTE) == 0
    assert mailoutbox == []


def test_the_whole_lenders_mail_is_claimed_once_too(week, ada):
    WeeklyMail.objects.create(branch=None, monday=MONDAY, claimed_at=PREPARED)
    assert mailing.mail_due(PREPARED) == 0


@pytest.mark.parametrize(
    ("week", "seven"),
    [("2026-W10", datetime(2026, 3, 9, 13, tzinfo=UTC)), ("2026-W44", datetime(2026, 11, 2, 14, tzinfo=UTC))],
)
def test_it_is_seven_oclock_after_either_change_of_the_clock(olivia, ben, mailoutbox, week, seven):
    rows.opened(olivia, date(2026, 1, 5))
    mailing.mail_due(seven - timedelta(days=4))
    mailoutbox.clear()
    assert (mailing.mail_due(seven - MINUTE), mailing.mail_due(seven)) == (0, 1)
    assert WeeklyMail.objects.first().monday == date.fromisocalendar(2026, int(week[-2:]), 1)


def test_without_a_mail_server_nothing_is_claimed_and_a_later_one_sends_it(week, ben, settings, mailoutbox):
    settings.SMTP_HOST = ""
    assert mailing.mail_due(PREPARED) == 0
    assert (WeeklyMail.objects.count(), mailoutbox) == (0, [])
    settings.SMTP_HOST = "mail.example.com"
    assert mailing.mail_due(PREPARED + timedelta(hours=3)) == 1


def test_a_desk_that_has_not_begun_mails_nothing(ben, ada, olivia, mailoutbox):
    assert mailing.mail_due(PREPARED) == 0
    rows.opened(olivia, MONDAY + timedelta(days=7))
    assert mailing.mail_due(PREPARED) == 0
    assert WeeklyMail.objects.count() == 0


def test_an_empty_week_of_a_desk_that_has_begun_is_mailed(olivia, ben, mailoutbox):
    rows.opened(olivia, date(2026, 2, 2))
    mailing.mail_due(PREPARED)
    assert "No loan crossed your threshold. No message went out." in mailoutbox[0].body


def test_who_has_left_or_was_never_invited_gets_none(week, ben, denver, mailoutbox):
    UserFactory(name="Lena Gone", branch=denver, role=Role.MANAGER, is_active=False)
    UserFactory(name="Nils New", branch=denver, role=Role.MANAGER, password="")
    mailing.mail_due(PREPARED)
    assert [mail.to for mail in mailoutbox] == [[ben.email]]


def test_one_who_cannot_be_reached_keeps_it_from_nobody_else(week, ben, denver, monkeypatch, mailoutbox, as_user):
    second = UserFactory(name="Greta Second", branch=denver, role=Role.MANAGER)
    plain = mailing.EmailMultiAlternatives.send

    def refuses(message):
        if message.to == [ben.email]:
            raise smtplib.SMTPServerDisconnected
        return plain(message)

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuses)
    assert mailing.mail_due(PREPARED) == 1
    assert [mail.to for mail in mailoutbox] == [[second.email]]
    row = WeeklyMail.objects.get()
    assert (row.outcome, row.recipients, row.refused) == (MailOutcome.SENT, 1, 1)
    with time_machine.travel(PREPARED + MINUTE, tick=False):
        assert "to 1 person; 1 could not be reached" in as_user(ben).get("/reports/weekly/").content.decode()


def test_nobody_reached_is_a_failure_that_the_page_tells_and_nothing_repeats(week, ben, monkeypatch, as_user):
    def refuses(_message):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuses)
    assert [mailing.mail_due(PREPARED), mailing.mail_due(PREPARED + MINUTE)] == [0, 0]
    assert WeeklyMail.objects.get().outcome == MailOutcome.FAILED
    with time_machine.travel(PREPARED + MINUTE, tick=False):
        assert "did not take the e-mail of this week" in as_user(ben).get("/reports/weekly/").content.decode()


def test_a_manager_reads_of_the_own_branch_alone(week, ben, mona, mailoutbox):
    rows.replied(week, WEDNESDAY)
    mailing.mail_due(PREPARED)
    by_person = {mail.to[0]: mail.body for mail in mailoutbox}
    assert re.search(r"^Opportunities identified +2 ", by_person[ben.email], re.MULTILINE)
    assert re.search(r"^Opportunities identified +1 ", by_person[mona.email], re.MULTILINE)
    assert "Denver" not in by_person[mona.email]


def test_a_branch_with_a_break_in_its_name_is_one_header(week, ben, denver, mailoutbox):
    type(denver).objects.filter(pk=denver.pk).update(name="Denver\nBcc: all@example.com")
    mailing.mail_due(PREPARED)
    assert mailoutbox[0].subject.startswith("Weekly report, Denver Bcc: all@example.com")
    assert mailoutbox[0].to == [ben.email]
