"""The app of Django: the portfolio, and what refinancing would do for each loan."""

from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "loans"
