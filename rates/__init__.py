"""What the market offers."""
