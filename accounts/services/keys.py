"""Making, checking and revoking API keys; called by the keys page and by the API's authentication."""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import ApiKey, Role, User

log = logging.getLogger(__name__)

# How exactly one knows when a key was last used: a row is not written for each request.
USE_NOTED_EVERY = timedelta(minutes=1)
# Reserved (RFC 2606): no mail ever reaches it.
DOMAIN = "keys.invalid"


def create(
    name: str, *, branch_id: int | None, expires_at: datetime | None, by: User, writes: bool = True
) -> tuple[ApiKey, str]:
    """A key of one branch, or of the whole lender, to read alone or to write too; and its text, which nobody can read again."""
    with transaction.atomic():
        user = User.objects.create_user(f"{secrets.token_hex(8)}@{DOMAIN}", name=name, role=Role.SERVICE, branch_id=branch_id)
        key = ApiKey(name=name, user=user, writes=writes, expiry_date=expires_at, created_by=by)
        text = ApiKey.objects.assign_key(key)
        key.save()
    log.info("key made key=%s by=%s writes=%s", key.prefix, by.pk, writes)
    return key, text


def revoke(prefix: str, *, by: User, now: datetime) -> bool:
    """Ends a key at once and for good. False where it had ended already."""
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().filter(prefix=prefix, revoked=False).first()
        if row is None:
            return False
        ApiKey.objects.filter(pk=row.pk).update(revoked=True, revoked_at=now, revoked_by=by)
        User.objects.filter(pk=row.user_id).update(is_active=False, left_at=now)
    log.info("key revoked key=%s by=%s", prefix, by.pk)
    return True


def user_of(text: str, *, now: datetime) -> User | None:
    """Whom the key speaks as; None for one that is wrong, revoked or expired."""
    prefix, _, _ = text.partition(".")
    if "\x00" in prefix:
        return None
    row = ApiKey.objects.select_related("user__branch").filter(prefix=prefix, revoked=False, user__is_active=True).first()
    if row is None or not row.is_valid(text) or (row.expiry_date is not None and row.expiry_date <= now):
        return None
    rarely = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiKey.objects.filter(rarely, pk=row.pk).update(last_used_at=now)
    return row.user
