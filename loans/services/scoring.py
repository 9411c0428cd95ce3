"""Changing what the parts of the score weigh: a version is added, and every open opportunity is scored by it at once."""

from dataclasses import asdict

import structlog
from django.db import connection, transaction

from accounts.models import User
from loans.domain import score
from loans.models import Opportunity, ScoreWeights
from loans.queries import scoring
from loans.services.matching import RUN_LOCK
from loans.services.policies import CannotSave

log = structlog.get_logger(__name__)


def save(weights: score.Weights, *, note: str, by: User, seen: int | None) -> ScoreWeights:
    """Adds a version and scores every open opportunity by it. `seen` is the version before the person, none before the first.

    Raises CannotSave where the weights are not 100 together, nothing differs, the note lacks, or somebody has saved another
    version meanwhile.
    """
    if not note.strip():
        raise CannotSave("Say why: the note stands in the history.")
    if weights.total != 100 or min(weights.of(part) for part in score.PARTS) < 0 or not 1 <= weights.cutoff <= 100:
        raise CannotSave(f"The four weights are 100 together; these are {weights.total}. The cut-off is from 1 to 100.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Not while a match scores by the weights before.
            cursor.execute(RUN_LOCK)
        current = ScoreWeights.current()
        if current.pk != seen:
            raise CannotSave("Somebody has changed the weights meanwhile. Look at theirs, and save again.")
        if scoring.of(current) == weights:
            raise CannotSave("Nothing differs from the weights in force.")
        if current.pk is None:
            current.save()
        added = ScoreWeights.objects.create(**asdict(weights), note=note.strip(), by=by)
        scored = Opportunity.objects.open().update(score=scoring.column(weights))
    log.info("score weights saved", weights=added.pk, by=by.pk, scored=scored)
    return added
