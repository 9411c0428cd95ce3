"""The request as these views get it, behind `requires` and `login_required` and django-htmx."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class DeskRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
