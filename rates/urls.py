"""Addresses of the rates pages."""

from django.urls import path

from rates.views import board, deciding, history, limits, pulls, settings

app_name = "rates"

urlpatterns = [
    path("", board.rates, name="rates"),
    path("pull/", pulls.pull_now, name="pull_now"),
    path("pulls/<int:pk>/", pulls.pull_detail, name="pull"),
    path("sheet/", pulls.sheet, name="sheet"),
    path("held/<int:pk>/", deciding.decide, name="decide"),
    path("history/", history.history, name="history"),
    path("history.csv", history.export, name="export"),
    path("limits/", limits.conforming, name="limits"),
    path("sources/", settings.sources_page, name="sources"),
    path("sources/<slug:source>/move/", settings.move, name="move"),
    path("sources/<slug:source>/enable/", settings.enable, name="enable"),
    path("stand-ins/<slug:product>/", settings.stand_in, name="stand_in"),
]
