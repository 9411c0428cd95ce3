"""Addresses and numbers as they are compared: who shares one is the same person or household."""

import re
from functools import lru_cache

import phonenumbers

# A US number: area code and exchange begin with 2 to 9. What this takes needs no library; the rest asks it.
_US = re.compile(r"\A\+?1?([2-9][0-9]{2}[2-9][0-9]{6})\Z")
_NOT_DIGITS = re.compile(r"[^0-9+]")
_EMAIL = re.compile(r"\A[^@\s,;<>\"]+@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+\Z")
_STREET_WORDS = {
    "street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "circle": "cir",
    "boulevard": "blvd", "terrace": "ter", "parkway": "pkwy", "highway": "hwy", "apartment": "apt", "unit": "apt",
    "suite": "ste", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


def normalized_email(text: str) -> str | None:
    """Lower case, without blanks around; None where it is no address."""
    address = text.strip().lower()
    return address if _EMAIL.match(address) and len(address) <= 254 else None


def normalized_phone(text: str) -> str | None:
    """E.164 (+13035550142), without an extension; a number without a country is a US one. None where it is no number."""
    match = _US.match(_NOT_DIGITS.sub("", text))
    return f"+1{match[1]}" if match else _unusual_phone(text)


@lru_cache(maxsize=1024)
def _unusual_phone(text: str) -> str | None:
    """A foreign number, or a US one with an extension or letters."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return found if number.country_code != 1 or _US.match(found) else None


def normalized_street(text: str) -> str:
    """Lower case words without punctuation, the usual ones shortened: "12 North Oak Street" and "12 N. Oak St" are one."""
    words = re.sub(r"[^a-z0-9 ]", " ", text.lower()).split()
    return " ".join(_STREET_WORDS.get(word, word) for word in words)


def written_phone(number: str) -> str:
    """+13035550142 as a person reads it, (303) 555-0142; a foreign number with its country; what is no number, as it is."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(
        parsed, national if parsed.country_code == 1 else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
