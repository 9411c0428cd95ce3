"""An alert that its officer has seen is not shown again."""

from datetime import datetime

from accounts.models import User
from outreach.models import Alert


def seen(user: User, alert_id: int, *, at: datetime) -> bool:
    """One alert; False where it was seen, or is somebody else's."""
    return Alert.objects.filter(pk=alert_id, officer=user, seen_at=None).update(seen_at=at) == 1


def seen_of(user: User, opportunity_id: int | None, *, at: datetime) -> int:
    """All about an opportunity that the officer has dealt with; returns how many. None for words that fit no loan."""
    if opportunity_id is None:
        return 0
    return Alert.objects.filter(opportunity_id=opportunity_id, officer=user, seen_at=None).update(seen_at=at)
