"""The few pages that belong to no app: the way in, and what machines ask: does it live, can it work, the numbers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from refidetect.health import asking, metrics, readiness


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The queue is the first page."""
    return redirect("loans:queue")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; whether it can work is for readyz."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 where something keeps the desk from its work; what it is, only to those who may know."""
    checks = readiness.checks()
    ready = all(check.ok for check in checks)
    said: dict[str, object] = {"status": "ready" if ready else "not ready"}
    if asking.may_read(request):
        said["checks"] = {check.name: {"ok": check.ok, "seconds": check.seconds, "is": check.sentence} for check in checks}
    return JsonResponse(said, status=200 if ready else 503)


@never_cache
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """For Prometheus; others are refused."""
    if not asking.may_read(request):
        return HttpResponse("A token is needed.\n", "text/plain", 401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)
