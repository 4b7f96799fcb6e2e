"""Verdicts on destinations: what checks concluded, and why."""
