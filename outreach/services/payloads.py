"""A happening as the inbox keeps it, and back: JSON, which the row encrypts. Written by `inbox`, read by `applying`."""

import dataclasses
import json
from datetime import datetime
from typing import Any

from outreach.adapters.happenings import Happening, Kind

_FIELDS = {field.name for field in dataclasses.fields(Happening)}
_INSTANTS = ("at", "starts_at", "ends_at")
# The row has these in columns of its own.
_BESIDE = frozenset({"dedupe_key", "semantic_key"})


def write(happening: Happening) -> str:
    """Everything that is not empty, but for the keys."""
    told = vars(happening).items()
    kept = {name: value for name, value in told if (value or name == "authenticated") and name not in _BESIDE}
    return _as_json(kept)


def read(text: str) -> Happening:
    """The happening that `write` wrote; fields of another version are left out. Raises ValueError, KeyError or TypeError."""
    stored: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in _FIELDS}
    for name in _INSTANTS:
        stored[name] = datetime.fromisoformat(stored[name]) if stored.get(name) else None
    stored["kind"] = Kind(stored["kind"])
    stored["in_reply_to"] = tuple(stored.get("in_reply_to", ()))
    defaults = {name: stored.get(name, "") for name in ("dedupe_key", "semantic_key")}
    return Happening(**(stored | defaults))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} can't be kept.")


# Made once: a vendor posts a thousand events at a time.
_as_json = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":")).encode
