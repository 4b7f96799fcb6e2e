"""Commands that set the building up."""
