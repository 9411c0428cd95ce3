"""Counts each request by the name of its view: never by its path, which may say of whom it is."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from refidetect.health import metrics

# Anybody can make up a method; each would be a number kept for ever.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MetricsMiddleware:
    """The first one, so that it times all the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match else "none"
        method = request.method if request.method in METHODS else "other"
        metrics.REQUESTS.labels(view, method, str(response.status_code)).inc()
        metrics.SECONDS.labels(view).observe(time.perf_counter() - began)
        return response
