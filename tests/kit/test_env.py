"""The readers of the environment."""

import pytest

from refidetect.kit import env

NAME = "REFIDETECT_TEST"


@pytest.fixture
def given(monkeypatch):
    for name in (NAME, f"{NAME}_FILE"):
        monkeypatch.delenv(name, raising=False)
    return lambda value, name=NAME: monkeypatch.setenv(name, value)


def test_an_empty_variable_counts_as_unset(given):
    given("")
    assert env.text(NAME, "default") == "default"
    with pytest.raises(env.BadEnvironment, match=f"^{NAME} is not set\\.$"):
        env.text(NAME)


def test_a_secret_may_come_from_a_file(given, tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    given(str(tmp_path / "secret"), f"{NAME}_FILE")
    assert env.text(NAME) == "hush"


def test_a_file_that_is_not_there_is_named(given, tmp_path):
    given(str(tmp_path / "gone"), f"{NAME}_FILE")
    with pytest.raises(env.BadEnvironment, match=f"{NAME}_FILE: can't read .*gone: No such file"):
        env.text(NAME, "default")


def test_a_value_and_a_file_are_one_too_many(given, tmp_path):
    given("a")
    given(str(tmp_path), f"{NAME}_FILE")
    with pytest.raises(env.BadEnvironment, match="keep one"):
        env.text(NAME)


@pytest.mark.parametrize(
    ("value", "read"), [("TRUE", True), ("1", True), ("on", True), ("no", False), ("0", False), ("Off", False)]
)
def test_a_flag(given, value, read):
    given(value)
    assert env.flag(NAME, not read) is read


def test_a_flag_that_is_neither_is_refused(given):
    given("maybe")
    with pytest.raises(env.BadEnvironment, match=f"{NAME}='maybe': write true or false"):
        env.flag(NAME, True)


def test_a_whole_number(given):
    assert env.integer(NAME, 5) == 5
    given("12")
    assert env.integer(NAME, 5) == 12
    given("1.5")
    with pytest.raises(env.BadEnvironment, match="write a whole number"):
        env.integer(NAME, 5)


def test_words_are_split_at_commas_and_blanks_dropped(given):
    given(" a, b ,,c ")
    assert env.words(NAME) == ["a", "b", "c"]
