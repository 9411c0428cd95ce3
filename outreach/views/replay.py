"""Message replay: why a message was sent or not, from what was kept, and the same for an examiner. Every reading is logged."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Lender, Role
from accounts.queries import people
from accounts.rules import requires
from loans.views.requests import DeskRequest
from outreach.queries import outbox, replaying
from outreach.queries.replaying import Record
from outreach.services import record_reads
from refidetect.kit import csvfiles, parts

ROWS_A_PAGE = 50
LONGEST = timedelta(days=366)


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    officer = forms.IntegerField(required=False)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)


class PeriodForm(forms.Form):
    """The days of an export, both included."""

    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, date]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            raise forms.ValidationError("The last day comes after the first, and a year is the most at once.")
        return data


@requires("desk.replay")
@require_safe
def replays(request: DeskRequest) -> HttpResponse:
    """Find a message by borrower, loan, officer or day; export a period."""
    form = SearchForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    found = replaying.found(
        request.user,
        wanted.get("q") or "",
        officer=wanted.get("officer"),
        first=wanted.get("first"),
        last=wanted.get("last"),
        zone=Lender.current().zone,
    )
    context = {
        "page": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "wanted": wanted,
        "asked": any(wanted.values()),
        "officers": people.people_of(request.user).filter(role__in=(Role.OFFICER, Role.MANAGER)),
        "period": PeriodForm(),
    }
    return parts.page_or_part(request, "outreach/replays.html", context)


@requires("desk.replay")
@require_safe
def replay(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """The record of one message; that it was opened is kept."""
    found = _record(request, pk)
    record_reads.opened(found.touch, by=request.user, now=timezone.now())
    with timezone.override(found.zone):
        return render(request, "outreach/replay.html", _context(found))


@requires("desk.replay")
@require_POST
def replay_ask(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """The gate's rules of today on the facts of then. Nothing is written but this sentence."""
    found = _record(request, pk)
    if found.asked is None or found.asked.again is None:
        messages.warning(request, found.asked.trouble if found.asked else "The gate was never asked about this one.")
    elif found.asked.same:
        messages.success(request, f"Asked again with these facts: the same answer, {_answer(found)}.")
    else:
        messages.warning(
            request, f"Asked again with these facts: another answer, {_answer(found)}. The rules have changed since."
        )
    return redirect("outreach:replay", pk)


@requires("desk.replay")
@require_POST
def replay_export(request: DeskRequest, pk: uuid.UUID) -> HttpResponse:
    """A ZIP with JSON, CSV and a page that needs nothing from here."""
    found = _record(request, pk)
    record_reads.exported(found.touch, by=request.user, now=timezone.now())
    with timezone.override(found.zone):
        html = render_to_string("outreach/replay_export.html", _context(found) | {"by": request.user, "at": timezone.now()})
    response = HttpResponse(record_reads.packed(found, html), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="message-{pk}.zip"'
    return response


@requires("desk.replay")
@require_POST
def messages_csv(request: DeskRequest) -> HttpResponse:
    """Every message of a period, of the rows that the person sees, streamed."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for errors in form.errors.values() for sentence in errors))
        return redirect("outreach:replays")
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    record_reads.exported_period(first, last, by=request.user, now=timezone.now())
    response = StreamingHttpResponse(_lines(request, first, last), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="messages-{first}-to-{last}.csv"'
    return response


def _lines(request: DeskRequest, first: date, last: date) -> Iterator[str]:
    writer = csvfiles.writer(csvfiles.Echo())
    yield writer.writerow(outbox.COLUMNS)
    zone = Lender.current().zone
    yield from map(writer.writerow, outbox.of_period(request.user, first, last, zone))


def _record(request: DeskRequest, pk: uuid.UUID) -> Record:
    found = replaying.record(request.user, pk)
    if found is None:
        raise Http404
    return found


def _context(found: Record) -> dict[str, object]:
    touch = found.touch
    return {
        "record": found,
        "touch": touch,
        "lender": Lender.current(),
        "name": replaying.name_of(touch),
        "went": touch.sent_at is not None,
        "facts": found.asked.row.facts if found.asked else {},
        "basis": found.message.basis if found.message else {},
        "zone_name": str(found.zone).rpartition("/")[2].replace("_", " "),
        "milliseconds": found.asked.row.milliseconds if found.asked else None,
    }


def _answer(found: Record) -> str:
    again = found.asked.again if found.asked else None
    if again is None:
        return "none"
    return "send" if again.send else f"do not send: {again.sentence}"
