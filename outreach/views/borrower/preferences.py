"""Which messages a borrower gets, by channel. What is switched off ends at once; texts come back by START only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from outreach.forms.borrower import WishesForm
from outreach.models import Channel, ConsentSource
from outreach.queries import estimate
from outreach.queries.estimate import Visit
from outreach.services import answering
from outreach.views.borrower.pages import borrower_page, show

WORDS = {
    Channel.EMAIL: ("E-mail", "Notes about your mortgage"),
    Channel.SMS: ("Texts", "Only if you agreed to them"),
    Channel.CALL: ("Calls", "From your loan officer"),
}


@borrower_page("GET", "POST")
def preferences(request: HttpRequest, seen: Visit) -> HttpResponse:
    if request.method == "POST":
        form = WishesForm(request.POST)
        if form.is_valid():
            answering.choose(seen, form.cleaned_data, at=timezone.now())
        return _back(seen)
    wishes = estimate.wishes(seen)
    known = estimate.lookups(seen)
    fixed = {channel for channel in WORDS if not wishes[channel] and channel not in answering.REOPENED_HERE}
    rows = [(channel, *words, wishes[channel], channel in fixed) for channel, words in WORDS.items() if known[channel]]
    return show(seen, "borrower/preferences.html", {"rows": rows, "any_on": any(wishes.values())})


@borrower_page("POST")
def unsubscribe_from_all(request: HttpRequest, seen: Visit) -> HttpResponse:
    answering.unsubscribe(seen, Channel.values, source=ConsentSource.PAGE, at=timezone.now())
    return _back(seen)


def _back(seen: Visit) -> HttpResponse:
    response = redirect("borrower:preferences", seen.token)
    response.status_code = 303
    return response
