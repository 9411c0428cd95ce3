"""What speaks with borrowers and stops speaking; each service owns its transaction."""
