"""Templates for whoever reads and decides: the list, a version with its findings, its preview, and compliance's decision."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import requires
from outreach.domain import pins, template_diff
from outreach.forms.templates import ApproveForm, RetireForm, ReturnForm
from outreach.models import TemplateState, TemplateVersion
from outreach.queries import template_preview, templates
from outreach.services import approving, trying_out

# A mail's style is inline; nothing else of it may do or load anything. `sandbox` also where it is opened by its own address.
PREVIEW_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": [""],
}
LOOKS = {"": "computer", "phone": "phone", "text": "plain text"}


@requires("desk.write_templates")
@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    return render(request, "outreach/templates.html", {"rows": templates.listed()})


@requires("desk.write_templates")
@require_safe
def template_count(request: HttpRequest) -> HttpResponse:
    """What the sidebar says beside the page; empty where nothing waits."""
    return render(request, "outreach/_templates_count.html", {"waiting": templates.waiting_count()})


@requires("desk.write_templates")
@require_safe
def template_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The version that one probably wants: what waits, else what is in force, else the newest."""
    rows = templates.of_template(slug)
    if not rows:
        raise Http404
    order = {TemplateState.SUBMITTED: 0, TemplateState.APPROVED: 1}
    best = min(rows, key=lambda one: (order.get(one.state, 2), -one.number))
    return redirect("outreach:template_version", slug, best.number)


@requires("desk.write_templates")
@require_safe
def template_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return page(request, version_or_404(slug, number))


@requires("desk.write_templates")
@require_safe
@xframe_options_sameorigin
@csp_override(PREVIEW_POLICY)
def template_preview_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The HTML part alone, for a frame in which nothing runs."""
    version = version_or_404(slug, number)
    source = templates.source_of(version)
    shown = trying_out.show(source, pins.check(source).pins, trying_out.example(request.user, _asked_loan(request)).values)
    if not shown.html:
        raise Http404
    return HttpResponse(pins.framed(shown.html))


@requires("desk.approve_templates")
@require_POST
def approve(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    version = version_or_404(slug, number)
    form = ApproveForm(request.POST, undecided=pins.check(templates.source_of(version)).undecided)
    if not form.is_valid():
        return page(request, version, trouble="Reasons may have 500 characters.", form=form, status=422)
    try:
        approving.approve(
            version.pk,
            by=request.user,
            content_hash=form.cleaned_data["content_hash"],
            reasons=form.reasons(),
            now=timezone.now(),
        )
    except approving.ReasonsMissing as refusal:
        return page(request, version, trouble=str(refusal), form=form, missing=refusal.rules, status=422)
    except approving.TextChanged as refusal:
        return page(request, version_or_404(slug, number), trouble=str(refusal), form=form, status=409)
    except approving.CannotDecide as refusal:
        return page(request, version_or_404(slug, number), trouble=str(refusal), status=409)
    return _done(request, version, f"Version {number} is approved and in force.")


@requires("desk.approve_templates")
@require_POST
def give_back(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    version, form = version_or_404(slug, number), ReturnForm(request.POST)
    if not form.is_valid():
        return page(request, version, trouble="A note may have 500 characters.", status=422)
    try:
        approving.give_back(version.pk, by=request.user, note=form.cleaned_data["note"], now=timezone.now())
    except approving.CannotDecide as refusal:
        return page(request, version_or_404(slug, number), trouble=str(refusal), status=409)
    return _done(request, version, f"Version {number} is returned.")


@requires("desk.approve_templates")
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    version, form = version_or_404(slug, number), RetireForm(request.POST or None)
    if form.is_valid():
        try:
            approving.retire(version.pk, by=request.user, note=form.cleaned_data["note"])
        except approving.CannotDecide as refusal:
            return page(request, version_or_404(slug, number), trouble=str(refusal), status=409)
        return _done(request, version, f"Version {number} is out of force.")
    context = {"version": version, "form": form, "uses": templates.uses_of(version.template)}
    return render(request, "outreach/templates_retire.html", context, status=422 if form.errors else 200)


def version_or_404(slug: str, number: int) -> TemplateVersion:
    """A version by its address; Http404 where there is none."""
    try:
        return templates.version(slug, number)
    except TemplateVersion.DoesNotExist as error:
        raise Http404 from error


def page(request: HttpRequest, version: TemplateVersion, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a version; `trouble` says why an act was refused, `form` keeps what was written."""
    source = templates.source_of(version)
    checked = pins.check(source)
    in_force = templates.in_force(version.template_id)
    # What is in force is compared with nothing, and what came before it is history.
    before = in_force if in_force and in_force.number < version.number else None
    changes = template_diff.changes(templates.source_of(before), source) if before else []
    own = version.written_by_id == request.user.pk
    added = sum(change.added for change in changes)
    context = {
        "version": version,
        "checked": checked,
        "source": pins.source(source, checked.pins),
        "in_force": in_force,
        "before": before,
        "changes": changes,
        "added": added,
        "removed": len(changes) - added,
        "versions": templates.of_template(version.template.slug),
        "uses": templates.uses_of(version.template),
        "own": own,
        "may_decide": request.user.has_perm("desk.approve_templates") and not own,
        "undecided": _undecided(checked, more.get("form"), more.get("missing", ())),
        **showing(request, source, checked),
        **more,
    }
    return render(request, "outreach/templates_version.html", context, status=status)


def showing(request: HttpRequest, source: pins.TemplateSource, checked: pins.Checked) -> dict[str, Any]:
    """As the borrower sees it: the example that was asked for, and the message filled from it."""
    example = trying_out.example(request.user, _asked_loan(request))
    look = request.GET.get("view", "")
    return {
        "example": example,
        "shown": trying_out.show(source, checked.pins, example.values),
        "look": look if look in LOOKS else "",
        "looks": LOOKS,
        "loans": template_preview.choices(request.user),
    }


def _undecided(checked: pins.Checked, form: ApproveForm | None, missing: Any) -> list[dict[str, Any]]:
    """The findings to accept, each with what was written for it."""
    return [
        {
            "pin": pin,
            "reason": form.data.get(f"reason_{pin.finding.rule}", "") if form else "",
            "missing": pin.finding.rule in missing,
        }
        for pin in checked.undecided
    ]


def _asked_loan(request: HttpRequest) -> int | None:
    asked = request.GET.get("loan", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None


def _done(request: HttpRequest, version: TemplateVersion, words: str) -> HttpResponseRedirect:
    messages.success(request, words)
    return redirect("outreach:template_version", version.template.slug, version.number)
