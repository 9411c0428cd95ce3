"""The REST door to loans and opportunities, for people who are signed in."""
