"""An officer's licenses, on a page of their own beside the person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.forms import LicenseForm
from accounts.queries import people
from accounts.rules import requires
from accounts.services import licensing


@requires("desk.manage_people")
def licenses(request: HttpRequest, pk: int) -> HttpResponse:
    """The list, and a form that adds a state or renews one."""
    someone = get_object_or_404(people.people_of(request.user), pk=pk)
    form = LicenseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        licensing.keep(someone, **form.cleaned_data, by=request.user)
        messages.success(request, "Saved.")
        return redirect("accounts:person_licenses", pk)
    context = {"someone": someone, "form": form, "rows": someone.licenses.all(), "today": timezone.localdate()}
    return render(request, "accounts/licenses.html", context)


@requires("desk.manage_people")
@require_POST
def license_remove(request: HttpRequest, pk: int) -> HttpResponse:
    someone = get_object_or_404(people.people_of(request.user), pk=pk)
    chosen = request.POST.get("license", "")
    if chosen.isdecimal() and len(chosen) < 18 and licensing.remove(someone, int(chosen), by=request.user):
        messages.success(request, "Removed.")
    return redirect("accounts:person_licenses", pk)
