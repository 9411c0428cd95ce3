"""Addresses of the borrower's pages, short because they stand in texts: /m/ the estimate, /p/ preferences, /u/ unsubscribe."""

from django.urls import path

from outreach.views.borrower import acts, estimate, preferences, unsubscribe

app_name = "borrower"
urlpatterns = [
    path("m/<slug:token>/", estimate.page, name="estimate"),
    path("m/<slug:token>/seen/", estimate.looked, name="seen"),
    path("m/<slug:token>/times/", estimate.times, name="times"),
    path("m/<slug:token>/book/", acts.book, name="book"),
    path("m/<slug:token>/cancel/", acts.cancel, name="cancel"),
    path("m/<slug:token>/ask/", acts.ask, name="ask"),
    path("m/<slug:token>/not-this-year/", acts.not_this_year, name="not_this_year"),
    path("m/<slug:token>/never/", acts.never, name="never"),
    path("p/<slug:token>/", preferences.preferences, name="preferences"),
    path("p/<slug:token>/all/", preferences.unsubscribe_from_all, name="unsubscribe_from_all"),
    path("u/<slug:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
