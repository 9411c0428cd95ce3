"""Ending e-mail in one press: the mail program's own (RFC 8058: a POST, no cookies, no redirect), or a page with one button."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from outreach.models import Channel, ConsentSource
from outreach.queries import estimate
from outreach.queries.estimate import Visit
from outreach.services import answering
from outreach.views.borrower.pages import borrower_page, show


@borrower_page("GET", "POST")
def unsubscribe(request: HttpRequest, seen: Visit) -> HttpResponse:
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        source = ConsentSource.ONE_CLICK if one_click else ConsentSource.PAGE
        answering.unsubscribe(seen, [Channel.EMAIL.value], source=source, at=timezone.now())
    is_on = estimate.wishes(seen)[Channel.EMAIL]
    return show(seen, "borrower/unsubscribe.html", {"is_on": is_on})
