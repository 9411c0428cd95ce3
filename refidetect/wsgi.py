"""The web server's way in. It knows Celery's app, so that a page's button reaches our broker."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from refidetect.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refidetect.settings")

application = get_wsgi_application()
# Every view is imported now, once and before the server's processes part, and not while somebody waits for the first page.
get_resolver().url_patterns  # noqa: B018  read for its effect

__all__ = ["application", "celery_app"]
