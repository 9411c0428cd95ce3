"""API keys: the list, a new one, shown once, and the end of one."""

from datetime import datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.forms import KeyForm
from accounts.models import Lender
from accounts.queries import keys
from accounts.rules import requires
from accounts.services import keys as changing

NEW = "new_api_key"


@never_cache
@requires("desk.manage_keys")
def key_list(request: HttpRequest) -> HttpResponse:
    """Right after one was made, its text too, once."""
    return render(request, "accounts/keys.html", {"keys": keys.keys(), "new": request.session.pop(NEW, None)})


@requires("desk.manage_keys")
def key_new(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        branch, last_day = form.cleaned_data["branch"], form.cleaned_data["expires_on"]
        expires_at = datetime.combine(last_day, time.max, Lender.current().zone) if last_day else None
        key, text = changing.create(
            form.cleaned_data["name"],
            branch_id=branch.pk if branch else None,
            expires_at=expires_at,
            by=request.user,
            writes=form.cleaned_data["right"] == "write",
        )
        request.session[NEW] = {"name": key.name, "text": text}
        return redirect("accounts:keys")
    return render(request, "accounts/key_new.html", {"form": form})


@requires("desk.manage_keys")
def key_revoke(request: HttpRequest, prefix: str) -> HttpResponse:
    """Asks first; the POST ends the key."""
    key = get_object_or_404(keys.keys(), prefix=prefix)
    if request.method != "POST":
        return render(request, "accounts/key_revoke.html", {"key": key})
    if changing.revoke(prefix, by=request.user, now=timezone.now()):
        messages.success(request, f"{key} is revoked.")
    return redirect("accounts:keys")
