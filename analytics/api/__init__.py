"""The REST face of statistics."""
