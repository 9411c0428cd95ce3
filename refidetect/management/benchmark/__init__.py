"""What `manage.py benchmark` measures: our work beside the least that the same work can cost, in one run."""
