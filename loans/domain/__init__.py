"""Mortgage formulas and eligibility rules: plain Python, no Django, no clock, no I/O."""
