"""A believable lender: invented people and loans, and real survey rates replayed so that the last week is this week."""
