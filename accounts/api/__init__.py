"""How other systems prove to the API who they are."""
