"""The commands that run everything."""

from django.apps import AppConfig


class ManagementConfig(AppConfig):
    # Django looks for commands in `management/` below the app: the app is the frame.
    name = "refidetect"
    label = "management"
