"""Merging two records that are one person: preview, merging, history, undoing."""
