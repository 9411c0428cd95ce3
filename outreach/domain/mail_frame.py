"""How an e-mail is made: the author's words between what the system adds, compiled once per version and filled per borrower.

The system adds the estimate notice, the signature with both NMLS IDs and the footer, which an author can neither edit nor leave
out. The look is Arial on white in one column of 600 px; nothing is loaded from anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import mjml

from outreach.domain import liquid, mail_body, mail_parts, merge_fields

_SCHEMES = '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'


@dataclass(frozen=True)
class Email:
    """One e-mail as it is sent: subject, HTML part, plain-text part."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class CompiledEmail:
    """A template's version ready to be filled: Liquid in a subject, in whole HTML and in whole plain text."""

    subject: str
    html: str
    text: str


class CannotCompile(Exception):
    """The MJML can't be read; the message says why."""


def has_personal_figure(*sources: str) -> bool:
    """Whether any text tells a figure about the borrower's loan or an example made for it. Raises CannotRender."""
    names = set().union(*(liquid.fields_of(source) for source in sources))
    return any(merge_fields.FIELDS[name].personal_figure for name in names if name in merge_fields.FIELDS)


def compile_email(body_mjml: str, *, notice: bool | None = None) -> str:
    """Whole HTML with the Liquid still in it, from an author's MJML fragments. Raises CannotCompile.

    The estimate notice stands on top where the body holds a personal figure, or where `notice` says so.
    """
    problems = mail_body.read(body_mjml).problems
    if problems:
        raise CannotCompile(f"Line {problems[0].line}: {problems[0].sentence}")
    personal = has_personal_figure(body_mjml) if notice is None else notice
    document = mail_parts.document(
        notice=mail_parts.NOTICE if personal else "",
        preview=mail_parts.ESTIMATE_NOTICE if personal else "",
        body=mail_body.EXAMPLE.sub(lambda _: mail_parts.example_table(), body_mjml),
    )
    try:
        # Without fonts it would link those of a stranger.
        html: str = mjml.mjml2html(document, fonts={})
    except (ValueError, TypeError) as error:
        raise CannotCompile(f"The body is not readable as MJML: {error}.") from error
    return html.replace("<head>", f"<head>{_SCHEMES}", 1)


def compile_text(text: str, *, notice: bool | None = None) -> str:
    """The whole plain-text part with the Liquid still in it."""
    personal = has_personal_figure(text) if notice is None else notice
    body = mail_body.EXAMPLE.sub(lambda _: mail_parts.EXAMPLE_TEXT, text.strip())
    parts = (mail_parts.ESTIMATE_NOTICE if personal else "", body, mail_parts.SIGNATURE_TEXT, mail_parts.FOOTER_TEXT)
    return "\n\n".join(part for part in parts if part) + "\n"


@lru_cache(maxsize=256)
def compiled(subject: str, body: str, text: str) -> CompiledEmail:
    """All three parts, compiled once; both bodies carry the notice where any part needs it.

    Raises CannotCompile, or CannotRender where the Liquid does not parse.
    """
    notice = has_personal_figure(subject, body, text)
    return CompiledEmail(subject, compile_email(body, notice=notice), compile_text(text, notice=notice))


def render(template: CompiledEmail, values: Mapping[str, str | None]) -> Email:
    """The e-mail one borrower gets. Raises CannotRender, which names a missing field."""
    # A line break in a subject would start a header of its own.
    subject = " ".join(liquid.render(template.subject, values, html=False).split())
    return Email(
        subject=subject,
        html=liquid.render(template.html, values, html=True),
        text=liquid.render(template.text, values, html=False),
    )
