"""The pages of people, branches, the lender and one's own profile."""
