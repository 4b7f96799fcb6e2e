"""What is printed and where it leads."""
