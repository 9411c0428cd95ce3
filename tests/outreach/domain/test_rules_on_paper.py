"""The page for auditors names every rule with its level and its source, and no other."""

import re
from pathlib import Path

import outreach
from outreach.domain.linter import RULES, Level

PAGE = Path(outreach.__file__).parents[1] / "docs" / "comply" / "templates.md"
LEVELS = {Level.BLOCKS: "blocks", Level.DECISION: "needs a decision"}


def test_the_page_lists_the_rules_as_they_are():
    rows = re.findall(r"^\| `(\w+)` \| ([\w ]+) \| (.+?) \| [\w, -]+ \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [(rule.name, LEVELS[rule.level], rule.citation) for rule in RULES]
