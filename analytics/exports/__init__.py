"""Taking scans and reports elsewhere: as CSV, JSONL or flat NDJSON, at once or as a job with a file."""
