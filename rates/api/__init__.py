"""The REST door to the stored rates, for people who are signed in."""
