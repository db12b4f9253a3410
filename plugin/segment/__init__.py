"""Which groups the visitor is in: the rule language, its meaning, and why."""
