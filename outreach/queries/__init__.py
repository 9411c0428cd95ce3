"""Reads of outreach, and the only place where it reads the tables of the portfolio."""
