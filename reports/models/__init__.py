"""What reports keep: back-tests that were run, and which weeks were mailed."""

from reports.models.backtests import BacktestRun
from reports.models.mails import MailOutcome, WeeklyMail

__all__ = ["BacktestRun", "MailOutcome", "WeeklyMail"]
