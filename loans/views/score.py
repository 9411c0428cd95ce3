"""The score: what it reads and weighs, what it may not read, who changed it when; and changing its weights."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import requires
from loans.domain import fair_lending
from loans.domain import score as scale
from loans.forms.score import ScoreForm
from loans.models import ScoreWeights
from loans.queries import scoring
from loans.services import policies
from loans.services import scoring as changing
from loans.views.requests import DeskRequest


@requires("desk.see_rules")
@require_safe
def score(request: DeskRequest) -> HttpResponse:
    current = ScoreWeights.current()
    weights = scoring.of(current)
    context = {
        "current": current,
        "parts": [(part, weights.of(part)) for part in scale.PARTS],
        "history": scoring.history(),
        "targeting": fair_lending.targeting(),
        "barred": fair_lending.BARRED,
        "stated": fair_lending.STATED,
    }
    return render(request, "loans/score.html", context)


@requires("desk.edit_policy")
@require_http_methods(["GET", "HEAD", "POST"])
def score_edit(request: DeskRequest) -> HttpResponse:
    current = ScoreWeights.current()
    form = ScoreForm(request.POST or None, initial={**vars(scoring.of(current)), "seen": current.pk})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            changing.save(form.weights(), note=said["note"], by=request.user, seen=said["seen"])
        except policies.CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. Every open opportunity is scored by these weights.")
            return redirect("loans:score")
    draft = form.draft() if form.is_bound else scoring.of(current)
    context = {"form": form, "preview": draft and scoring.preview(request.user, draft)}
    return render(request, "loans/score_edit.html", context, status=422 if form.errors else 200)


@requires("desk.edit_policy")
@require_safe
def score_preview(request: DeskRequest) -> HttpResponse:
    """The reader's first ten by the weights that somebody is typing."""
    form = ScoreForm(request.GET)
    draft = form.draft()
    context = {"preview": draft and scoring.preview(request.user, draft), "form": form}
    return render(request, "loans/_score_preview.html", context)
