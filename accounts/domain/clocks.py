"""The time zones of the United States under the names people use, for the choices of forms."""

ZONES = {
    "America/New_York": "Eastern (New York)",
    "America/Chicago": "Central (Chicago)",
    "America/Denver": "Mountain (Denver)",
    "America/Phoenix": "Arizona (Phoenix)",
    "America/Los_Angeles": "Pacific (Los Angeles)",
    "America/Anchorage": "Alaska (Anchorage)",
    "Pacific/Honolulu": "Hawaii (Honolulu)",
    "America/Puerto_Rico": "Atlantic (Puerto Rico)",
    "Pacific/Guam": "Chamorro (Guam)",
}


def name_of(zone: str) -> str:
    """The name people use, or the zone's own."""
    return ZONES.get(zone, zone)


def choices(current: str = "") -> list[tuple[str, str]]:
    """The zones to choose from; one that is set already stays a choice wherever it is."""
    extra = [(current, current)] if current and current not in ZONES else []
    return [*ZONES.items(), *extra]
