"""The conforming limits on file, by year."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Lender
from rates.forms import YearForm
from rates.queries import limits
from rates.views.requests import DeskRequest


@login_required
@require_safe
def conforming(request: DeskRequest) -> HttpResponse:
    form = YearForm(request.GET)
    asked = form.cleaned_data["year"] if form.is_valid() else None
    found = limits.on_file(asked or Lender.current().today(timezone.now()).year)
    return render(request, "rates/limits.html", {"limits": found})
