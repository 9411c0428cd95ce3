"""Portfolio files: sending one, watching it being read, and what came of it."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import requires
from loans.domain import portfolio_help
from loans.domain.portfolio_file import COLUMNS, UnreadableFile
from loans.forms.imports import ImportForm
from loans.models import ImportBatch
from loans.queries import imports as batches
from loans.services import import_queue
from loans.tasks import run_import
from loans.views.requests import DeskRequest
from refidetect.kit import csvfiles, parts, queue

BATCHES_A_PAGE, SHOWN_NOTES = 25, 20
# What a form weighs beside its file.
ENVELOPE = 64 * 1024
PATIENCE = timedelta(minutes=2)
WAITS = "The file is stored. The workers can't be reached right now; it is imported as soon as they are back."


@requires("desk.see_imports")
@require_safe
def imports(request: DeskRequest) -> HttpResponse:
    page = Paginator(batches.visible(request.user), BATCHES_A_PAGE).get_page(request.GET.get("page"))
    return parts.page_or_part(request, "loans/imports.html", {"page": page})


@csrf_exempt
@requires("desk.import_loans")
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: DeskRequest) -> HttpResponse:
    """Looks at the size before any of the file is read; the form's token, which is inside, is checked after that."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_MAX_BYTES + ENVELOPE:
        too_large = f"The file is larger than {settings.IMPORT_MAX_BYTES / 1e6:,.0f} MB. Split it, or raise IMPORT_MAX_BYTES."
        return _page(request, ImportForm(), problem=too_large, status=413)
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _take_in(request)


@csrf_protect
def _take_in(request: DeskRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    file, complete = form.cleaned_data["file"], form.cleaned_data["complete"]
    try:
        batch = import_queue.take_in(file.chunks(), name=file.name, by=request.user, complete=complete)
    except UnreadableFile as refusal:
        form.add_error("file", str(refusal))
        return _page(request, form, status=422)
    try:
        queue.hand_over(run_import, batch.pk)
    except queue.QueueDown:
        messages.warning(request, WAITS)
    return redirect("loans:import", pk=batch.pk)


def _page(request: DeskRequest, form: ImportForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "problem": problem,
        "columns": list(portfolio_help.columns()),
        "largest": settings.IMPORT_MAX_BYTES,
    }
    return render(request, "loans/import_new.html", context, status=status)


@requires("desk.see_imports")
@require_safe
def import_detail(request: DeskRequest, pk: int) -> HttpResponse:
    """One import; while it runs, the part below the title asks again every second."""
    batch = get_object_or_404(batches.visible(request.user), pk=pk)
    unfinished = batch.state in (ImportBatch.State.WAITING, ImportBatch.State.RUNNING)
    context = {
        "batch": batch,
        "unfinished": unfinished,
        "percent": min(100, batch.bytes_read * 100 // max(1, batch.bytes_total)),
        "nobody_comes": batch.state == ImportBatch.State.WAITING and timezone.now() - batch.started_at > PATIENCE,
        "notes": [] if unfinished else import_queue.first_notes(batch, SHOWN_NOTES),
        "noted": batch.rejected + batch.warnings,
    }
    return parts.page_or_part(request, "loans/import.html", context)


@requires("desk.see_imports")
@require_safe
def import_errors(request: DeskRequest, pk: int) -> FileResponse:
    """The file of rejected rows and warnings, with their values: for those who see the import."""
    path = import_queue.errors_path(get_object_or_404(batches.visible(request.user), pk=pk))
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv; charset=utf-8")


@requires("desk.see_imports")
@require_safe
def import_template(request: DeskRequest) -> HttpResponse:
    """An empty file with every column."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="portfolio-template.csv"'
    csvfiles.writer(response).writerow(column.name for column in COLUMNS)
    return response
