"""What changes who works here."""
