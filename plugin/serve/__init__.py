"""What the visitor is shown, to whom it is withheld for proof, and for what reason."""
