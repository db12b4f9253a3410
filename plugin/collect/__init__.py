"""What the storefront told us: the body, its events, and why an event is refused."""
