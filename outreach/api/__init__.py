"""The doors by which vendors and other systems speak with the desk."""
