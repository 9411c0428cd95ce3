"""Writing to a borrower by hand: the message is stored, then goes through the same one call and the same gate as any other.

What the gate refuses is not kept for later: whoever wrote it reads why and from when, and sends it again or not. A form is
sent once, however often somebody presses.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Lender, User
from outreach.domain import liquid, mail_frame, merge_fields, text_frame
from outreach.models import Channel, Message, Reading, Reply, Touch, TouchKind, TouchState
from outreach.queries import reply_list, touch_reading
from outreach.services import filling, planning, sending, settling
from outreach.services.filling import Filled

LONGEST_TEXT, LONGEST_MAIL = 459, 10_000
"""Characters: three text messages; a mail that somebody still reads."""
TRIES_FOR = timedelta(minutes=15)
"""How long a provider that is busy is asked again. Nothing written by hand goes out later than that."""
_FIGURE = re.compile(r"\$\s?\d|\d\s?%")
_PLAIN_WORDS = {
    "officer_nmls": "The loan's officer has no NMLS ID on file.",
    "lender_nmls": "The lender's NMLS ID is not on file.",
    "postal_address": "The lender's postal address is not on file.",
}


class CannotWrite(Exception):
    """Nothing can be written to this borrower; the message says why."""


@dataclass(frozen=True)
class Sent:
    """What became of it: the state of the touch, why it did not go where it did not, and whether the sandbox kept it."""

    state: str
    why: str = ""
    kept: bool = False

    @property
    def went(self) -> bool:
        return self.state in (TouchState.ACCEPTED, TouchState.DELIVERED, TouchState.SENDING)


def new_token() -> str:
    """What a form carries from when it is shown; the touch it becomes has it for its links."""
    return planning.link_token()


def write(
    row: Any, borrower: Any, channel: Channel, *, text: str, by: User, token: str, now: datetime, subject: str = ""
) -> Sent:
    """Sends one message in the name of the loan's officer. The same token again tells only what became of the first.

    Raises CannotWrite, before anything is stored, where no message can be made.
    """
    known = Touch.objects.filter(link_token=token).first()
    if known is None:
        known = _store(row, borrower, channel, subject=subject, text=text, by=by, token=token, now=now)
    if known is not None and known.state == TouchState.READY:
        sending.send(known.pk, now=now)
        _let_go(known.pk, now)
    touch: Any = Touch.objects.get(link_token=token)
    if touch.state in (TouchState.ACCEPTED, TouchState.DELIVERED):
        _answered(touch, by, now)
    return Sent(touch.state, touch.detail, kept=touch.provider == "sandbox")


def text_as_sent(words: str, *, wrote_first: bool) -> str:
    """The text in letters of one kind. Where the borrower did not write first, the way out stands at its end."""
    body = "\n".join(line.strip() for line in text_frame.plain(words).strip().splitlines())
    if wrote_first or text_frame.STOP_WORDS.search(body):
        return body
    return f"{body} {text_frame.STOP_LINE}"


def mail_as_sent(subject: str, words: str, values: dict[str, str | None]) -> mail_frame.Email:
    """The mail with the system's signature and footer; the notice of an estimate stands above it where it names a figure.

    Raises liquid.CannotRender, naming what is missing.
    """
    paragraphs = _paragraphs(words)
    named = {f"line_{index}": line for index, line in enumerate(line for lines in paragraphs for line in lines)}
    places = iter(named)
    body = [[f"{{{{ {next(places)} }}}}" for _ in lines] for lines in paragraphs]
    template = _framed(
        "\n".join(f"<mj-text>{'<br />'.join(lines)}</mj-text>" for lines in body),
        "\n\n".join("\n".join(lines) for lines in body),
        notice=bool(_FIGURE.search(f"{subject} {words}")),
    )
    return mail_frame.render(template, values | named | {"subject_line": subject})


def _framed(html: str, text: str, *, notice: bool) -> mail_frame.CompiledEmail:
    return mail_frame.CompiledEmail(
        "{{ subject_line }}", mail_frame.compile_email(html, notice=notice), mail_frame.compile_text(text, notice=notice)
    )


def _paragraphs(words: str) -> Sequence[Sequence[str]]:
    blocks = re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip())
    return [[line.strip() for line in block.splitlines() if line.strip()] for block in blocks]


def _store(row: Any, borrower: Any, channel: Channel, *, subject: str, text: str, by: User, token: str, now: datetime) -> Any:
    """The touch and its message in one transaction; None where another press was quicker."""
    officer, branch = row.loan.officer, row.loan.branch
    if officer is None or branch is None:
        raise CannotWrite("The loan has no officer in whose name to write.")
    lookup = borrower.email_lookup if channel == Channel.EMAIL else borrower.phone_lookup
    if lookup is None:
        raise CannotWrite("No e-mail address is on file." if channel == Channel.EMAIL else "No phone number is on file.")
    touch_id = uuid.uuid4()
    with transaction.atomic():
        made = Touch.objects.bulk_create(
            [
                Touch(
                    pk=touch_id,
                    kind=TouchKind.BY_HAND,
                    channel=channel,
                    opportunity_id=row.pk,
                    borrower=borrower,
                    branch=branch,
                    officer=officer,
                    written_by=by,
                    address_lookup=lookup,
                    state=TouchState.READY,
                    due_at=now,
                    not_after=now + TRIES_FOR,
                    # So that no sweep tells another sender of it in the same breath.
                    queued_at=now,
                    link_token=token,
                )
            ],
            ignore_conflicts=True,
        )
        if not made or not Touch.objects.filter(pk=touch_id).exists():
            return None
        touch = touch_reading.touch(touch_id)
        _store_message(touch, _filled(touch, subject, text, now))
    return touch


def _store_message(touch: Any, filled: Filled) -> None:
    Message.objects.create(
        touch=touch,
        to_name=filled.to_name,
        to_address=touch.borrower.email if touch.channel == Channel.EMAIL else touch.borrower.phone,
        from_name=filled.from_name,
        from_address=filled.from_address,
        reply_to=filled.reply_to,
        subject=filled.subject,
        html=filled.html,
        text=filled.text,
        content_hash=settling.content_hash(filled.subject, filled.html, filled.text),
        basis=filled.basis,
    )


def _filled(touch: Any, subject: str, words: str, now: datetime) -> Filled:
    facts = filling.facts_of(touch, Lender.current())
    html = ""
    if touch.channel == Channel.EMAIL:
        try:
            mail = mail_as_sent(subject, words, merge_fields.values(facts))
        except liquid.CannotRender as error:
            raise CannotWrite(_PLAIN_WORDS.get(error.field, str(error))) from error
        subject, html, text = mail.subject, mail.html, mail.text
    else:
        text = text_as_sent(words, wrote_first=reply_list.wrote_by_text(bytes(touch.address_lookup), now))
        subject = ""
    return Filled(
        subject=subject,
        html=html,
        text=text,
        basis=filling.basis_of(touch, facts, None),
        from_name=touch.officer.name or touch.officer.email,
        from_address=touch.officer.email,
        reply_to=filling.reply_address(touch),
        to_name=touch.borrower.name,
    )


def _let_go(touch_id: uuid.UUID, now: datetime) -> None:
    """What the gate put off is taken back; only what a busy provider did not take is tried again."""
    rows = Touch.objects.filter(pk=touch_id, state__in=TouchState.waiting()).exclude(reason__in=("try_again", "busy", "stale"))
    rows.update(state=TouchState.SKIPPED, settled_at=now)


def _answered(touch: Any, by: User, now: datetime) -> None:
    """Whoever has been written to has been answered. A doubtful word still waits for its decision."""
    waiting = Reply.objects.filter(opportunity_id=touch.opportunity_id, handled_at=None)
    waiting.filter(reading__in=(Reading.WORDS, Reading.QUESTION, Reading.HELP)).update(handled_at=now, handled_by=by)
