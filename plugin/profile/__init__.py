"""What one visitor's events add up to: traits, value, tastes, identity."""
