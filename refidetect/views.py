"""The few pages that belong to no app: the way in, the health check, and what is shown when a page fails."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The queue is the first page."""
    return redirect("loans:queue")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; whether it can work is for readyz."""
    return JsonResponse({"status": "ok"})
