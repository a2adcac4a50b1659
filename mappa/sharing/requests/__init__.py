"""Asking another agency for information, and what it answers."""
