"""What stands against a template, rule by rule, and the hash that an approval is bound to. Called when a draft is submitted."""

import hashlib
import json
from dataclasses import dataclass

from outreach.domain import lint_reading
from outreach.domain.lint_reading import Place, TemplateSource
from outreach.domain.lint_rules import RULES, Level, Rule

__all__ = ["RULES", "Finding", "Level", "Place", "Rule", "TemplateSource", "blocking", "content_hash", "lint", "rules_for"]


@dataclass(frozen=True)
class Finding:
    """One place that breaks one rule. `quote` is what stands there."""

    rule: str
    level: Level
    citation: str
    sentence: str
    fix: str
    place: Place
    quote: str


def lint(template: TemplateSource) -> list[Finding]:
    """Every finding, in the order of the text: subject, body, plain text, each from its first line."""
    reading = lint_reading.Reading(template)
    order = {part.name: number for number, part in enumerate(reading.parts)}
    found = {
        (rule.name, place): Finding(rule.name, rule.level, rule.citation, rule.sentence, rule.fix, place, reading.quote(place))
        for rule in rules_for(template.channel)
        for place in rule.look(reading)
    }
    return sorted(found.values(), key=lambda finding: (order[finding.place.part], finding.place.line, finding.place.start))


def blocking(findings: list[Finding]) -> list[Finding]:
    """Those that nobody can accept: the author must change the text."""
    return [finding for finding in findings if finding.level == Level.BLOCKS]


def rules_for(channel: str) -> tuple[Rule, ...]:
    """The rules that are checked on a channel: "email", "sms" or "call"."""
    return tuple(rule for rule in RULES if channel in rule.channels)


def content_hash(template: TemplateSource) -> str:
    """SHA-256, in hex, of channel, subject, body and plain text. Kinds of line ends, a blank end, the slug don't count."""
    content = json.dumps(lint_reading.canonical(template), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
