"""In which states an officer may arrange loans: what the gate asks before a message goes out in that name."""

import logging
from datetime import date

from accounts.models import License, User

log = logging.getLogger(__name__)


def keep(officer: User, state: str, *, number: str, expires_on: date, by: User) -> None:
    """A state's license as it stands now; one that is on file already gets the new number and day."""
    License.objects.update_or_create(officer=officer, state=state, defaults={"number": number, "expires_on": expires_on})
    log.info("license kept user=%s state=%s by=%s", officer.pk, state, by.pk)


def remove(officer: User, license_id: int, *, by: User) -> bool:
    """False where the officer has no such license. Without any left, the officer's licenses are not on file."""
    removed = License.objects.filter(pk=license_id, officer=officer).delete()[0] > 0
    if removed:
        log.info("license removed user=%s license=%s by=%s", officer.pk, license_id, by.pk)
    return removed
