"""Every address of the desk, by app."""

from django.urls import include, path

from refidetect import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.numbers, name="metrics"),
    path("", include("accounts.urls")),
    path("rates/", include("rates.urls")),
    path("", include("loans.urls")),
    path("", include("outreach.borrower_urls")),
    path("", include("outreach.urls")),
    path("reports/", include("reports.urls")),
    path("webhooks/", include("outreach.webhook_urls")),
    path("api/v1/", include("refidetect.api")),
]
