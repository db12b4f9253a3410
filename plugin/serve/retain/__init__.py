"""Which popup, if any, comes to a visitor."""
