"""What several apps stand on; it knows no app."""
