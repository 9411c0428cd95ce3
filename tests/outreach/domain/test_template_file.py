"""A template's file is read whole or refused with a sentence."""

import pytest

from outreach.domain import template_file
from outreach.domain.template_file import BadTemplate

GOOD = "slug: a\ntitle: A text\nchannel: sms\nbody: Hello\n"


def test_a_file_is_read_with_empty_parts_where_none_are_written() -> None:
    found = template_file.from_yaml(GOOD)
    assert found.title == "A text"
    assert (found.source.slug, found.source.channel, found.source.subject) == ("a", "sms", "")
    assert (found.source.body, found.source.text) == ("Hello", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not readable"),
        ("- a", "set of names"),
        (GOOD + "subject: 3", "names and texts"),
        (GOOD + "footer: none", "no field named footer"),
        (GOOD.replace("Hello", "''"), "needs body"),
        (GOOD.replace("sms", "fax"), "email, sms, call"),
    ],
)
def test_what_is_no_template_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadTemplate, match=words):
        template_file.from_yaml(text)
