"""Sharing the same about several people at once; more than 50 take a second person."""
