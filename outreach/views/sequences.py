"""Sequences: what they do on which day, what is missing, how one would run for a chosen loan, and new versions of them."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import requires
from loans.views.requests import DeskRequest
from outreach.models import Sequence, SequenceVersion
from outreach.queries import sequence_preview as reading
from outreach.services import enrolling, sequencing

LARGEST = 64 * 1024


class TextForm(forms.Form):
    """A sequence as YAML: typed, or a file."""

    text = forms.CharField(
        required=False,
        max_length=LARGEST,
        label="The sequence, as YAML",
        widget=forms.Textarea(attrs={"rows": 28, "class": "mono"}),
    )
    file = forms.FileField(required=False, label="Or a file", help_text="The file counts where there is one.")

    def clean_file(self) -> str:
        given = self.cleaned_data["file"]
        if given is None:
            return ""
        if given.size > LARGEST:
            raise forms.ValidationError("A sequence is at most 64 kB.")
        try:
            return str(given.read().decode())
        except UnicodeDecodeError as error:
            raise forms.ValidationError("The file is not text in UTF-8.") from error

    def written(self) -> str:
        return str(self.cleaned_data.get("file") or self.cleaned_data.get("text") or "")


@login_required
@require_safe
def sequence_list(request: DeskRequest) -> HttpResponse:
    rows = [
        (row, reading.branches_using(request.user, row, usual=row.slug == enrolling.DEFAULT_SEQUENCE))
        for row in reading.listed()
    ]
    return render(request, "outreach/sequences.html", {"rows": rows, "usual": enrolling.DEFAULT_SEQUENCE})


@login_required
@require_safe
def sequence(request: DeskRequest, slug: str) -> HttpResponse:
    """One sequence at a version; with a loan, its days for that loan."""
    found, version = _version(request, slug)
    loan = request.GET.get("loan", "").strip()
    context = {
        "sequence": found,
        "version": version,
        "lines": reading.lines(version),
        "cap_hours": version.steps.get("cap_hours"),
        "stops": version.steps.get("stops", []),
        "versions": reading.versions(found),
        "branches": reading.branches_using(request.user, found, usual=slug == enrolling.DEFAULT_SEQUENCE),
        "became": reading.dropped_at(version),
        "loan": loan,
    }
    return render(request, "outreach/sequence.html", context | (_foreseen(request, version, loan) if loan else {}))


@requires("desk.edit_sequences")
@require_http_methods(["GET", "HEAD", "POST"])
def sequence_new(request: DeskRequest) -> HttpResponse:
    return _write(request, None, "")


@requires("desk.edit_sequences")
@require_http_methods(["GET", "HEAD", "POST"])
def sequence_edit(request: DeskRequest, slug: str) -> HttpResponse:
    found, version = _version(request, slug)
    return _write(request, found, reading.as_yaml(version))


@requires("desk.edit_sequences")
@require_POST
def sequence_active(request: DeskRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Sequence, slug=slug)
    active = request.POST.get("active") == "yes"
    sequencing.set_active(found, active=active, by=request.user, now=timezone.now())
    messages.success(request, "It begins conversations again." if active else "It begins no more conversations.")
    return redirect("outreach:sequence", slug)


def _write(request: DeskRequest, found: Sequence | None, start: str) -> HttpResponse:
    form = TextForm(request.POST or None, request.FILES or None, initial={"text": start})
    if request.method == "POST" and form.is_valid():
        try:
            version, new = sequencing.keep(form.written(), of=found, by=request.user, now=timezone.now())
        except sequencing.CannotKeep as refusal:
            form.add_error("text", str(refusal))
        else:
            said = f"Version {version.number} is kept. New conversations follow it; those under way keep theirs."
            messages.success(request, said if new else f"That is version {version.number} already.")
            return redirect("outreach:sequence", version.sequence.slug)
    return render(request, "outreach/sequence_edit.html", {"form": form, "sequence": found})


def _version(request: DeskRequest, slug: str) -> tuple[Sequence, SequenceVersion]:
    found = get_object_or_404(Sequence, slug=slug)
    asked = request.GET.get("version", "")
    rows = (
        found.versions.filter(number=int(asked)) if asked.isdecimal() and len(asked) < 6 else found.versions.order_by("-number")
    )
    version = rows.first()
    return found, version or get_object_or_404(SequenceVersion, pk=0)


def _foreseen(request: DeskRequest, version: SequenceVersion, loan: str) -> dict[str, object]:
    row = reading.opportunity_of(request.user, loan)
    if row is None:
        return {"trouble": f"No opportunity of a loan {loan} that you see."}
    try:
        return {"opportunity": row, "foreseen": sequencing.foresee(version, row, now=timezone.now())}
    except sequencing.CannotForesee as error:
        return {"trouble": str(error)}
