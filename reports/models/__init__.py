"""What reports keep: back-tests that were run."""

from reports.models.backtests import BacktestRun

__all__ = ["BacktestRun"]
