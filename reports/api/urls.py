"""Addresses of the API of reports, under /api/v1/."""

from django.urls import path

from reports.api import weekly

urlpatterns = [path("reports/weekly/", weekly.Weekly.as_view(), name="api_weekly_report")]
