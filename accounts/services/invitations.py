"""One-time links with which somebody chooses a password: an administrator hands them over, a mail server sends them too."""

import logging
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Access, Lender, User
from accounts.services.people import CannotChange

log = logging.getLogger(__name__)

LINK_LIFE = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
SILENT_BACKENDS = frozenset(f"django.core.mail.backends.{kind}.EmailBackend" for kind in ("console", "dummy"))


def can_email() -> bool:
    """Whether mail leaves this desk at all."""
    return settings.MAILERS["default"]["BACKEND"] not in SILENT_BACKENDS


def make_link(user: User, *, by: User | None, now: datetime) -> str:
    """The path of a page that works once and for three days. Earlier links of somebody without a password stop working."""
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if locked.access == Access.LEFT:
            raise CannotChange(f"{locked} has left.")
        if locked.access != Access.ACTIVE:
            locked.set_unusable_password()
            locked.invited_at = now
            locked.save(update_fields=["password", "invited_at"])
    log.info("link made user=%s by=%s", user.pk, by.pk if by else None)
    key = default_token_generator.make_token(locked)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(locked), "key": key})


def email_link(user: User, url: str) -> bool:
    """Sends the link where e-mail is set up. True when it went out."""
    if not can_email():
        return False
    context = {"user": user, "url": url, "lender": Lender.current(), "days": LINK_LIFE.days}
    text = render_to_string("accounts/email/invitation.txt", context)
    send_mail(f"Your access to {context['lender']}", text, None, [user.email])
    return True
