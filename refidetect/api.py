"""The API of every app under one root, its schema, and the page to try it on."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView


@login_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html")


urlpatterns = [
    path("", include("loans.api.urls")),
    path("", include("rates.api.urls")),
    path("", include("outreach.api.urls")),
    path("", include("reports.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", docs, name="api_docs"),
]
