"""`manage.py create_admin EMAIL`: the first administrator of a fresh desk, or a new link for one who is locked out."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from accounts.services import invitations, people


class Command(BaseCommand):
    help = "Makes an administrator and prints a link with which they choose a password, once and within three days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
            administrator = people.ensure_administrator(email, name=name)
            path = invitations.make_link(administrator, by=None, now=timezone.now())
        except (ValidationError, people.CannotChange) as refusal:
            raise CommandError(f"{email}: {' '.join(getattr(refusal, 'messages', [str(refusal)]))}") from refusal
        self.stdout.write(f"{administrator.email} is an administrator. Choose a password within three days at\n")
        self.stdout.write(f"{settings.PUBLIC_BASE_URL}{path}")
