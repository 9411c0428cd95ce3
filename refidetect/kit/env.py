"""Typed readers of the environment, used by the settings: a bad value fails at start with the variable's name."""

import os
from pathlib import Path

import dotenv

# A file beside manage.py, for one machine; what the environment already has, wins.
dotenv.load_dotenv(Path(__file__).parents[2] / ".env")


class BadEnvironment(Exception):
    """A variable is missing or can't be read; the message names it and says what to set."""


def text(name: str, default: str | None = None) -> str:
    """The variable, or the contents of the file that NAME_FILE names (for secrets), or the default.

    An empty variable counts as unset. Raises BadEnvironment when there is no value and no default.
    """
    value = os.environ.get(name, "")
    path = os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise BadEnvironment(f"{name} and {name}_FILE are both set: keep one.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE: can't read {path}: {error.strerror}.") from error
    if value:
        return value
    if default is None:
        raise BadEnvironment(f"{name} is not set.")
    return default


def flag(name: str, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off."""
    value = text(name, "true" if default else "false").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f"{name}={value!r}: write true or false.")


def integer(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise BadEnvironment(f"{name}={value!r}: write a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
