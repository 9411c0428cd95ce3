"""The REST door to the reports."""
