"""Tests of the verdicts on destinations."""
