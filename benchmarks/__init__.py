"""What the performance figures in docs/performance.md are made with; every script takes --json."""
