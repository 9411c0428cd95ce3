"""Answers of the API, kept for a day under the key that a caller gave to its post."""

from django.db import models

from accounts.models.people import User


class KeptAnswer(models.Model):
    """What one caller was answered: the same post under the same key gets it again. `body` is the answer's JSON."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.BinaryField()
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="kept_answer_once"),)
        indexes = (models.Index(fields=("user", "at"), name="kept_answer_by_age"),)

    def __str__(self) -> str:
        return f"answer {self.pk}"
