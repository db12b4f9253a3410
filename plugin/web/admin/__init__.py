"""The owner's pages: what happened in the shop, who was there, and what the offers brought."""
