"""What holds on every page: local times, and a second factor where the desk asks for one."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import Lender, User


class LocalTimeMiddleware:
    """Activates the reader's own time zone, else the branch's, else the lender's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            name = user.time_zone or (user.branch.time_zone if user.branch else "") or Lender.current().time_zone
            with timezone.override(ZoneInfo(name)):
                return self.get_response(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Where SECOND_FACTOR_REQUIRED is on, nobody gets past setting one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.resolver_match or not request.user.is_authenticated:
            return None
        if request.resolver_match.view_name.startswith(("account_", "mfa_")) or request.user.authenticator_set.exists():
            return None
        return redirect("mfa_activate_totp")
