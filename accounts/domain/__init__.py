"""Plain Python about the people of a lender."""
