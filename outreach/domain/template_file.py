"""A template as a file: title, channel and parts in YAML, as presets ship and as a lender keeps his own."""

from dataclasses import dataclass
from typing import get_args

import yaml

from outreach.domain.lint_reading import ChannelName, TemplateSource

_FIELDS = frozenset({"slug", "title", "channel", "subject", "body", "text"})


class BadTemplate(Exception):
    """The file describes no template; the message says why."""


@dataclass(frozen=True)
class TemplateFile:
    """A template with the title that a list shows."""

    title: str
    source: TemplateSource


def from_yaml(text: str) -> TemplateFile:
    """The template of a file. Raises BadTemplate; what its words break is the linter's to say."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadTemplate(f"This is not readable as YAML: {error}.") from error
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise BadTemplate("A template must be a set of names and texts.")
    others = sorted(str(name) for name in data if name not in _FIELDS)
    if others:
        raise BadTemplate(f"A template has no field named {', '.join(others)}.")
    missing = [name for name in ("slug", "title", "channel", "body") if not data.get(name, "").strip()]
    if missing:
        raise BadTemplate(f"A template needs {', '.join(missing)}.")
    if data["channel"] not in get_args(ChannelName):
        raise BadTemplate(f"The channel must be one of {', '.join(get_args(ChannelName))}; it is {data['channel']!r}.")
    source = TemplateSource(data["slug"], data["channel"], data.get("subject", ""), data["body"], data.get("text", ""))
    return TemplateFile(data["title"], source)
