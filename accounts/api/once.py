"""A post of the API that counts once under its `Idempotency-Key`. Every POST of the API is behind it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from rest_framework.exceptions import APIException, ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services import answers
from refidetect.kit import clock, idempotency
from refidetect.kit.problems import Conflict, KeyReused

AT_WORK = "The same request is at work; ask again when it is done."
REPLAYED = "Idempotency-Replayed"

Post = Callable[..., Response]
Answer = Response | HttpResponse
Refusal = APIException | Http404 | PermissionDenied


def once(post: Post) -> Callable[..., Answer]:
    """In front of a view's `post`. What the post does and its kept answer are one transaction, so neither is without the other.

    Only what was done is kept: a request that was refused changed nothing, and may be put right under the same key.
    """

    @wraps(post)
    def answered(view: Any, request: Request, *args: Any, **kwargs: Any) -> Answer:
        asked = idempotency.read(request)

        def act() -> Response:
            try:
                return post(view, request, *args, **kwargs)
            except RecursionError as error:
                raise ParseError("The body is nested too deeply.") from error

        return _under_key(request, asked, act) if asked.key else act()

    return answered


def _under_key(request: Request, asked: idempotency.Post, act: Callable[[], Response]) -> Answer:
    refusal: Refusal | None = None
    with transaction.atomic():
        if not answers.take_turn(request.user, asked.key):
            raise Conflict(AT_WORK, "idempotency_key_in_use")
        now = clock.now()
        kept = answers.find(request.user, asked.key, now=now)
        if kept is not None:
            if bytes(kept.fingerprint) != asked.fingerprint:
                raise KeyReused
            return HttpResponse(kept.body, status=kept.status, content_type="application/json", headers={REPLAYED: "true"})
        try:
            response = act()
        except (APIException, Http404, PermissionDenied) as error:
            # Raised again when the transaction is over: a note of what failed, such as of a sheet that can't be read, stays.
            refusal = error
        else:
            body = JSONRenderer().render(response.data).decode()
            answers.keep(
                request.user, asked.key, fingerprint=asked.fingerprint, status=response.status_code, body=body, now=now
            )
    if refusal is not None:
        raise refusal
    return response
