"""What changed between two versions of a template, line by line, for whoever decides about the newer."""

import difflib
from dataclasses import dataclass

from outreach.domain.lint_reading import TemplateSource
from outreach.domain.pins import PARTS, one_line_end


@dataclass(frozen=True)
class Change:
    """A line that only one of two versions has. `where` says which: "subject", "line 7", "plain text, line 3"."""

    where: str
    added: bool
    text: str


def changes(before: TemplateSource, after: TemplateSource) -> list[Change]:
    """Lines removed from one version and added in the other, in the order of the text; numbers are each version's own."""
    found: list[Change] = []
    for part in PARTS:
        old, new = (one_line_end(getattr(version, part)).rstrip("\n").split("\n") for version in (before, after))
        for kind, first, last, begin, end in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            found += [Change(_where(part, at + 1), False, old[at]) for at in range(first, last) if old[at].strip()]
            found += [Change(_where(part, at + 1), True, new[at]) for at in range(begin, end) if new[at].strip()]
    return found


def _where(part: str, line: int) -> str:
    return {"subject": "subject", "body": f"line {line}", "text": f"plain text, line {line}"}[part]
