"""Addresses of the API of conversations, under /api/v1/."""

from django.urls import path

from outreach.api import consents, events

urlpatterns = [
    path("consents/", consents.Consents.as_view(), name="api_consents"),
    path("events/", events.Events.as_view(), name="api_events"),
]
