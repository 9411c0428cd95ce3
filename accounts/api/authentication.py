"""`Authorization: Api-Key …` in front of every page of the API. Named in the settings."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_api_key.permissions import KeyParser

from accounts.models import User
from accounts.services import keys


class ApiKeyAuthentication(BaseAuthentication):
    """The first of the classes: whoever brings nothing is answered 401, with the name of this scheme."""

    parser = KeyParser()

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        text = self.parser.get(request)
        if text is None:
            return None
        user = keys.user_of(text, now=timezone.now())
        if user is None:
            raise AuthenticationFailed("This key is not valid.")
        if request.method not in SAFE_METHODS and not user.api_key.writes:
            raise PermissionDenied("This key only reads.")
        return user, text.partition(".")[0]

    def authenticate_header(self, request: Request) -> str:
        return self.parser.keyword


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Api-Key, a blank, and the key."}
