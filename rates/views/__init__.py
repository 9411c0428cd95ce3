"""The rates pages."""
