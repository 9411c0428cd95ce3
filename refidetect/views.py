"""The few pages that belong to no app: the way in, the health check, and what is shown when a page fails."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

FIRST_PAGES = ("loans:queue", "rates:rates", "accounts:profile")


@login_required
def home(request: HttpRequest) -> HttpResponseRedirect:
    """The queue, or the first page there is."""
    for name in FIRST_PAGES:
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue
    raise NoReverseMatch("home")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; whether it can work is for readyz."""
    return JsonResponse({"status": "ok"})
