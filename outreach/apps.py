"""The app of Django: speaking with borrowers."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "outreach"
