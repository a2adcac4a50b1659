"""Reads across features, each under its own scope."""
