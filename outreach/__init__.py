"""Speaking with borrowers."""
