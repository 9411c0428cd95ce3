"""A copy of the whole desk in one file, and the way back: `manage.py backup` and `manage.py restore`."""
