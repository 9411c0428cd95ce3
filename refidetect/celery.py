"""Celery's app, and the whole clock on one screen: when what runs by itself."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refidetect.settings")

app = Celery("refidetect")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.include = ["refidetect.daily", "refidetect.health.tasks"]
# Every minute somebody looks; what is due, is written in rows. So a clock that stood still loses nothing but time.
app.conf.beat_schedule = {
    "daily cycle": {"task": "refidetect.daily.tick", "schedule": 60.0, "options": {"expires": 55}},
    "conversations": {"task": "outreach.tasks.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "unknown outcomes": {"task": "outreach.tasks.reconcile", "schedule": 300.0, "options": {"expires": 290}},
    "officers' mail": {"task": "outreach.tasks.mail_alerts", "schedule": 15.0, "options": {"expires": 14}},
    "what was told": {"task": "outreach.tasks.apply_inbox", "schedule": 15.0, "options": {"expires": 14}},
    **{
        f"{queue} alive": {
            "task": "refidetect.health.tasks.beat",
            "schedule": 60.0,
            "args": (queue,),
            "options": {"expires": 55, "queue": queue},
        }
        for queue in ("work", "send")
    },
    "weekly reports": {"task": "reports.tasks.weekly", "schedule": 60.0, "options": {"expires": 55}},
    "waiting imports": {"task": "loans.tasks.sweep_imports", "schedule": 60.0, "options": {"expires": 55}},
}
