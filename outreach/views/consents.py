"""The ledger of consents, the do-not-contact list, opt-outs told to somebody here, and opening an address again."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import requires
from loans.views.requests import DeskRequest
from outreach.forms.consents import CHANNELS, ConsentFileForm, LedgerFilterForm, LiftForm, OptOutForm
from outreach.models import ConsentAct, ConsentSource
from outreach.queries import consent_ledger as reading
from outreach.services import consent, consent_import
from refidetect.kit import parts

ROWS_A_PAGE = 50


@login_required
@require_safe
def consents(request: DeskRequest) -> HttpResponse:
    """The ledger, newest line first; nothing in it can be changed."""
    wanted = _wanted(request)
    rows: Any = reading.lines(request.user, wanted["q"])
    if reading.is_ending(wanted["q"]):
        # Digits may also be a loan's number; the ending of a telephone number comes first where one fits.
        rows = reading.ending(request.user, wanted["q"]) or rows
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": reading.with_people(request.user, list(page.object_list)), "wanted": wanted}
    return parts.page_or_part(request, "outreach/consents.html", context)


@login_required
@require_safe
def do_not_contact(request: DeskRequest) -> HttpResponse:
    """Every address to which nothing goes, since when and why."""
    wanted = _wanted(request)
    page = Paginator(reading.closed(request.user, wanted["q"], wanted["channel"]), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    found = reading.with_people_closed(request.user, list(page.object_list))
    context = {
        "page": page,
        "rows": [(each, reading.why(each.row)) for each in found],
        "wanted": wanted,
        "channels": CHANNELS,
    }
    return parts.page_or_part(request, "outreach/consents_closed.html", context)


@requires("desk.record_opt_out")
@require_http_methods(["GET", "HEAD", "POST"])
def consent_new(request: DeskRequest) -> HttpResponse:
    """An opt-out that somebody here was told; it counts at once."""
    start = {"loan": request.GET.get("loan", ""), "position": 1, "channels": [channel for channel, _ in CHANNELS]}
    form = OptOutForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid() and _record(request, form):
        return redirect("outreach:consents")
    return render(request, "outreach/consents_new.html", {"form": form})


@requires("desk.import_consents")
@require_http_methods(["GET", "HEAD", "POST"])
def consent_file(request: DeskRequest) -> HttpResponse:
    """Lines from a file; a bad one is rejected with its reason, the good ones land."""
    form = ConsentFileForm(request.POST or None, request.FILES or None)
    done = None
    if request.method == "POST" and form.is_valid():
        rows = csv.DictReader(io.StringIO(form.cleaned_data["file"]))
        missing = [name for name in ("loan_number", "channel", "act", "at") if name not in (rows.fieldnames or ())]
        if missing:
            form.add_error("file", f"The first line has no column {', '.join(missing)}.")
        else:
            done = consent_import.import_rows(rows, by=request.user, now=timezone.now())
    context = {"form": form, "done": done, "columns": consent_import.COLUMNS}
    return render(request, "outreach/consents_file.html", context)


@requires("desk.lift_opt_out")
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: DeskRequest, pk: int) -> HttpResponse:
    """Opens an address on one channel, on the person's own new written word."""
    found = reading.closed_one(request.user, pk)
    if found is None:
        raise Http404
    form = LiftForm(request.POST or None, since=found.row.since)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        consent.grant(
            found.row.channel,
            bytes(found.row.lookup or b""),
            source=ConsentSource.OFFICER,
            at=known["on"],
            borrower=found.row.consent.borrower,
            words=known["words"],
            by=request.user,
            method="in writing",
            document=known["document"],
        )
        messages.success(request, "The address is open again on this channel. The line is in the ledger.")
        return redirect("outreach:do_not_contact")
    return render(request, "outreach/consents_lift.html", {"form": form, "found": found, "why": reading.why(found.row)})


def _record(request: DeskRequest, form: OptOutForm) -> bool:
    known = form.cleaned_data
    borrower = reading.borrower_of(request.user, known["loan"], known["position"])
    if borrower is None:
        form.add_error("loan", "No such loan, or nobody on file in that place.")
        return False
    lines, _ = consent_import.tell(
        borrower,
        ConsentAct.REVOKED,
        known["channels"],
        source=ConsentSource.OFFICER,
        at=timezone.now(),
        by=request.user,
        words=known["words"],
        method="told to somebody here",
    )
    if not lines:
        form.add_error("channels", "There is no address or number on file for these.")
        return False
    messages.success(
        request, f"{borrower.name or 'The borrower'} is not contacted this way any more. What waited is taken back."
    )
    return True


def _wanted(request: DeskRequest) -> dict[str, str]:
    form = LedgerFilterForm(request.GET)
    form.is_valid()
    return {"q": form.cleaned_data.get("q") or "", "channel": form.cleaned_data.get("channel") or ""}
