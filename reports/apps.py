"""The app of Django: what came of it."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
