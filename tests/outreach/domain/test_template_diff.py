"""What changed between two versions: the lines that only one of them has, each with its own number."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from outreach.domain.linter import TemplateSource
from outreach.domain.template_diff import Change, changes

BEFORE = TemplateSource("a-mail", "email", "A note", "One\nTwo\nThree", "Plain one\nPlain two")


def test_equal_versions_differ_in_nothing():
    assert changes(BEFORE, replace(BEFORE, slug="other")) == []


def test_a_changed_line_is_removed_and_added():
    after = replace(BEFORE, subject="Another note", body="One\nTwo and a half\nThree")
    assert changes(BEFORE, after) == [
        Change("subject", False, "A note"),
        Change("subject", True, "Another note"),
        Change("line 2", False, "Two"),
        Change("line 2", True, "Two and a half"),
    ]


def test_lines_carry_the_number_of_their_own_version():
    assert changes(BEFORE, replace(BEFORE, body="Zero\nOne\nThree")) == [
        Change("line 1", True, "Zero"),
        Change("line 2", False, "Two"),
    ]


def test_plain_text_is_named():
    assert changes(BEFORE, replace(BEFORE, text="Plain one")) == [Change("plain text, line 2", False, "Plain two")]


def test_kinds_of_line_ends_are_no_change():
    assert changes(BEFORE, replace(BEFORE, body="One\r\nTwo\r\nThree\r\n")) == []


@given(st.lists(st.sampled_from(["a", "b", "c"])), st.lists(st.sampled_from(["a", "b", "c"])))
def test_what_stays_and_what_is_added_make_the_newer(old, new):
    found = changes(replace(BEFORE, body="\n".join(old)), replace(BEFORE, body="\n".join(new)))
    assert len(old) - sum(not one.added for one in found) == len(new) - sum(one.added for one in found)
