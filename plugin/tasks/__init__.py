"""What happens on a clock, and who writes."""
