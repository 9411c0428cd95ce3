"""The app of Django: what the market offers."""

from django.apps import AppConfig


class RatesConfig(AppConfig):
    name = "rates"
