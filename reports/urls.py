"""Addresses of the reports."""

from django.urls import path

from reports.views import backtest, behind, weekly

app_name = "reports"

urlpatterns = [
    path("backtest/", backtest.backtest_list, name="backtests"),
    path("backtest/<int:pk>/", backtest.backtest, name="backtest"),
    path("backtest/<int:pk>.json", backtest.backtest_json, name="backtest_json"),
    path("weekly/", weekly.weekly, name="weekly"),
    path("weekly.csv", weekly.export, name="weekly_csv"),
    path("weekly/rows/<slug:stage>/", behind.behind, name="behind"),
]
