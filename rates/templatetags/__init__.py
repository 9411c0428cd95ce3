"""How the templates write rates."""
