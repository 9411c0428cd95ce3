"""Addresses of the API of conversations, under /api/v1/."""

from django.urls import path

from outreach.api import consents, conversations, events

urlpatterns = [
    path("consents/", consents.Consents.as_view(), name="api_consents"),
    path("events/", events.Events.as_view(), name="api_events"),
    path("opportunities/<int:pk>/pause/", conversations.Pause.as_view(), name="api_opportunity_pause"),
    path("opportunities/<int:pk>/resume/", conversations.Resume.as_view(), name="api_opportunity_resume"),
    path("opportunities/<int:pk>/outcome/", conversations.Outcome.as_view(), name="api_opportunity_outcome"),
]
