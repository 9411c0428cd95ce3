"""Files of others, read as they are published."""
