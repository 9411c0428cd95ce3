"""One publisher a file: fetches or reads what it publishes, and returns our rows."""
