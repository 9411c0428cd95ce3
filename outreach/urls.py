"""Addresses of the desk's conversations, one a line, in order of their addresses."""

from django.urls import URLPattern

app_name = "outreach"

urlpatterns: list[URLPattern] = []
