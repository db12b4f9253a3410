"""Which products stand in a window."""
