"""What the reports do: each service owns its transaction."""
