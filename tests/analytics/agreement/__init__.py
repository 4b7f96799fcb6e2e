"""REST API, dashboard and CSV are asked the same questions: whatever the way, the numbers are the same."""
