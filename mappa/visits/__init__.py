"""Visits: planned, unannounced, attempted and made."""
