"""Trying a template before it is in force: filled from a loan or from samples, on the page or as a test to oneself.

Nothing here makes a touch, so nothing counts what was tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape
from redis.exceptions import RedisError

from accounts.models import Lender, User
from accounts.services import invitations
from outreach.domain import liquid, mail_frame, merge_fields, pins, text_frame
from outreach.domain.linter import TemplateSource
from outreach.models import Channel, TemplateVersion
from outreach.queries import template_preview, templates
from outreach.services import filling

TESTS_A_DAY = 3
_DAY_SECONDS = int(timedelta(days=1).total_seconds())


class CannotTest(Exception):
    """No test goes out; the message says why."""


@dataclass(frozen=True)
class Example:
    """What a template is filled with: a loan the reader sees, or the sample values, whose `opportunity_id` is None."""

    label: str
    values: Mapping[str, str | None]
    opportunity_id: int | None = None

    @property
    def sender(self) -> str:
        """Name and address as a mail reader shows them."""
        return f"{self.values['officer_name']} <{self.values['officer_email']}>"


@dataclass(frozen=True)
class Shown:
    """A template as a borrower would see it, with its findings marked. `trouble` says why it can't be shown.

    `tall` tells that the example in full is in it, for the height of its frame.
    """

    subject: tuple[pins.Piece, ...] = ()
    text: tuple[pins.Piece, ...] = ()
    html: str = ""
    segments: text_frame.Segments | None = None
    tall: bool = False
    trouble: str = ""


def example(user: User, opportunity_id: int | None) -> Example:
    """The values of an opportunity that the user sees; the samples for any other."""
    row = template_preview.stand_in(user, opportunity_id) if opportunity_id else None
    if row is None:
        return Example("Sample values", merge_fields.samples())
    lender = Lender.current()
    # As if today were its day 1.
    facts = replace(filling.facts_of(row, lender), day_one=lender.today())
    values = merge_fields.values(facts)
    return Example(f"Loan {row.opportunity.loan.loan_number}", values, row.opportunity.pk)


def show(source: TemplateSource, found: tuple[pins.Pin, ...], values: Mapping[str, str | None]) -> Shown:
    """The message of a template, whatever its state. Findings are marked in every part where their words can be found."""
    try:
        if source.channel == "email":
            email = _mail(source, found, values)
            subject, text = (
                pins.marked(part, name, found, values) for name, part in (("subject", email.subject), ("text", email.text))
            )
            return Shown(subject=subject, text=text, html=email.html, tall=merge_fields.EXAMPLE_TABLE in source.body)
        if source.channel == "sms":
            words = text_frame.render(source.body, values)
            bare = {name: value.removeprefix("https://") if value else value for name, value in values.items()}
            return Shown(text=pins.marked(words, "body", found, bare), segments=text_frame.segments(words))
        return Shown(text=pins.marked(liquid.render(source.body, values, html=False), "body", found, values))
    except (mail_frame.CannotCompile, liquid.CannotRender) as error:
        return Shown(trouble=str(error))


def send_test(version: TemplateVersion, values: Mapping[str, str | None], *, to: User) -> None:
    """Sends an e-mail to the person who asked, at their own address, marked as a test.

    Raises CannotTest for another channel, without a mail server, where it can't be filled, or after TESTS_A_DAY in a day.
    """
    if version.template.channel != Channel.EMAIL:
        raise CannotTest("Only e-mails are tested this way.")
    if not invitations.can_email():
        raise CannotTest("No mail server is set up, so nothing can be sent.")
    try:
        email = pins.mail(templates.source_of(version), (), values)
    except (mail_frame.CannotCompile, liquid.CannotRender) as error:
        raise CannotTest(f"This can’t be made into a message. {error}") from error
    _count(to)
    words = f"Test of {version}. Nobody but you got it; its links lead nowhere."
    mail = EmailMultiAlternatives(f"Test: {email.subject}", f"{words}\n\n{email.text}", None, [to.email])
    mail.attach_alternative(_with_banner(email.html, words), "text/html")
    try:
        mail.send()
    except OSError as error:
        raise CannotTest("The mail server did not take it. Try again later.") from error


def _mail(source: TemplateSource, found: tuple[pins.Pin, ...], values: Mapping[str, str | None]) -> mail_frame.Email:
    try:
        return pins.mail(source, found, values)
    except mail_frame.CannotCompile:
        # A mark may stand where MJML takes none; then the source's gutter alone has the pins.
        return pins.mail(source, (), values)


def _count(to: User) -> None:
    key = f"template-tests:{to.pk}"
    try:
        cache.add(key, 0, _DAY_SECONDS)
        sent = cache.incr(key)
    except (RedisError, ValueError) as error:
        # Without its counter a limit is none.
        raise CannotTest("Tests can’t be counted just now, so none is sent. Try again in a minute.") from error
    if sent > TESTS_A_DAY:
        raise CannotTest(f"{TESTS_A_DAY} tests a day is the limit. Look at the preview instead.")


def _with_banner(page: str, words: str) -> str:
    head, body, rest = page.partition("<body")
    inside, close, after = rest.partition(">")
    shown = escape(words)
    banner = f'<p style="margin:0;padding:10px 20px;background:#fdf6e7;color:#151c29;font:14px Arial,sans-serif;">{shown}</p>'
    return f"{head}{body}{inside}{close}{banner}{after}"
