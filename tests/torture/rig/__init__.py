"""What tortures a running installation, and what tells afterwards whether it kept its word?"""
