"""Addresses of signing in, of one's own profile, and of people and branches."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
