"""Asking a provider once what became of a touch of which nobody knows whether it went out. Never sends again."""

from datetime import datetime, timedelta

import structlog

from outreach.adapters.channel import ProviderError
from outreach.adapters.happenings import Happening, Kind
from outreach.models import Message, Touch, TouchState
from outreach.services import channels, inbox, settling

log = structlog.get_logger(__name__)

LOOK_UP_AFTER = timedelta(minutes=15)
AT_ONCE = 20
LOOKED_UP = "looked_up"


def reconcile(now: datetime) -> int:
    """Looks up texts that were called unknown a quarter of an hour ago; returns how many had gone out.

    What is found enters by the inbox, as if the provider had told us. E-mail has no such look-up: its events tell.
    """
    rows = Touch.objects.filter(state=TouchState.UNKNOWN, provider=channels.TWILIO, settled_at__lte=now - LOOK_UP_AFTER)
    found = 0
    for touch in rows.exclude(reason=LOOKED_UP).order_by("settled_at")[:AT_ONCE]:
        found += _look_up(touch, now)
    return found


def _look_up(touch: Touch, now: datetime) -> bool:
    message = Message.objects.get(touch=touch)
    since = (touch.claimed_at or touch.created_at) - timedelta(minutes=1)
    try:
        sid = channels.twilio().look_up(settling.e164(str(message.to_address)), since, str(message.text))
    except ProviderError as error:
        log.warning("look-up failed", touch=str(touch.pk), code=error.code)
        return False
    if sid is None:
        Touch.objects.filter(pk=touch.pk, state=TouchState.UNKNOWN).update(reason=LOOKED_UP)
        return False
    key = f"look-up:{touch.pk}"
    told = Happening(Kind.SENT, channels.TWILIO, now, key, key, touch_id=str(touch.pk), provider_id=sid)
    inbox.keep([inbox.told(told)], now)
    return True
