"""The portfolio, and what refinancing would do for each loan."""
