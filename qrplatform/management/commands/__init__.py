"""One command a file; see `manage.py help`."""
