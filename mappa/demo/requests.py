"""Requests for information in the demo: waiting, being discussed, declined, and of nobody found."""
