"""What changes the portfolio and its opportunities; each service owns its transaction."""
