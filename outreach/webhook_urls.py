"""Addresses that vendors post to, under /webhooks/."""

from django.urls import path

from outreach.api import webhooks

urlpatterns = [
    path("sendgrid/events/", webhooks.sendgrid_events, name="webhook_sendgrid_events"),
    path("sendgrid/inbound/", webhooks.sendgrid_inbound, name="webhook_sendgrid_inbound"),
    path("twilio/status/", webhooks.twilio_status, name="webhook_twilio_status"),
    path("twilio/inbound/", webhooks.twilio_inbound, name="webhook_twilio_inbound"),
    path("calendly/", webhooks.calendly, name="webhook_calendly"),
    path("calcom/", webhooks.calcom, name="webhook_calcom"),
    path("los/", webhooks.los, name="webhook_los"),
]
