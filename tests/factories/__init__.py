"""Builders of things in a given state, one module per feature; ``world`` is the ground."""
