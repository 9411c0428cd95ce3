"""Pages of outreach: the borrower's own, and the desk's."""
