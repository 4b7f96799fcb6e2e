"""The REST face of links, codes, campaigns and tags."""
