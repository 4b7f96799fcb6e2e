"""What templates of statistics ask for."""
