"""People: who works here and who can sign in. Administrators change it, managers and compliance read."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from accounts.forms import InviteForm, PersonForm
from accounts.models import Access, Branch, Role, User
from accounts.queries import people
from accounts.rules import requires
from accounts.services import invitations
from accounts.services import people as changing
from accounts.views.tables import PeopleTable
from refidetect.kit import parts

LINK = "link_to_hand_over"


class FilterForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    role = forms.ChoiceField(choices=[("", "Any role"), *Role.of_people()], required=False)
    branch = forms.ModelChoiceField(Branch.objects.none(), required=False, empty_label="Any branch")
    access = forms.ChoiceField(choices=[("", "Everybody"), *Access.choices], required=False)


@requires("desk.see_people")
def people_list(request: HttpRequest) -> HttpResponse:
    """The list with its filters; htmx swaps the part below the title."""
    branches = people.branches_of(request.user)
    form = FilterForm(request.GET)
    form.fields["branch"].queryset = branches
    form.is_valid()
    wanted = form.cleaned_data
    everybody = people.people_of(request.user)
    found = people.search(everybody, wanted.get("q") or "")
    if wanted.get("role"):
        found = found.filter(role=wanted["role"])
    if wanted.get("branch"):
        found = found.filter(branch=wanted["branch"])
    counts = people.access_counts(found)
    shown = found.with_access(Access(wanted["access"])) if wanted.get("access") else found
    table = PeopleTable(shown)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    context = {
        "table": table,
        "wanted": wanted,
        "branches": branches,
        "roles": Role.of_people(),
        "views": [
            ("", "Everybody", sum(counts.values())),
            *((access.value, access.label, count) for access, count in counts.items()),
        ],
        "waiting": people.waiting_for_an_invitation(request.user),
        "filtered": any(wanted.get(name) for name in ("q", "role", "branch")),
    }
    return parts.page_or_part(request, "accounts/people.html", context)


@requires("desk.see_people")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person; right after an invitation also the link to hand over, once."""
    someone = _someone(request, pk)
    kept = request.session.get(LINK) or {}
    link = request.session.pop(LINK)["url"] if kept.get("user") == pk else ""
    context = {
        "someone": someone,
        "link": link,
        "link_until": timezone.now() + invitations.LINK_LIFE,
        "has_second_factor": someone.authenticator_set.exists(),
    }
    return render(request, "accounts/person.html", context)


@requires("desk.manage_people")
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            someone = changing.invite(form.cleaned_data["email"], form.details(), by=request.user)
            return _make_link(request, someone)
        except changing.CannotChange as refusal:
            form.add_error("email", str(refusal))
    return render(request, "accounts/invite.html", {"form": form, "can_email": invitations.can_email()})


@requires("desk.manage_people")
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _someone(request, pk)
    start = {"name": someone.name, "role": someone.role, "branch": someone.branch, "nmls_id": someone.nmls_id}
    form = PersonForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            changing.edit(someone, form.details(), by=request.user)
            messages.success(request, "Saved.")
            return redirect("accounts:person", pk)
        except changing.CannotChange as refusal:
            form.add_error("role", str(refusal))
    return render(request, "accounts/person_edit.html", {"form": form, "someone": someone})


@requires("desk.manage_people")
@require_POST
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh one-time link: the invitation of somebody new, or a new password for somebody who forgot."""
    return _make_link(request, _someone(request, pk))


@requires("desk.manage_people")
def person_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first; the POST ends access."""
    someone = _someone(request, pk)
    if request.method != "POST":
        return render(request, "accounts/person_deactivate.html", {"someone": someone})
    try:
        changing.deactivate(someone, request.user, now=timezone.now())
        messages.success(request, f"{someone} can no longer sign in.")
    except changing.CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:person", pk)


@requires("desk.manage_people")
@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _someone(request, pk)
    changing.reactivate(someone, request.user)
    messages.success(request, f"{someone} is back. Invite them to give them access.")
    return redirect("accounts:person", pk)


@requires("desk.manage_people")
@require_POST
def person_forget_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    someone = _someone(request, pk)
    changing.forget_second_factor(someone, request.user)
    messages.success(request, f"{someone} signs in with the password alone until they set it up again.")
    return redirect("accounts:person", pk)


def _someone(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(people.people_of(request.user), pk=pk)


def _make_link(request: HttpRequest, someone: User) -> HttpResponse:
    try:
        url = request.build_absolute_uri(invitations.make_link(someone, by=request.user, now=timezone.now()))
    except changing.CannotChange as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:person", someone.pk)
    if invitations.email_link(someone, url):
        messages.success(request, f"The link went to {someone.email}.")
    request.session[LINK] = {"user": someone.pk, "url": url}
    return redirect("accounts:person", someone.pk)
