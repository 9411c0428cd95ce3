"""The outbox: each message as the borrower sees it, sent to somebody or kept in the sandbox."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.models import Lender, Role
from accounts.queries import people
from loans.views.requests import DeskRequest
from outreach.models import Channel, Touch, TouchState
from outreach.queries import outbox as reading
from outreach.queries.outbox import Filters
from outreach.services import channels, showing
from refidetect.kit import parts

ROWS_A_PAGE = 50
# A borrower's mail is shown with its own styles and nothing else: no script, no load from anywhere, no form.
MAIL_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": True,
}
TABS = (("html", "As it looks"), ("text", "Plain text"), ("headers", "Headers"))


class FilterForm(forms.Form):
    officer = forms.IntegerField(required=False)
    branch = forms.IntegerField(required=False)
    channel = forms.ChoiceField(required=False, choices=[("", ""), *Channel.choices[:2]])
    state = forms.ChoiceField(required=False, choices=[("", ""), *((state.value, state.label) for state in reading.SHOWN)])
    day = forms.DateField(required=False)

    def filters(self) -> Filters:
        """What was understood of it; the rest is as if it were not asked."""
        self.is_valid()
        known = self.cleaned_data
        return Filters(
            known.get("officer"), known.get("branch"), known.get("channel") or "", known.get("state") or "", known.get("day")
        )


@login_required
@require_safe
def outbox(request: DeskRequest) -> HttpResponse:
    """The list; htmx swaps the part below the title."""
    lender = Lender.current()
    filters = FilterForm(request.GET).filters()
    found = reading.messages(request.user, filters, lender.zone)
    many = request.user.role != Role.OFFICER
    context = {
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "officers": people.people_of(request.user).filter(role__in=(Role.OFFICER, Role.MANAGER)) if many else (),
        "branches": people.branches_of(request.user) if request.user.sees_every_branch else (),
        "channels": Channel.choices[:2],
        "states": [(state.value, state.label) for state in reading.SHOWN],
        "sandbox": [label for channel, label in Channel.choices[:2] if channels.provider(channel, lender) == channels.SANDBOX],
    }
    return parts.page_or_part(request, "outreach/outbox.html", context)


@login_required
@require_safe
def message(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """One message: as it looks, its plain text, its headers."""
    touch = _touch(request, pk)
    shown = showing.shown(touch)
    tabs = TABS if touch.channel == Channel.EMAIL else ()
    tab = request.GET.get("view", "html")
    context = {
        "touch": touch,
        "shown": shown,
        "tabs": tabs,
        "tab": tab if tab in dict(tabs) else ("html" if tabs else "text"),
        "headers": showing.headers(touch, shown) if tabs else (),
        "waits": touch.state in TouchState.waiting(),
        "sandbox": touch.provider == channels.SANDBOX,
    }
    return render(request, "outreach/outbox_message.html", context)


@login_required
@require_safe
@xframe_options_sameorigin
@csp_override(MAIL_CSP)
def message_body(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """The mail's own HTML, for the frame of the page above. A link in it leads nowhere: it is the borrower's, not ours."""
    html = showing.shown(_touch(request, pk)).html
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


def _touch(request: DeskRequest, pk: uuid.UUID) -> Touch:
    touch = reading.one(request.user, pk)
    if touch is None:
        raise Http404
    return touch
