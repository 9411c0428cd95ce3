"""Times are UTC in the database and local where a person reads them."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
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
