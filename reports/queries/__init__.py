"""What the reports count, read from the tables of loans and outreach in a few grouped queries."""
