"""Text to matrix to picture: pure functions, no Django."""
