"""Addresses of the API of rates, under /api/v1/."""

from django.urls import path

from rates.api import rates

urlpatterns = [path("rates/", rates.Rates.as_view(), name="api_rates")]
