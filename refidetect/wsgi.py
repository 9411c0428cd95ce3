"""The web server's way in. It knows Celery's app, so that a page's button reaches our broker."""

import os

from django.core.wsgi import get_wsgi_application

from refidetect.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refidetect.settings")

application = get_wsgi_application()

__all__ = ["application", "celery_app"]
