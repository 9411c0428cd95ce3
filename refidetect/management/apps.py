"""The commands that run everything."""

from django.apps import AppConfig


class ManagementConfig(AppConfig):
    name = "refidetect.management"
    label = "management"
