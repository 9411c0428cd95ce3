"""What the market offers, read from the database."""
