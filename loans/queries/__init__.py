"""Reads of the portfolio; everything a person reaches starts at `visible_to`."""
