"""Pulling rates, deciding on held ones, ordering the sources."""
