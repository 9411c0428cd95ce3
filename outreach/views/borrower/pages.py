"""What holds for each page of a borrower: an unknown link shows nothing, no copy is kept, nobody is told who read it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Lender
from outreach.queries import estimate
from outreach.queries.estimate import Visit

PROOF_AGE_SECONDS = (1, 7 * 86400)
_signer = signing.TimestampSigner(salt="outreach.borrower")

View = Callable[[HttpRequest, Visit], HttpResponse]


def borrower_page(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Finds whose link it is. No cookie gives any right here, so there is nothing that a forged form could use."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])
        @wraps(view)
        def shown(request: HttpRequest, token: str) -> HttpResponse:
            seen = estimate.visit(token)
            if seen is None:
                response = _rendered("borrower/unknown.html", {"lender": Lender.current()}, 404)
            else:
                response = view(request, seen)
            response["Cache-Control"] = "no-store"
            response["Referrer-Policy"] = "no-referrer"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return shown

    return wrap


def back(seen: Visit, anchor: str = "") -> HttpResponse:
    """To the estimate, after a form."""
    response = redirect(reverse("borrower:estimate", args=[seen.token]) + anchor)
    response.status_code = 303
    return response


def show(seen: Visit, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page with what each of them shows."""
    mine = {"seen": seen, "lender": seen.lender, "officer": seen.officer, "token": seen.token, "initials": _initials(seen)}
    return _rendered(template, mine | context, status)


def _rendered(template: str, context: dict[str, Any], status: int) -> HttpResponse:
    # Without the request: nothing of the desk, which context processors bring, belongs on a borrower's page.
    return HttpResponse(render_to_string(template, context), status=status)


def _initials(seen: Visit) -> str:
    names = seen.officer.name.split() if seen.officer else []
    return "".join(name[0].upper() for name in (names[:1] + names[1:][-1:]))


def proof(token: str) -> str:
    """What a page hands to its own script, so that only a page that was open for a moment can report a person."""
    return _signer.sign(token)


def is_proof(token: str, given: str) -> bool:
    """Whether a page of this link was rendered at least a second ago, and at most a week."""
    youngest, oldest = PROOF_AGE_SECONDS
    return _signed(token, given, oldest) and not _signed(token, given, youngest)


def _signed(token: str, given: str, within_seconds: int) -> bool:
    try:
        return _signer.unsign(given, max_age=within_seconds) == token
    except signing.BadSignature:
        return False
