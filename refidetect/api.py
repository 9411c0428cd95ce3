"""The API of every app under one root, its schema, the page to try it on, and the answer where there is nothing."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import include, path, re_path, resolve
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

SAFE = ("GET", "HEAD")
NOTHING = "api_nothing"


@login_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html")


class Schema(SpectacularAPIView):
    """The description of this API in OpenAPI, as YAML or, with `?format=json`, as JSON."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)


@extend_schema(exclude=True)
class Nothing(APIView):
    """An address that the API does not have, whatever the method: a problem like every other, and no page."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(f"Not found. Write {request.path}/ with its slash." if _lacks_its_slash(request) else None)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method in SAFE and _lacks_its_slash(request):
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        return super().dispatch(request, *args, **kwargs)


def _lacks_its_slash(request: HttpRequest | Request) -> bool:
    path = request.path_info
    return not path.endswith("/") and resolve(f"{path}/").url_name != NOTHING


urlpatterns = [
    path("", include("loans.api.urls")),
    path("", include("rates.api.urls")),
    path("", include("outreach.api.urls")),
    path("", include("reports.api.urls")),
    path("schema/", Schema.as_view(), name="api_schema"),
    path("docs/", docs, name="api_docs"),
    re_path("", Nothing.as_view(), name=NOTHING),
]
