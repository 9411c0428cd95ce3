"""What `manage.py doctor` looks at: each module gives findings, none changes anything."""
