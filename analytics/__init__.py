"""What happened: from the stream of scans to the numbers people read."""
