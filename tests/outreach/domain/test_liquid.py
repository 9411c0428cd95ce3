"""Liquid for authors: merge fields filled or refused by name, and no logic that an approver did not read."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import liquid


def test_fields_are_found_wherever_they_stand() -> None:
    assert liquid.fields_of("Hi {{ first_name | upcase }}, <a href='{{estimate_link}}'>") == {"first_name", "estimate_link"}


def test_a_comment_is_neither_read_nor_sent() -> None:
    source = "a{% comment %} {{ nobody }} {% endcomment %}b"
    assert liquid.check(source) == []
    assert liquid.render(source, {}, html=False) == "ab"


def test_values_are_escaped_in_html_and_only_there() -> None:
    values = {"last_name": '<b>O\'Hara & "Sons"</b>'}
    assert liquid.render("{{ last_name }}", values, html=False) == values["last_name"]
    filled = liquid.render("{{ last_name }}", values, html=True)
    assert "<" not in filled
    assert '"' not in filled
    assert "&amp;" in filled


@pytest.mark.parametrize("values", [{}, {"first_name": None}, {"first_name": ""}])
def test_a_missing_value_is_named_and_nothing_is_written_in_its_place(values: dict[str, str | None]) -> None:
    with pytest.raises(liquid.CannotRender, match="first_name") as refused:
        liquid.render("Hi {{ first_name }}", values, html=False)
    assert refused.value.field == "first_name"


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'secrets' %}",
        "{% render 'secrets' %}",
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{% if first_name %}a{% endif %}",
        "{% assign x = first_name %}{{ x }}",
        "{% capture x %}a{% endcapture %}",
        "{% raw %}{{ x }}{% endraw %}",
        "{% liquid echo first_name %}",
        "{{ first_name | safe }}",
        "{{ first_name | base64_decode }}",
        "{{ first_name | append: '<b>' }}",
        "{{ first_name",
        "{{ first_name.__class__ }}",
        "{{ nobody }}",
        "{{ first_name | nothing }}",
    ],
)
def test_what_is_not_a_known_field_or_filter_is_a_problem(source: str) -> None:
    problems = liquid.check(source)
    assert len(problems) >= 1
    assert all(problem.endswith(".") for problem in problems)


def test_a_problem_says_on_which_line() -> None:
    assert liquid.check("one\ntwo\n{% include 'x' %}")[0].startswith("Line 3: ")


def test_a_text_that_runs_away_is_ended() -> None:
    with pytest.raises(liquid.CannotRender):
        liquid.render("{{ first_name }}" * 10, {"first_name": "x" * 100_000}, html=False)


def test_the_environments_are_bounded_in_loops_names_and_output() -> None:
    for environment in (liquid.HTML, liquid.PLAIN):
        limits = (environment.loop_iteration_limit, environment.local_namespace_limit, environment.output_stream_limit)
        assert all(limit is not None and limit > 0 for limit in limits)


def test_many_threads_fill_one_text_each_with_its_own_values() -> None:
    filled: list[str] = []

    def fill(number: int) -> None:
        for _ in range(50):
            filled.append(
                liquid.render("{{ first_name }}-{{ last_name }}", {"first_name": f"{number}", "last_name": f"{number}"}, True)
            )

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(filled) == 400
    assert all(text.split("-")[0] == text.split("-")[1] for text in filled)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1))
def test_a_value_is_never_read_as_liquid(value: str) -> None:
    assert liquid.render("{{ first_name }}", {"first_name": value, "last_name": "no"}, html=False) == value
