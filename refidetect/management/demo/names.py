"""Invented names and places of the demo. Area codes are the state's, numbers end in 555-01xx, addresses are at example.com."""

from pathlib import Path


def _lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").split()


FIRST, LAST, STREETS = _lines("first_names.txt"), _lines("last_names.txt"), _lines("streets.txt")

# Branch: its clock, and the cities it lends in (city, state, ZIP, area code).
BRANCHES = {
    "Denver": (
        "America/Denver",
        (("Denver", "CO", "80205", "303"), ("Aurora", "CO", "80013", "720"), ("Boulder", "CO", "80304", "303"),
         ("Fort Collins", "CO", "80525", "970"), ("Provo", "UT", "84604", "801")),
    ),
    "Phoenix": (
        "America/Phoenix",
        (("Phoenix", "AZ", "85018", "602"), ("Mesa", "AZ", "85205", "480"), ("Tucson", "AZ", "85718", "520"),
         ("Las Vegas", "NV", "89117", "702")),
    ),
    "Tampa": (
        "America/New_York",
        (("Tampa", "FL", "33609", "813"), ("Orlando", "FL", "32806", "407"), ("Sarasota", "FL", "34236", "941"),
         ("Savannah", "GA", "31405", "912")),
    ),
}  # fmt: skip
