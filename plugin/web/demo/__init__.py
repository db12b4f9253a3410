"""The demo shop: its products, pictures, pages, and the shoppers who played its history."""
