"""The app of Django: who works here."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
