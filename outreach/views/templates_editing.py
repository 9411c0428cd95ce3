"""Templates for whoever writes them: a new one, the editor with its findings beside it, submitting, and a test to oneself."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import requires
from outreach.domain import merge_fields, pins
from outreach.forms.templates import DraftForm, NewTemplateForm
from outreach.models import TemplateState
from outreach.queries import templates
from outreach.services import drafting, trying_out
from outreach.views.templates import showing, version_or_404

GET_OR_POST = ["GET", "HEAD", "POST"]


@requires("desk.write_templates")
@require_http_methods(GET_OR_POST)
def template_new(request: HttpRequest) -> HttpResponse:
    form = NewTemplateForm(request.POST or None)
    if form.is_valid():
        try:
            draft = drafting.create(**form.cleaned_data, by=request.user)
        except drafting.CannotDraft as refusal:
            form.add_error("title", str(refusal))
        else:
            return redirect("outreach:template_edit", draft.template.slug, draft.number)
    return render(request, "outreach/templates_new.html", {"form": form}, status=422 if form.errors else 200)


@requires("desk.write_templates")
@require_POST
def template_begin(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft of one's own, like the version whose number is posted, or like the one in force."""
    rows = templates.of_template(slug)
    if not rows:
        raise Http404
    like = request.POST.get("like", "")
    draft = drafting.begin(rows[0].template_id, by=request.user, like=int(like) if like.isdecimal() else None)
    return redirect("outreach:template_edit", slug, draft.number)


@requires("desk.write_templates")
@require_http_methods(GET_OR_POST)
def template_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The editor. What is posted is kept; by htmx the findings and the preview come back, else the page, or one goes on."""
    version = version_or_404(slug, number)
    channel = version.template.channel
    if version.state != TemplateState.DRAFT or version.written_by_id != request.user.pk:
        messages.error(request, "Only its author changes a draft, and only until it is submitted.")
        return redirect("outreach:template_version", slug, number)
    start = {"subject": version.subject, "body": version.body, "text": version.text}
    form = DraftForm(request.POST or None, initial=start, channel=channel)
    if form.is_valid():
        try:
            version = drafting.save(version.pk, by=request.user, **form.parts())
            if request.POST.get("act") == "submit":
                drafting.submit(version.pk, by=request.user, now=timezone.now())
                messages.success(request, f"Version {number} waits for compliance.")
                return redirect("outreach:template_version", slug, number)
        except drafting.CannotDraft as refusal:
            form.add_error(None, str(refusal))
        else:
            if request.POST.get("act") == "leave":
                return redirect("outreach:template_version", slug, number)
    source = templates.source_of(version)
    checked = pins.check(source)
    context = {"version": version, "form": form, "checked": checked, "kept": request.method == "POST" and not form.errors}
    context |= showing(request, source, checked)
    if request.htmx:
        return render(request, "outreach/_templates_checked.html", context)
    context["fields"] = merge_fields.FIELDS.values()
    return render(request, "outreach/templates_edit.html", context, status=422 if form.errors else 200)


@requires("desk.write_templates")
@require_POST
def template_discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    try:
        drafting.discard(version_or_404(slug, number).pk, by=request.user)
    except drafting.CannotDraft as refusal:
        messages.error(request, str(refusal))
        return redirect("outreach:template_version", slug, number)
    messages.success(request, "The draft is thrown away.")
    return redirect("outreach:templates")


@requires("desk.write_templates")
@require_POST
def template_test(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Sends the e-mail to the person who presses, filled with the sample values: a loan's figures stay on the desk."""
    version = version_or_404(slug, number)
    try:
        trying_out.send_test(version, trying_out.example(request.user, None).values, to=request.user)
    except trying_out.CannotTest as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"A test went to {request.user.email}.")
    return redirect("outreach:template_version", slug, number)
