"""The REST face of links and codes."""
