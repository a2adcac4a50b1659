"""The measured comparison with the floor; ``make bench`` runs it."""
