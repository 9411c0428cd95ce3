"""Going out: a day's messages before they go, and letting them go, dropping some, or holding the day."""

import uuid
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Lender
from accounts.rules import requires
from loans.views.requests import DeskRequest
from outreach.domain import windows
from outreach.models import Channel, Desk
from outreach.queries import going_out as looking
from outreach.queries.going_out import Batch
from outreach.services import channels, enrolling, releasing
from refidetect.kit import parts

ROWS_A_PAGE = 50


class ChosenForm(forms.Form):
    """The rows that were ticked, and why they are dropped."""

    because = forms.CharField(max_length=200, required=False)
    pk = forms.TypedMultipleChoiceField(coerce=uuid.UUID, required=False)

    def __init__(self, data: object) -> None:
        super().__init__(data)
        given = [value for value in data.getlist("pk") if _is_uuid(value)]  # type: ignore[attr-defined]
        self.fields["pk"].choices = [(value, value) for value in given]  # type: ignore[attr-defined]


@login_required
@require_safe
def going_out(request: DeskRequest) -> HttpResponse:
    """A day's batch, asked about at the gate ahead of time; htmx swaps the part below the title."""
    now = timezone.now()
    days = _days(now)
    day = request.GET.get("day", "")
    day = day if day in days else "today"
    begins = days[day][1]
    batch = _batch(request, begins, now)
    rows = batch.rows
    if request.GET.get("show") == "not":
        rows = [row for row in rows if not row.goes]
    context = {
        "day": day,
        "days": [(name, label) for name, (label, _) in days.items()],
        "date": begins,
        "batch": batch,
        "show": "not" if request.GET.get("show") == "not" else "",
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "desk": Desk.current(),
        "may_release": request.user.has_perm("desk.release_messages"),
    }
    return parts.page_or_part(request, "outreach/going_out.html", context)


@requires("desk.release_messages")
@require_POST
def release(request: DeskRequest) -> HttpResponse:
    """All of the day, or what was ticked."""
    now = timezone.now()
    form = ChosenForm(request.POST)
    form.is_valid()
    chosen = form.cleaned_data.get("pk") or []
    if "all" in request.POST:
        days = _days(now)
        _, begins = days.get(request.POST.get("day", ""), days["today"])
        count = releasing.release(request.user, now=now, until=begins + timedelta(days=1))
    else:
        count = releasing.release(request.user, now=now, only=chosen)
    messages.success(request, f"{count} let go." if count else "Nothing waited to be let go.")
    return _back(request)


@requires("desk.release_messages")
@require_POST
def drop(request: DeskRequest) -> HttpResponse:
    """What was ticked is not sent; the reason is kept with each."""
    form = ChosenForm(request.POST)
    form.is_valid()
    chosen, because = form.cleaned_data.get("pk") or [], form.cleaned_data.get("because") or ""
    if not chosen or not because:
        messages.error(request, "Tick the messages and say why they are dropped.")
        return _back(request)
    count = releasing.drop(request.user, chosen, because, now=timezone.now())
    messages.success(request, f"{count} dropped. The conversations go on with their next step.")
    return _back(request)


@requires("desk.release_messages")
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: DeskRequest) -> HttpResponse:
    """Asks first; the POST moves what waits for today to the next business day."""
    now = timezone.now()
    if request.method == "POST":
        count = releasing.hold_today(request.user, now=now)
        messages.success(request, f"{count} moved to the next business day." if count else "Nothing waited for today.")
        return redirect("outreach:going_out")
    batch = _batch(request, _days(now)["today"][1], now)
    return render(request, "outreach/going_out_hold.html", {"batch": batch})


def _batch(request: DeskRequest, begins: datetime, now: datetime) -> Batch:
    lender = Lender.current()
    today = enrolling.day_began(now, lender)
    providers = {channel: channels.provider(channel, lender) for channel in Channel.values}
    return looking.batch(request.user, begins=begins, now=now, day=today, providers=providers, not_before=begins > today)


def _back(request: DeskRequest) -> HttpResponse:
    target = redirect("outreach:going_out")
    if request.POST.get("day") in ("tomorrow", "next"):
        target["Location"] += f"?day={request.POST['day']}"
    return target


def _days(now: datetime) -> dict[str, tuple[str, datetime]]:
    """The days that can be looked at: what each is called, and when it begins on the lender's clock.

    Where tomorrow is no business day, the next one is there too: that is when most of what waits will go.
    """
    today = enrolling.day_began(now)
    tomorrow = today + timedelta(days=1)
    days = {"today": ("Today", today), "tomorrow": ("Tomorrow", tomorrow)}
    after = tomorrow
    while not windows.is_business_day(after.date()):
        after += timedelta(days=1)
    return days if after == tomorrow else days | {"next": (f"{after:%A}", after)}


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
