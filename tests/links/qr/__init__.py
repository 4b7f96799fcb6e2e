"""Tests of the picture: its segments, its modules and its files."""
