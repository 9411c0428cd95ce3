"""In which time zones a borrower may be, from what the file says: property, mailing address and telephone number.

The gate and the cadence treat every plausible zone as the one: an hour must suit all of them. Never UTC for want of better.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import zipcodes
from phonenumbers import timezone

# Mail to these goes to soldiers and islands abroad; "all of the states" means the fifty and the district.
_NOT_STATES = frozenset({"AA", "AE", "AP", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})


@lru_cache(maxsize=65536)
def plausible_zones(
    property_zip: str = "", mailing_zip: str = "", property_state: str = "", mailing_state: str = "", phone: str = ""
) -> frozenset[str]:
    """IANA names, at least one. A ZIP decides for its address, else the state's zones all count; the number adds its own.

    A ZIP that lies in another state than its address leaves the state's zones plausible too. Nothing known: all zones of
    the states. The number is written any way; one without a country is American.
    """
    found = _of_address(property_zip, property_state) | _of_address(mailing_zip, mailing_state) | _of_number(phone)
    return found or zones_of_the_states()


def local_now(zones: Iterable[str], now: datetime) -> tuple[datetime, ...]:
    """The local times at an instant, one a zone, earliest clock first. Raises ValueError for a naive `now`."""
    if now.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return tuple(sorted((now.astimezone(ZoneInfo(zone)) for zone in zones), key=lambda local: local.replace(tzinfo=None)))


@lru_cache(maxsize=1)
def zones_of_the_states() -> frozenset[str]:
    """Every zone of the fifty states and the District of Columbia."""
    return frozenset().union(*(zones for state, zones in _places()[1].items() if state not in _NOT_STATES))


def zones_of_state(state: str) -> frozenset[str]:
    """Every zone of a state or territory by its two letters; none for one that is unknown."""
    return _places()[1].get(state.strip().upper(), frozenset())


def _of_address(zip_code: str, state: str) -> frozenset[str]:
    by_zip, _ = _places()
    of_state = zones_of_state(state)
    zone, zip_state = by_zip.get(zip_code.strip()[:5], ("", ""))
    if not zone:
        return of_state
    return frozenset({zone}) if not of_state or zip_state == state.strip().upper() else of_state | {zone}


def _of_number(phone: str) -> frozenset[str]:
    try:
        number = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return frozenset()
    found = frozenset(timezone.time_zones_for_number(number)) & _names_of_places()
    # A toll-free number could ring anywhere from Bermuda to Guam; the people of this desk own a home in the states.
    return (found & zones_of_the_states()) or found


@lru_cache(maxsize=1)
def _names_of_places() -> frozenset[str]:
    """The names that this machine knows and that are places: "Etc/Unknown" and the like are not."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


@lru_cache(maxsize=1)
def _places() -> tuple[MappingProxyType[str, tuple[str, str]], MappingProxyType[str, frozenset[str]]]:
    """Zone and state by ZIP, and zones by state. Reading the list takes half a second, so it is read once."""
    names = _names_of_places()
    by_zip: dict[str, tuple[str, str]] = {}
    by_state: dict[str, set[str]] = {}
    for row in zipcodes.list_all():  # type: ignore[no-untyped-call]
        zone, state = row["timezone"], row["state"]
        if zone in names:
            by_zip[row["zip_code"]] = (zone, state)
            by_state.setdefault(state, set()).add(zone)
    return MappingProxyType(by_zip), MappingProxyType({state: frozenset(zones) for state, zones in by_state.items()})
